"""No setting can stop an application, whatever its environment holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact._config import Settings, declarative_configuration

NAMES = Settings._fields
FLAGS = [name for name, default in Settings._field_defaults.items() if isinstance(default, bool)]
VARIABLES = [f"GENAI_IMPACT_{name.upper()}" for name in NAMES]
NEAR_VALUES = st.sampled_from(["", " ", ",", "none", "none,none", "energy,,gwp", "TRUE", "2", "full ", "FRA", "a,b"])
TEXTS = st.one_of(st.text(st.characters()), NEAR_VALUES)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.binary())
VALUES = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)), max_leaves=5)


def _is_usable(settings: Settings) -> bool:
    """Whether every setting has a value that the rest of the program can work with."""
    return (
        {type(getattr(settings, flag)) for flag in FLAGS} == {bool}
        and bool(settings.method.strip())
        and (settings.zone is None or bool(settings.zone.strip()))
        and settings.detail in {"minimal", "standard", "full"}
        and settings.histograms <= {"energy", "gwp"}
        and all(key.strip() == key != "" for key in settings.metric_attributes)
        and len(set(settings.metric_attributes)) == len(settings.metric_attributes)
    )


@given(st.dictionaries(st.sampled_from(VARIABLES), TEXTS))
def test_any_environment_gives_usable_settings(environ: dict[str, str]) -> None:
    """A variable holds any text at all."""
    assert _is_usable(Settings.load({}, environ))


@given(st.dictionaries(st.sampled_from([*NAMES, "zones"]), VALUES), st.dictionaries(st.sampled_from(VARIABLES), TEXTS))
def test_any_keywords_give_usable_settings(keywords: dict[str, object], environ: dict[str, str]) -> None:
    """Keywords, or options of a declarative configuration file, hold any value that YAML and JSON know."""
    assert _is_usable(Settings.load(keywords, environ))
    declared = declarative_configuration()(**keywords)
    values = {name: value for name in NAMES if (value := getattr(declared, name)) is not None}
    assert _is_usable(Settings.load(values, environ))

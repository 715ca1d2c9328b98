"""Names come from strangers: any text is looked up, and none is guessed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact.inventory.catalog import PREFIXES, TABLES, Catalog, ZoneError
from otel_genai_impact.inventory.compiled import inventory

CATALOG = Catalog()
NAMES = sorted({name for provider in inventory().providers for name in inventory().model_names(provider)})
RESOLVING = {*NAMES, *(prefix + name for prefix in PREFIXES for name in NAMES)}
ANY_TEXT = st.text(st.characters())  # surrogates too: a span may carry what no encoder takes
PROVIDERS = st.one_of(st.none(), st.sampled_from(sorted(TABLES)), ANY_TEXT)


@st.composite
def _almost_names(draw: st.DrawFn) -> str:
    """A name with one place changed: the hardest ones not to guess."""
    name = draw(st.sampled_from(NAMES))
    position = draw(st.integers(0, len(name)))
    prefix = draw(st.sampled_from(["", *PREFIXES, "azure/", "us.", "ft:"]))
    return prefix + name[:position] + draw(ANY_TEXT) + name[position + draw(st.integers(0, 2)) :]


@given(PROVIDERS, st.one_of(ANY_TEXT, _almost_names()))
def test_a_name_that_is_none_gives_nothing(provider: str | None, name: str) -> None:
    """Never an error; and a model only for an entry, an alias, or one of these with a known prefix."""
    served = CATALOG.serve(provider, name)
    if name not in RESOLVING:
        assert served is None


@given(PROVIDERS, st.sampled_from(NAMES))
def test_a_name_that_is_one_gives_its_own_model_whoever_serves_it(provider: str | None, name: str) -> None:
    """The provider decides on data centre and zone, never on whether a name is known."""
    served = CATALOG.serve(provider, name)
    assert served is not None
    assert name in inventory().model_names(served.entry.provider)
    assert served.entry == inventory().model(served.entry.provider, name)


@given(PROVIDERS, st.sampled_from(sorted(PREFIXES)), st.sampled_from(NAMES))
def test_a_known_prefix_never_changes_the_model(provider: str | None, prefix: str, name: str) -> None:
    """Either the model of the bare name, or of the whole one, or none: no third."""
    served = CATALOG.serve(provider, prefix + name)
    if served is not None:
        assert name in {served.entry.name, served.entry.name.removeprefix(prefix)} or served.entry == inventory().model(
            served.entry.provider, name
        )


@given(PROVIDERS, ANY_TEXT)
def test_a_hint_is_made_of_any_text(provider: str | None, name: str) -> None:
    """The message about an unknown name never fails itself, and names only models that exist."""
    hint = CATALOG.nearest(provider, name)
    assert hint == "" or hint.startswith("; did you mean '")


@given(st.one_of(ANY_TEXT, st.sampled_from(inventory().zone_codes)))
def test_a_zone_is_found_or_refused(code: str) -> None:
    """Any text is a zone of the inventory, or a ZoneError; of the settings it is ignored, never an error."""
    try:
        found = CATALOG.zone(code)
    except ZoneError:
        served = Catalog.of_setting(code).serve("openai", "gpt-4o")
        assert served is not None
        assert served.zone.code == "USA"
    else:
        assert found == inventory().zone(found.code)

"""Names come from strangers: any text is looked up, and none is guessed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact import semconv
from otel_genai_impact.inventory.catalog import Catalog, ZoneError
from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.providers import TABLES
from otel_genai_impact.inventory.spelling import key, without_date, without_tuning

CATALOG = Catalog()
NAMES = sorted({name for table in inventory().tables for name in inventory().model_names(table)})
PREFIXES = ("openai/", "anthropic/", "mistralai/", "google/", "models/", "openrouter/", "azure/eu/")
ANY_TEXT = st.text(st.characters())  # surrogates too: a span may carry what no encoder takes
PROVIDERS = st.one_of(st.none(), st.sampled_from(sorted(TABLES)), ANY_TEXT)
STEPS = {semconv.MODEL_NORMALIZED, semconv.MODEL_ALIAS, semconv.MODEL_FALLBACK}


@st.composite
def _almost_names(draw: st.DrawFn) -> str:
    """A name with one place changed: the hardest ones not to guess."""
    name = draw(st.sampled_from(NAMES))
    position = draw(st.integers(0, len(name)))
    prefix = draw(st.sampled_from(["", *PREFIXES, "azure/", "us.", "ft:"]))
    return prefix + name[:position] + draw(ANY_TEXT) + name[position + draw(st.integers(0, 2)) :]


def _words(name: str) -> set[str]:
    """What a name says, without separators, dates and tuning."""
    plain = without_date(without_tuning(key(name.strip().rpartition("/")[2])))
    return {*re.split(r"[-.:@]", re.sub(r"(?<=\d)p(?=\d)", ".", plain))}


@given(PROVIDERS, st.one_of(ANY_TEXT, _almost_names()))
def test_a_name_that_is_none_gives_nothing_that_it_does_not_say(provider: str | None, name: str) -> None:
    """Never an error; a model of another name only by a step that is said, and by its spelling only if it says all its words."""
    found = CATALOG.identify(provider, name)
    if found is None or found.entry is None or name in NAMES:
        return
    assert STEPS & {*found.codes}
    if found.codes == (semconv.MODEL_NORMALIZED,):
        assert _words(found.entry.name) <= _words(name) | {""}


@given(PROVIDERS, st.sampled_from(NAMES))
def test_a_name_that_is_one_gives_its_own_model_whoever_serves_it(provider: str | None, name: str) -> None:
    """The provider decides on data centre and zone, never on whether a name is known."""
    served = CATALOG.serve(provider, name)
    assert served is not None
    assert name in inventory().model_names(served.entry.provider)
    assert served.entry == inventory().model(served.entry.provider, name)


@given(PROVIDERS, st.sampled_from(PREFIXES), st.sampled_from(NAMES))
def test_a_known_prefix_never_changes_the_model(provider: str | None, prefix: str, name: str) -> None:
    """Either a model with the numbers of the bare name, or none, or the family: no third."""
    served, bare = CATALOG.serve(provider, prefix + name), CATALOG.serve(provider, name)
    assert bare is not None
    if served is not None and semconv.MODEL_FALLBACK not in served.assumptions:
        sizes = served.entry.model.total_parameters_b, bare.entry.model.total_parameters_b
        assert max(size.high for size in sizes) <= 1.1 * min(size.high for size in sizes)


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

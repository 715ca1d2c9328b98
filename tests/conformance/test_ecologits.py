"""Method `ecologits-0.11` gives what the installed EcoLogits 0.11.3 gives."""

from __future__ import annotations

import math
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from otel_genai_impact import estimate
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.catalog import Catalog
from tests.conformance.conftest import FOUND
from tests.conformance.differences import Worst, compiled_numbers, estimate_numbers, readable_numbers
from tests.conformance.reference_grid import answer, grid, names, sort_formulas_once

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from otel_genai_impact.impacts.method import CompiledSystem

TOLERANCE: Final = 1e-12
METHOD: Final = "ecologits-0.11"


def _compiled(zone: str | None, provider: str, model: str) -> CompiledSystem:
    served = Catalog(zone=zone).serve(provider, model)
    assert served is not None, model
    return METHODS[METHOD].compile(served.entry.model, served.data_center.data_center, served.zone.electricity_mix)


def test_every_result_equals_the_reference(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    """342 models and 9 aliases x 4 token counts x 3 latencies x 5 zones = 21,060 rows: every criterion, phase and bound."""
    assert version("ecologits") == "0.11.3"
    sort_formulas_once(monkeypatch)
    readable, compiled = Worst(), Worst()
    systems: dict[tuple[str | None, str, str], CompiledSystem] = {}
    rows = 0
    for question in grid():
        expected = answer(question)
        provider, model, output_tokens = question.provider, question.model, question.output_tokens
        actual = estimate(
            provider, model, output_tokens=output_tokens, latency_s=question.latency_s, zone=question.zone
        )
        readable.compare(question, readable_numbers(expected), readable_numbers(actual.impacts))

        names_of_system = (question.zone, provider, model)
        if names_of_system not in systems:
            systems[names_of_system] = _compiled(*names_of_system)
        latency_s = math.inf if question.latency_s is None else question.latency_s
        hot = compiled_numbers(systems[names_of_system], output_tokens, latency_s)
        compiled.compare(question, estimate_numbers(expected), hot)
        rows += 1
    found = (
        f"EcoLogits 0.11.3: {rows:,} rows; largest relative error {readable.error:.1e} of {readable.compared:,} numbers "
        f"in the readable form, {compiled.error:.1e} of {compiled.compared:,} in the compiled form"
    )
    print(found)
    record_property(FOUND, found)
    assert (342 + 9) * 4 * 3 * 5 == rows == 21060
    assert rows * 26 == readable.compared
    assert rows * 18 == compiled.compared
    assert readable.error <= TOLERANCE, readable.where
    assert compiled.error <= TOLERANCE, compiled.where


def test_an_alias_is_assessed_as_its_model() -> None:
    """Each of the nine names that are aliases in the reference leads to a model of another name and the same provider."""
    catalog = Catalog()
    served = [(provider, name, catalog.serve(provider, name)) for provider, name in names()]
    others = {(provider, name) for provider, name, entry in served if entry is not None and entry.entry.name != name}
    assert len(others) == 9
    assert all(entry is not None and entry.entry.provider == provider for provider, _, entry in served)

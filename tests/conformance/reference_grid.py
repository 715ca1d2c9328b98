"""The installed reference, EcoLogits 0.11.3, asked for every model that it knows, and its answers in our terms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final, cast

from ecologits.impacts import llm
from ecologits.model_repository import models
from ecologits.tracers.utils import llm_impacts
from ecologits.utils.range_value import RangeValue

from otel_genai_impact.impacts.assessment import Embodied, Impacts, Usage
from otel_genai_impact.impacts.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from ecologits.impacts.modeling import BaseImpact

OUTPUT_TOKENS: Final = (1, 100, 1000, 10000)
LATENCIES_S: Final = (None, 0.5, 30.0)
ZONES: Final = (None, "USA", "FRA", "SGP", "WOR")


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the grid. None: no latency is known, the provider's own zone."""

    provider: str
    model: str
    output_tokens: int
    latency_s: float | None
    zone: str | None


def names() -> list[tuple[str, str]]:
    """Provider and name of every model and alias of the reference."""
    return [(model.provider.value, model.name) for model in models.list_models()]


def grid() -> Iterator[Question]:
    """Every question: all names, tokens, latencies and zones."""
    for provider, model in names():
        for zone in ZONES:
            for output_tokens in OUTPUT_TOKENS:
                for latency_s in LATENCIES_S:
                    yield Question(provider, model, output_tokens, latency_s, zone)


class _SortedOnce(TopologicalSorter[str]):
    """The order of the reference's formulas, which it works out anew, with the same result, for every single answer."""

    def __init__(self, order: list[str]) -> None:
        super().__init__()
        self._order = order

    def static_order(self) -> Iterator[str]:
        return iter(self._order)


def sort_formulas_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halve the reference's time. Its formulas and their order stay what they are."""
    formulas = cast("TopologicalSorter[str]", llm.dag.build_dag())  # pyright: ignore[reportUnknownMemberType]
    order = _SortedOnce(list(formulas.static_order()))
    monkeypatch.setattr(llm.dag, "build_dag", lambda: order)


def answer(question: Question) -> Impacts:
    """What the reference computes."""
    latency_s = math.inf if question.latency_s is None else question.latency_s
    output = llm_impacts(question.provider, question.model, question.output_tokens, latency_s, question.zone)
    usage, embodied = output.usage, output.embodied
    assert usage is not None, (question, output.errors)
    assert embodied is not None
    impacts = Impacts(
        usage=Usage(
            energy_kwh=_interval(usage.energy),
            gwp_kgco2eq=_interval(usage.gwp),
            adpe_kgsbeq=_interval(usage.adpe),
            pe_mj=_interval(usage.pe),
            wcf_l=_interval(usage.wcf),
        ),
        embodied=Embodied(
            gwp_kgco2eq=_interval(embodied.gwp), adpe_kgsbeq=_interval(embodied.adpe), pe_mj=_interval(embodied.pe)
        ),
    )
    # Its totals are the sums that `Impacts` makes of its phases, to the last bit.
    theirs = (output.energy, output.gwp, output.adpe, output.pe, output.wcf)
    sums = (impacts.energy_kwh, impacts.gwp_kgco2eq, impacts.adpe_kgsbeq, impacts.pe_mj, impacts.wcf_l)
    assert tuple(_interval(impact) for impact in theirs) == sums
    return impacts


def _interval(impact: BaseImpact | None) -> Interval:
    assert impact is not None
    value = impact.value
    return Interval(value.min, value.max) if isinstance(value, RangeValue) else Interval.exactly(value)

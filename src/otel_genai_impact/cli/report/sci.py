"""Software Carbon Intensity, ISO/IEC 21031: `SCI = (E * I + M) / R`, for the consumer's boundary of SCI for AI.

E is the energy of the data centres (kWh), I the greenhouse gases of their electricity where they are (gCO2eq/kWh: a
location-based factor, never one of the market), M the part of making the hardware that the requests took (gCO2eq), and R
how many functional units there were. `E * I` is what running emitted, as each request's span has it: so I is the mean of
the zones' factors, weighted by energy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_genai_impact.cli.report.records import CountedRequest

J_PER_KWH: Final = 3.6e6

REQUEST: Final = "request"
TOKEN: Final = "token"  # noqa: S105 -- of a model
TASK: Final = "task"
IMAGE: Final = "image"
FUNCTIONAL_UNITS: Final = {
    REQUEST: "one request to a model",
    TOKEN: "one token, read or generated; of requests that report both",
    TASK: "one task: all requests of a trace, or of one value of the attribute that --task names",
    IMAGE: "one image that was generated",
}


class Score(NamedTuple):
    """A score, and what it is made of.

    Attributes:
        unit: the functional unit that R counts.
        units: R.
        requests: how many requests it rests on.
        energy_kwh: E.
        intensity_g_per_kwh: I; None where there was no energy.
        embodied_g: M.
        gco2eq_per_unit: the score.
        low, high: the same of the lower and upper bounds; None where one request has none.
    """

    unit: str
    units: int
    requests: int
    energy_kwh: float
    intensity_g_per_kwh: float | None
    embodied_g: float
    gco2eq_per_unit: float
    low: float | None
    high: float | None


@dataclass(slots=True)
class _Rate:
    """Requests and functional units, added up."""

    units: int = 0
    requests: int = 0
    bounded: int = 0
    energy_j: float = 0.0
    operational_g: float = 0.0
    embodied_g: float = 0.0
    low_g: float = 0.0
    high_g: float = 0.0


class Intensity:
    """The scores of some requests. A request counts for a unit only if it says how many of that it has, and has O and M."""

    __slots__ = ("_rates",)

    def __init__(self) -> None:
        self._rates: dict[str, _Rate] = {}

    def add(self, request: CountedRequest, *, new_task: bool) -> None:
        """Add one request; `new_task` says whether it is the first of its task here."""
        impacts = request.impacts
        if impacts is None or impacts.gwp is None or impacts.gwp_embodied is None:
            return
        gwp, embodied_g = impacts.gwp, impacts.gwp_embodied.estimate
        if embodied_g > gwp.estimate:
            return  # a part larger than the whole: a stranger's, or broken
        for unit, units in _units(request, new_task=new_task):
            rate = self._rates.setdefault(unit, _Rate())
            rate.units += units
            rate.requests += 1
            rate.energy_j += impacts.energy.estimate
            rate.operational_g += gwp.estimate - embodied_g
            rate.embodied_g += embodied_g
            if gwp.low is not None and gwp.high is not None:
                rate.bounded += 1
                rate.low_g += gwp.low
                rate.high_g += gwp.high

    def score(self, unit: str) -> Score | None:
        """The score by one functional unit; None if there was none of it."""
        rate = self._rates.get(unit)
        if rate is None or not rate.units:
            return None
        energy_kwh = rate.energy_j / J_PER_KWH
        has_interval = rate.bounded == rate.requests
        return Score(
            unit=unit,
            units=rate.units,
            requests=rate.requests,
            energy_kwh=energy_kwh,
            intensity_g_per_kwh=rate.operational_g / energy_kwh if energy_kwh else None,
            embodied_g=rate.embodied_g,
            gco2eq_per_unit=(rate.operational_g + rate.embodied_g) / rate.units,
            low=rate.low_g / rate.units if has_interval else None,
            high=rate.high_g / rate.units if has_interval else None,
        )

    def scores(self) -> list[Score]:
        """The scores by all units of which there were some."""
        return [score for unit in FUNCTIONAL_UNITS if (score := self.score(unit)) is not None]


def _units(request: CountedRequest, *, new_task: bool) -> Iterator[tuple[str, int]]:
    yield REQUEST, 1
    yield TASK, int(new_task)
    if request.input_tokens is not None and request.output_tokens is not None:
        yield TOKEN, request.input_tokens + request.output_tokens
    if request.images is not None:
        yield IMAGE, request.images

"""How the demo words and aligns its figures. Nothing here runs anything."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from span_sink import AttributeValue, ReceivedSpan

JOULE_PER_WH: Final = 3600.0

_PREFIXES: Final = ((1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
_READ_FROM_SPAN: Final = (
    semconv.GEN_AI_OPERATION_NAME,
    semconv.GEN_AI_PROVIDER_NAME,
    semconv.GEN_AI_RESPONSE_MODEL,
    semconv.GEN_AI_USAGE_INPUT_TOKENS,
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
)
_OURS: Final = f"{semconv.ENERGY.partition('.')[0]}."
_BOUNDS: Final = ("low", "high")
_UNITS: Final = {"energy": "J", "gwp": "g CO2eq", "adpe": "g Sbeq", "pe": "J", "wcf": "L"}
_MEANINGS: Final = {
    "energy": "electricity of the data centre",
    "gwp": "greenhouse gases (global warming potential)",
    "gwp_embodied": "of these, from making the hardware",
    "adpe": "metals and minerals used up, as antimony",
    "pe": "primary energy, as the method counts it",
    "wcf": "water used up",
    "zone": "whose electricity; WOR: the world's average",
    "assumptions": "what was not known and assumed",
    "model": "the entry of the inventory that was used",
    "source": "modelled, measured, or told by the provider",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An estimate, and the bounds around it where they are known."""

    estimate: float
    low: float | None = None
    high: float | None = None

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            estimate=self.estimate + other.estimate,
            low=None if self.low is None or other.low is None else self.low + other.low,
            high=None if self.high is None or other.high is None else self.high + other.high,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table of impacts."""

    label: str
    output_tokens: int
    energy_j: Figure
    gwp_gco2eq: Figure
    wcf_l: Figure

    def __add__(self, other: Row) -> Row:
        return Row(
            label=self.label,
            output_tokens=self.output_tokens + other.output_tokens,
            energy_j=self.energy_j + other.energy_j,
            gwp_gco2eq=self.gwp_gco2eq + other.gwp_gco2eq,
            wcf_l=self.wcf_l + other.wcf_l,
        )


def row_of_span(label: str, span: ReceivedSpan) -> Row:
    """The row of one estimated call.

    Raises:
        LookupError: the span lacks one of the three impacts, or the tokens.
    """
    return Row(
        label=label,
        output_tokens=int(_required(span, semconv.GEN_AI_USAGE_OUTPUT_TOKENS)),
        energy_j=_figure_of_span(span, semconv.ENERGY),
        gwp_gco2eq=_figure_of_span(span, semconv.GWP),
        wcf_l=_figure_of_span(span, semconv.WCF),
    )


def row_of_estimate(label: str, output_tokens: int, estimate: Mapping[str, Mapping[str, float]]) -> Row:
    """The row of what `genai-impact estimate --json` says."""
    energy, gwp, wcf = (
        Figure(estimate=part["estimate"], low=part["low"], high=part["high"])
        for part in (estimate["energy"], estimate["gwp"], estimate["wcf"])
    )
    return Row(label=label, output_tokens=output_tokens, energy_j=energy, gwp_gco2eq=gwp, wcf_l=wcf)


def _figure_of_span(span: ReceivedSpan, key: str) -> Figure:
    return Figure(estimate=_required(span, key), low=span.number(f"{key}_low"), high=span.number(f"{key}_high"))


def _required(span: ReceivedSpan, key: str) -> float:
    value = span.number(key)
    if value is None:
        raise LookupError(f"the span '{span.name}' has no {key}")
    return value


def impact_table(rows: Sequence[Row], *, heading: str) -> list[str]:
    """The rows under a header that names the units; each column has the unit that suits its largest figure."""
    energies, energy_unit = _in_readable_unit([_in_wh(row.energy_j) for row in rows], "Wh")
    masses, mass_unit = _in_readable_unit([row.gwp_gco2eq for row in rows], "g")
    waters, water_unit = _in_readable_unit([row.wcf_l for row in rows], "L")
    header = (heading, "tokens out", f"energy, {energy_unit}", f"CO2eq, {mass_unit}", f"water, {water_unit}")
    cells = [
        (row.label, str(row.output_tokens), *figures)
        for row, *figures in zip(rows, energies, masses, waters, strict=True)
    ]
    return aligned([header, *cells])


def _in_wh(energy_j: Figure) -> Figure:
    return _scaled(energy_j, 1 / JOULE_PER_WH)


def _scaled(figure: Figure, factor: float) -> Figure:
    return Figure(
        estimate=figure.estimate * factor,
        low=None if figure.low is None else figure.low * factor,
        high=None if figure.high is None else figure.high * factor,
    )


def _in_readable_unit(figures: Sequence[Figure], unit: str) -> tuple[list[str], str]:
    largest = max((figure.estimate for figure in figures), default=0.0)
    size, prefix = next(((size, prefix) for size, prefix in _PREFIXES if largest >= size), _PREFIXES[-1])
    return [_with_bounds(_scaled(figure, 1 / size)) for figure in figures], prefix + unit


def _with_bounds(figure: Figure) -> str:
    text = digits(figure.estimate)
    if figure.low is None or figure.high is None or digits(figure.low) == digits(figure.high):
        return text
    return f"{text} ({digits(figure.low)} to {digits(figure.high)})"


def digits(value: float, significant: int = 3) -> str:
    """The number with so many significant digits, never in scientific notation: 0.0123, 1.23, 1230."""
    if value == 0:
        return "0"
    decimals = significant - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):.{max(decimals, 0)}f}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The cells in columns: whole numbers, and what stands above them, to the right, all else to the left."""
    columns = [_padded(column) for column in zip(*rows, strict=True)]
    return ["   ".join(cells).rstrip() for cells in zip(*columns, strict=True)]


def _padded(column: Sequence[str]) -> list[str]:
    width = max(len(cell) for cell in column)
    is_count = all(cell.isdecimal() for cell in column[1:])
    return [cell.rjust(width) if is_count else cell.ljust(width) for cell in column]


def span_lines(span: ReceivedSpan) -> list[str]:
    """What the estimate reads of the span, then everything that it writes there, each with what it means."""
    written = sorted(key for key in span.attributes if key.startswith(_OURS))
    keys = [key for key in _READ_FROM_SPAN if key in span.attributes] + written
    return aligned([line for key in keys if (line := _span_line(key, span.attributes))])


def _span_line(key: str, attributes: Mapping[str, AttributeValue]) -> tuple[str, str, str] | None:
    """One attribute; one with bounds takes them along, and they get no line of their own."""
    estimate, _, bound = key.rpartition("_")
    if bound in _BOUNDS and estimate in attributes:
        return None
    bounds = [f"{key}_{bound}" for bound in _BOUNDS if f"{key}_{bound}" in attributes]
    name = ", ".join([key, *(bound.removeprefix(key) for bound in bounds)])
    values = ", ".join(_worded(attributes[each]) for each in (key, *bounds))
    unit = _UNITS.get(key.removeprefix(_OURS).partition("_")[0], "") if isinstance(attributes[key], float) else ""
    return name, f"{values} {unit}".rstrip(), _MEANINGS.get(key.removeprefix(_OURS), "")


def _worded(value: AttributeValue) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def total(rows: Iterable[Row], label: str) -> Row:
    """The sum of the rows; there is at least one."""
    return replace(reduce(add, rows), label=label)


def meaning(method: str) -> list[str]:
    """What the figures are for, before the comparison with a large model."""
    return [
        f"They are what EcoLogits' method ({method}) gives for a model of this size on the GPUs of a data",
        "centre: its electricity, cooling included (energy), the greenhouse gases of that electricity and of",
        "making the hardware (CO2eq), and the water for cooling and for that electricity (water). This",
        "machine's CPU was not measured. A tiny model shows that everything works; beside it, a large one:",
    ]


def next_steps(project: Path) -> list[str]:
    """What to type next; `project` is the folder of this project."""
    return [
        f"install it beside your app:   pip install '{project}[distro]'",
        "see its figures at its exit:  genai-impact run python your_app.py",
        "send them to a Collector:     opentelemetry-instrument python your_app.py      (OTLP, to localhost:4317)",
        "all settings and limits:      README.md",
    ]

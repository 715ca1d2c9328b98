"""The parts that a page is made of, and its figures in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from otel_genai_impact.telemetry.summary import amount, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_genai_impact.cli.report.charts import Chart
    from otel_genai_impact.cli.report.records import Amount
    from otel_genai_impact.cli.report.totals import Sums, Total

J_PER_WH: Final = 3600.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A quantity in words: the estimate, its interval if it has one, and for the heads of the page what it is."""

    text: str
    range: str = ""
    name: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: which columns are numbers, and which are sentences."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | Figure]]
    numbers: frozenset[int] = frozenset()
    words: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page."""

    title: str
    text: str = ""
    chart: Chart | None = None
    table: Table | None = None


def of_sum(total: Total, unit: str, factor: float = 1.0) -> Figure:
    """A sum with its interval; a dash where nothing was reported, which is not 0."""
    if not total.reported:
        return Figure(text="\N{EN DASH}")
    if not total.has_interval:
        return Figure(text=amount(total.estimate * factor, unit))
    return _in_words(total.estimate, total.low, total.high, unit, factor)


def of_request(value: Amount | None, unit: str, factor: float = 1.0) -> Figure:
    """An impact of one request, likewise."""
    if value is None:
        return Figure(text="\N{EN DASH}")
    if value.low is None or value.high is None:
        return Figure(text=amount(value.estimate * factor, unit))
    return _in_words(value.estimate, value.low, value.high, unit, factor)


def _in_words(estimate: float, low: float, high: float, unit: str, factor: float) -> Figure:
    middle, _, bounds = interval((estimate * factor, low * factor, high * factor), unit).partition(" (")
    return Figure(text=middle, range=bounds.removesuffix(")").replace("-", " to "))


def per_request(sums: Sums) -> Figure:
    """The mean energy of the requests that have an estimate."""
    if not sums.energy.reported:
        return Figure(text="\N{EN DASH}")
    return Figure(text=wh(sums.energy.estimate / sums.energy.reported))


def wh(energy_j: float) -> str:
    """An energy in a readable unit."""
    return amount(energy_j / J_PER_WH, "Wh")


def time(time_s: int, *, seconds: bool = False) -> str:
    """ISO 8601, without a zone."""
    return (_EPOCH + timedelta(seconds=time_s)).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def period(period_s: int) -> str:
    """A length of time: one hour, 6 hours."""
    for size_s, name in ((7 * 86400, "week"), (86400, "day"), (3600, "hour"), (60, "minute")):
        if period_s % size_s == 0:
            number = period_s // size_s
            return f"one {name}" if number == 1 else f"{number} {name}s"
    return f"{period_s} seconds"

"""What a measurement found, beside its target, and how that is printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.interleaving import Spread

_HEADINGS: Final = ("", "measured", "quartiles", "target", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a measurement is held against."""

    limit: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement.

    Attributes:
        name: what was measured.
        unit: `x` for a ratio, else `ms` or `MiB`.
        spread: the values.
        target: None for information only.
        objections: what is wrong besides the value; with any, the target is missed.
        absolute: figures in their own units, for information.
    """

    name: str
    unit: str
    spread: Spread
    target: Target | None = None
    objections: tuple[str, ...] = ()
    absolute: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.target.met_by(self.spread.median) and not self.objections


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [{**asdict(row), "met": row.met} for row in rows]


def as_text(rows: Sequence[Row]) -> str:
    table = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(_HEADINGS))]
    lines = [
        "  ".join(
            cell.rjust(width) if 0 < column < len(_HEADINGS) - 1 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in table
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    lines.extend(["", "For information, medians on this machine at this moment:"])
    lines.extend(f"  {row.name}: {_figures(row)}" for row in rows if row.absolute)
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    spread = row.spread
    quartiles = f"{_number(spread.lower_quartile)}-{_number(spread.upper_quartile)}"
    return (row.name, f"{_number(spread.median)} {row.unit}", quartiles, _target(row), _verdict(row))


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{'>=' if row.target.at_least else '<='} {row.target.limit:g} {row.unit}"


def _verdict(row: Row) -> str:
    if row.met is None:
        return ""
    return ("met" if row.met else "MISSED") + "".join(f"; {objection}" for objection in row.objections)


def _figures(row: Row) -> str:
    return ", ".join(f"{name} {_number(value)}" for name, value in row.absolute.items())


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"

"""What a figure is as much as, for people who have no feeling for grams and joules. Each with its source, year and check date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.inventory.fields import POSITIVE, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.inventory.fields import Table

EQUIVALENCES_FILE: Final = Path(__file__).with_suffix(".toml")
CRITERIA: Final = ("energy", "gwp", "wcf")
_BOUNDS: Final = ("estimate", "low", "high")


class Equivalence(NamedTuple):
    """Something that people know.

    Attributes:
        criterion: of which it has `amount`: `energy` (J), `gwp` (g) or `wcf` (L).
        words: one of it, for a sentence.
        amount: how much one of it has.
        source: who says so.
        year: of what the source says; None for a definition.
        checked: when that was looked up, ISO 8601.
    """

    criterion: str
    words: str
    amount: float
    source: str
    year: int | None
    checked: str


@cache
def equivalences() -> tuple[Equivalence, ...]:
    """All that are known, in the order of the file.

    Raises:
        InventoryError: the file has a mistake.
    """
    top = read_toml(EQUIVALENCES_FILE)
    return tuple(_read(top.table(name)) for name in top.values)


def _read(table: Table) -> Equivalence:
    table.allow(*Equivalence._fields)
    year = table.optional_number("year", POSITIVE)
    return Equivalence(
        criterion=table.choice("criterion", CRITERIA),
        words=table.text("words"),
        amount=table.number("amount", POSITIVE),
        source=table.text("source"),
        year=None if year is None else int(year),
        checked=table.day("checked").isoformat(),
    )


def as_much_as(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the figures of a report are as much as: one of each criterion, in numbers that are neither huge nor tiny."""
    found: list[dict[str, Any]] = []
    for criterion in CRITERIA:
        figure = figures[criterion]
        known = _fitting(criterion, figure["estimate"])
        found.append(
            {
                "criterion": criterion,
                **{bound: figure[bound] / known.amount for bound in _BOUNDS},
                "what": known.words,
                "source": known.source,
                "year": known.year,
                "checked": known.checked,
            }
        )
    return found


def _fitting(criterion: str, amount: float) -> Equivalence:
    """The largest thing of which there is at least one; if there is none, the smallest."""
    by_size = sorted(
        (known for known in equivalences() if known.criterion == criterion), key=lambda known: known.amount
    )
    return next((known for known in reversed(by_size) if known.amount <= amount), by_size[0])


def origin(known: Mapping[str, Any]) -> str:
    """Who says so, in a line."""
    year = "" if known["year"] is None else f", {known['year']}"
    return f"{known['source']}{year}; checked {known['checked']}"

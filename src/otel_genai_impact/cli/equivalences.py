"""What a figure is as much as, for people who have no feeling for grams and joules. Each with its source and its day."""

from __future__ import annotations

from typing import Final, NamedTuple


class Equivalence(NamedTuple):
    """Something that people know.

    Attributes:
        criterion: of which it has `amount`: `energy` (J), `gwp` (g) or `wcf` (L).
        words: one of it, for a sentence.
        amount: how much one of it has.
        source: who says so.
        checked: when that was looked up, ISO 8601.
    """

    criterion: str
    words: str
    amount: float
    source: str
    checked: str


_GRAMS_PER_YEAR: Final = 4.6e6
_MILES_PER_YEAR: Final = 11_500.0
_KM_PER_MILE: Final = 1.609344

EQUIVALENCES: Final = (
    Equivalence("energy", "hours of a lamp of 10 W", 10.0 * 3600, "by definition: 10 W for 3600 s", "2026-11-22"),
    Equivalence(
        "gwp",
        "km with a typical car of the USA, from its tailpipe",
        _GRAMS_PER_YEAR / _MILES_PER_YEAR / _KM_PER_MILE,
        "US EPA, Tailpipe Greenhouse Gas Emissions From a Typical Passenger Vehicle, EPA-420-F-23-014, June 2023: "
        "4.6 t of CO2 a year, 11,500 miles a year",
        "2026-11-22",
    ),
    Equivalence("wcf", "glasses of 0.25 L", 0.25, "by definition", "2026-11-22"),
)

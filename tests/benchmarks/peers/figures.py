"""What a run of contenders beside each other found, as it is recorded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tests.benchmarks.interleaving import Spread, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of one contender.

    Attributes:
        table: what was measured.
        contender: whose it is.
        unit: `x` over what it is compared with, or `us`, `ms`, `MiB`.
        spread: over the rounds.
    """

    table: str
    contender: str
    unit: str
    spread: Spread

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def beside(table: str, taken_ns: Mapping[str, Sequence[float]], *, base: str) -> list[Figure]:
    """Each contender over the base, and what it adds to it, compared within each round."""
    figures: list[Figure] = []
    for contender, taken in taken_ns.items():
        if contender == base:
            continue
        figures += [
            Figure(table=table, contender=contender, unit="x", spread=ratio(taken, taken_ns[base])),
            Figure(table=table, contender=contender, unit="us", spread=added_us(taken, taken_ns[base])),
        ]
    return figures


def added_us(over_ns: Sequence[float], under_ns: Sequence[float]) -> Spread:
    """What the one takes more than the other, compared within each round."""
    return Spread.of([(high - low) / 1e3 for high, low in zip(over_ns, under_ns, strict=True)])


def of_one_chunk(long_ns: Sequence[float], short_ns: Sequence[float], chunks_between: int) -> list[float]:
    """What one more chunk takes, from streams of two lengths: what a call takes once is in both."""
    return [(long - short) / chunks_between for long, short in zip(long_ns, short_ns, strict=True)]

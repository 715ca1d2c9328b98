"""Timing things side by side, on a machine that does other things meanwhile.

Each round runs one block of each contender, in random order, and only blocks of one round are compared: what slows the
machine for a while slows both. Garbage collection is off during blocks, and happens between rounds, so that one
contender does not pay for the garbage of another.
"""

from __future__ import annotations

import gc
import random
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The middle half of some measurements."""

    median: float
    lower_quartile: float
    upper_quartile: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least two values."""
        lower, middle, upper = quantiles(values, n=4, method="inclusive")
        return cls(median=middle, lower_quartile=lower, upper_quartile=upper)


def interleaved(blocks: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, list[float]]:
    """What one operation of each contender took (ns), round by round. A block runs some, and gives the mean of one."""
    taken_ns: dict[str, list[float]] = {name: [] for name in blocks}
    for _ in range(rounds):
        with _no_garbage_collection():
            for name in random.sample(list(blocks), len(blocks)):
                taken_ns[name].append(blocks[name]())
    return taken_ns


def ratio(over: Sequence[float], under: Sequence[float]) -> Spread:
    """How many times the one takes what the other does, compared within each round."""
    return Spread.of([high / low for high, low in zip(over, under, strict=True)])


def microseconds(taken_ns: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The median of each contender in microseconds, for information: it says more about the machine than about us."""
    return {name: median(values) / 1e3 for name, values in taken_ns.items()}


@contextmanager
def _no_garbage_collection() -> Generator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

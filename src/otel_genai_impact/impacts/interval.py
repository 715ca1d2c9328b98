"""The only arithmetic on uncertain quantities."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A quantity known to lie between two bounds, both included. A quantity known exactly has equal bounds.

    The bounds of two intervals move together: the sum (product) of two intervals goes from the sum (product) of the
    lower bounds to that of the upper ones. That is exact for sums, and for products of quantities that are not negative,
    which physical quantities here are.

    Attributes:
        low: the lower bound.
        high: the upper bound.
        median: the best estimate, where a method knows more than the bounds; None: their midpoint stands for it.

    Raises:
        ValueError: a bound is negative or not finite, or the bounds are not in order.
    """

    low: float
    high: float
    median: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"the bounds of an interval must be finite, got [{self.low}, {self.high}]")
        if not 0 <= self.low <= self.high:
            raise ValueError(f"an interval needs 0 <= low <= high, got [{self.low}, {self.high}]")
        if self.median is not None and not self.low <= self.median <= self.high:
            raise ValueError(f"the median {self.median} is not in [{self.low}, {self.high}]")

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """The interval that holds just this value."""
        return cls(value, value)

    @property
    def estimate(self) -> float:
        """The median, or else the midpoint."""
        return (self.low + self.high) / 2 if self.median is None else self.median

    def __add__(self, other: Interval) -> Interval:
        median = None if self.median is other.median is None else self.estimate + other.estimate
        return Interval(self.low + other.low, self.high + other.high, median)

    def __mul__(self, other: Interval | float) -> Interval:
        if isinstance(other, Interval):
            median = None if self.median is other.median is None else self.estimate * other.estimate
            return Interval(self.low * other.low, self.high * other.high, median)
        return Interval(self.low * other, self.high * other, None if self.median is None else self.median * other)

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

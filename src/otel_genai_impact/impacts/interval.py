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

    Raises:
        ValueError: a bound is negative or not finite, or the bounds are not in order.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"the bounds of an interval must be finite, got [{self.low}, {self.high}]")
        if not 0 <= self.low <= self.high:
            raise ValueError(f"an interval needs 0 <= low <= high, got [{self.low}, {self.high}]")

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """The interval that holds just this value."""
        return cls(value, value)

    @property
    def estimate(self) -> float:
        """The midpoint."""
        return (self.low + self.high) / 2

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Interval | float) -> Interval:
        if isinstance(other, Interval):
            return Interval(self.low * other.low, self.high * other.high)
        return Interval(self.low * other, self.high * other)

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

"""Arithmetic on quantities that are known between two bounds."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts.interval import Interval


def test_an_exact_quantity_has_equal_bounds() -> None:
    """What is known exactly is its own lower bound, upper bound and estimate."""
    exact = Interval.exactly(2.5)
    assert (exact.low, exact.high, exact.estimate) == (2.5, 2.5, 2.5)


def test_the_estimate_is_the_midpoint() -> None:
    """1 to 4: 2.5."""
    assert Interval(1, 4).estimate == (1 + 4) / 2


def test_a_sum_goes_from_the_sum_of_the_lower_bounds_to_that_of_the_upper_ones() -> None:
    """[1, 2] + [10, 20] = [11, 22]."""
    assert Interval(1 + 10, 2 + 20) == Interval(1, 2) + Interval(10, 20)


def test_a_product_goes_from_the_product_of_the_lower_bounds_to_that_of_the_upper_ones() -> None:
    """[1, 2] x [10, 20] = [10, 40]."""
    assert Interval(1 * 10, 2 * 20) == Interval(1, 2) * Interval(10, 20)


def test_a_number_scales_both_bounds() -> None:
    """[1, 2] x 3 = [3, 6]."""
    assert Interval(1 * 3, 2 * 3) == Interval(1, 2) * 3


def test_the_bounds_belong_to_the_interval() -> None:
    """1, 1.5 and 2 lie in [1, 2]; what is a little outside does not."""
    interval = Interval(1, 2)
    found = [value in interval for value in (0.999, 1, 1.5, 2, 2.001)]
    assert found == [False, True, True, True, False]


@pytest.mark.parametrize(("low", "high"), [(2, 1), (-1, 1), (-2, -1)])
def test_bounds_out_of_order_or_below_zero_are_refused(low: float, high: float) -> None:
    """No physical quantity here is negative, and low is at most high; the message shows both."""
    with pytest.raises(ValueError, match=rf"needs 0 <= low <= high, got \[{low}, {high}\]"):
        Interval(low, high)


@pytest.mark.parametrize(("low", "high"), [(math.nan, 1), (1, math.nan), (1, math.inf), (-math.inf, 1)])
def test_bounds_that_are_no_number_are_refused(low: float, high: float) -> None:
    """NaN and infinity never get into a result."""
    with pytest.raises(ValueError, match="must be finite"):
        Interval(low, high)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Interval(1, 9, 3), Interval(10, 20)),
        (Interval(1, 9), Interval(10, 20, 12)),
        (Interval(1, 9, 3), Interval(10, 20, 12)),
    ],
)
def test_a_median_goes_with_its_interval(left: Interval, right: Interval) -> None:
    """Into sums and products; where one has none, its midpoint stands for it: 5 of 1 to 9, 15 of 10 to 20."""
    one, other = left.median or 5, right.median or 15
    assert (one + other, one * other) == ((left + right).estimate, (left * right).estimate)
    assert (left.low + right.low, left.high * right.high) == ((left + right).low, (left * right).high)


def test_a_number_scales_the_median() -> None:
    """And an interval without one has none afterwards."""
    assert (Interval(2, 18, 6), None) == (Interval(1, 9, 3) * 2, (Interval(1, 9) * 2).median)


@pytest.mark.parametrize("median", [0.5, 9.5])
def test_a_median_outside_of_its_interval_is_refused(median: float) -> None:
    """The bounds themselves are inside."""
    assert (1, 9) == (Interval(1, 9, 1).estimate, Interval(1, 9, 9).estimate)
    with pytest.raises(ValueError, match=rf"^the median {median} is not in \[1, 9\]$"):
        Interval(1, 9, median)

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

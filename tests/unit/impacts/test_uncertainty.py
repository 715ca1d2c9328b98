"""Uncertainty that many requests share, in numbers that can be followed by hand."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts.uncertainty import Z_90, Scope, Sum, Uncertain, scoped

ONE = Uncertain(median=2.0, errors={"batch": 0.3, "host": 0.4})


def test_errors_of_different_sources_add_by_their_squares() -> None:
    """0.3 and 0.4 make 0.5, and the 90 % interval is 1.645 of these on the scale of logarithms."""
    assert math.hypot(0.3, 0.4) == pytest.approx(ONE.log_sd)
    assert 2.0 * math.exp(1.6449 * 0.5) == pytest.approx(ONE.interval.high, rel=1e-4)
    assert 2.0 == ONE.interval.estimate
    assert ONE.interval.estimate**2 == pytest.approx(ONE.interval.low * ONE.interval.high)


def test_in_a_product_the_errors_of_one_source_add_up() -> None:
    """Too large by one cause in both factors is too large twice; other causes stay as they are."""
    product = ONE * Uncertain(median=3.0, errors={"host": 0.1, "grid": 0.2})
    assert 6.0 == product.median
    assert {"batch": 0.3, "host": pytest.approx(0.5), "grid": 0.2} == product.errors


def test_in_a_sum_each_part_brings_its_errors_by_its_share() -> None:
    """2 of 8 have a batch error of 0.3: 0.075 of the sum."""
    total = ONE + Uncertain(median=6.0, errors={"host": 0.4})
    assert 8.0 == total.median
    assert {"batch": pytest.approx(0.3 * 2 / 8), "host": pytest.approx(0.4)} == total.errors


def test_nothing_plus_nothing_is_nothing() -> None:
    """A request without tokens divides by nothing."""
    total = Uncertain(median=0.0) + Uncertain(median=0.0, errors={"batch": 0.3})
    assert (0.0, {}, {}) == (total.median, total.errors, total.shares())


def test_the_shares_of_the_variance_are_in_order_and_sum_to_one() -> None:
    """0.4 squared is 64 % of 0.5 squared: the host is what to measure next."""
    assert [("host", pytest.approx(0.64)), ("batch", pytest.approx(0.36))] == list(ONE.shares().items())


def test_a_million_requests_with_the_same_errors_are_known_no_better_than_one() -> None:
    """The bounds are a million times those of one request."""
    many = Sum()
    many.add(ONE, times=1_000_000)
    for expected, actual in [
        (ONE.interval.low, many.total.low),
        (ONE.interval.estimate, many.total.estimate),
        (ONE.interval.high, many.total.high),
    ]:
        assert expected * 1_000_000 == pytest.approx(actual, rel=1e-12)


def test_what_is_random_averages_out() -> None:
    """With nothing shared, the log-sd of 10,000 is about a hundredth of that of one."""
    many = Sum()
    many.add(Uncertain(median=1.0), times=10_000, random_log_sd=0.3)
    assert math.sqrt(math.expm1(0.3**2)) / 100 == pytest.approx(many.log_sd)


def test_sums_merge_in_any_order() -> None:
    """Two processes together know what one would have known that saw all."""
    other = Uncertain(median=5.0, errors={"host": 0.2, "grid": 0.1})
    apart = (Sum(), Sum())
    apart[0].add(ONE, times=3, random_log_sd=0.1)
    apart[1].add(other, times=4)
    for first, second in (apart, apart[::-1]):
        merged, together = Sum(), Sum()
        merged.merge(first)
        merged.merge(second)
        together.add(ONE, times=3, random_log_sd=0.1)
        together.add(other, times=4)
        assert together.total.estimate == pytest.approx(merged.total.estimate)
        assert together.total.high == pytest.approx(merged.total.high)


def test_what_two_models_share_cancels_in_their_ratio() -> None:
    """Both have the host's 0.4; of 0.3 and 0.1 from the batch, the difference remains."""
    one, other = Sum(), Sum()
    one.add(ONE)
    other.add(Uncertain(median=1.0, errors={"batch": 0.1, "host": 0.4}))
    ratio = one.over(other)
    assert 2.0 == pytest.approx(ratio.estimate)
    assert 2.0 * math.exp(Z_90 * 0.2) == pytest.approx(ratio.high)


def test_an_empty_sum_is_nothing() -> None:
    """0 without an error."""
    assert (0.0, 0.0, 0.0) == (Sum().total.low, Sum().total.estimate, Sum().log_sd)


def test_a_random_error_raises_the_mean_above_the_median() -> None:
    """By half of the variance on the scale of logarithms, and many have their mean: 10,000 times e to the 0.045."""
    many = Sum()
    many.add(Uncertain(median=1.0), times=10_000, random_log_sd=0.3)
    assert 10_000 * math.exp(0.3**2 / 2) == pytest.approx(many.total.estimate, rel=1e-5)


def test_requests_are_added_one_by_one() -> None:
    """Where nobody says how many, it is one; twice the same has the same errors, sign and all."""
    twice = Sum()
    twice.add(Uncertain(median=2.0, errors={"batch": -0.3, "host": 0.4}))
    assert 2.0 == pytest.approx(twice.total.estimate)
    twice.add(Uncertain(median=2.0, errors={"batch": -0.3, "host": 0.4}))
    assert 4.0 == pytest.approx(twice.total.estimate)
    assert pytest.approx({"batch": -0.3, "host": 0.4}) == twice.errors


def test_a_merged_sum_has_the_errors_of_its_parts_by_their_shares() -> None:
    """A quarter with 0.3 from the batch; three quarters, by the mean of each, with 0.4 from the host."""
    merged, other = Sum(), Sum()
    merged.add(Uncertain(median=1 / math.exp(0.3**2 / 2), errors={"batch": 0.3}))
    other.add(Uncertain(median=3 / math.exp(0.4**2 / 2), errors={"host": 0.4}))
    merged.merge(other)
    assert pytest.approx({"batch": 0.3 / 4, "host": 0.4 * 3 / 4}) == merged.errors


def test_what_two_models_do_not_share_adds_up_in_their_ratio() -> None:
    """0.3 of one and 0.4 of the other make 0.5; what is random in either comes on top."""
    one, other = Sum(), Sum()
    one.add(Uncertain(median=2.0, errors={"batch": 0.3}), random_log_sd=0.1)
    other.add(Uncertain(median=8.0, errors={"grid": 0.4}), random_log_sd=0.2)
    ratio = one.over(other)
    random = math.expm1(0.1**2) + math.expm1(0.2**2)
    assert math.exp(Z_90 * math.sqrt(0.5**2 + random)) == pytest.approx(ratio.high / ratio.estimate)
    assert one.total.estimate / other.total.estimate == pytest.approx(ratio.estimate)
    assert 0.25 == pytest.approx(ratio.estimate, rel=0.001)


def test_an_error_is_shared_by_what_it_is_about() -> None:
    """A fit by a model's requests, a PUE by a provider's, a grid by a zone's, and the rest by all."""
    scope = Scope(model="openai/gpt-4o", provider="azure", zone="FRA")
    quantity = Uncertain(median=2.0, errors={"fit": 0.1, "pue": 0.2, "grid": 0.3, "host": 0.4})
    expected = {"fit:openai/gpt-4o": 0.1, "pue:azure": 0.2, "grid:FRA": 0.3, "host": 0.4}
    assert Uncertain(median=2.0, errors=expected) == scoped(quantity, scope)

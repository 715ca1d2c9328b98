"""What a report adds up: exact sums, intervals only where all have one, memory of a fixed size."""

from __future__ import annotations

import pytest

from otel_genai_impact.cli.report import sums
from otel_genai_impact.cli.report.records import Amount, CountedRequest, Impacts
from otel_genai_impact.cli.report.sums import Distribution, Names, OverTime, Summary
from otel_genai_impact.cli.report.totals import Total

MINUTE_S = 60
HOUR_S = 60 * MINUTE_S


def _request(
    energy_j: float | None = 10.0,
    *,
    ended_s: float = 0.0,
    dimensions: tuple[str | None, ...] = ("gpt-4o",),
    span_id: int = 1,
) -> CountedRequest:
    impacts = None
    if energy_j is not None:
        energy = Amount(energy_j, energy_j / 2, energy_j * 2)
        impacts = Impacts(energy, None, None, None, None, None)
    return CountedRequest(
        ended_ns=int(ended_s * 1e9),
        duration_s=1.0,
        trace_id=1,
        span_id=span_id,
        provider="openai",
        model="gpt-4o",
        service="shop",
        input_tokens=2,
        output_tokens=3,
        impacts=impacts,
        reason=None if impacts else "no_usage",
        recomputed=False,
        assumptions=("zone.world",),
        basis="ecologits-0.11, data 2026.11",
        zone="WOR",
        dimensions=dimensions,
    )


def test_a_sum_has_an_interval_only_if_every_part_has_one() -> None:
    """A bound that nobody recorded is not that of the estimate."""
    total = Total()
    total.add(Amount(10.0, 8.0, 12.0))
    assert (10.0, 8.0, 12.0, True) == (total.estimate, total.low, total.high, total.has_interval)
    total.add(Amount(5.0, None, None))
    assert (15.0, False) == (total.estimate, total.has_interval)
    total.add(None)
    assert (15.0, 2, 1) == (total.estimate, total.reported, total.bounded)


def test_requests_without_an_estimate_count_and_add_nothing() -> None:
    """One of 10 J and one without: two requests, one estimated, 10 J, the tokens of both."""
    summary = Summary(("model",))
    summary.add(_request(10.0))
    summary.add(_request(None))
    total = summary.total
    expected = (2, 1, 10.0, 4, 6)
    assert expected == (total.requests, total.estimated, total.energy.estimate, total.input_tokens, total.output_tokens)
    assert {("no_usage", "openai", "gpt-4o"): 1} == dict(summary.reasons.counts)
    assert {("zone.world",): 1} == dict(summary.assumptions.counts)


def test_groups_add_up_to_the_total_by_each_dimension() -> None:
    """By model and by tenant: the same requests, the largest first, what was not reported is a part of its own."""
    summary = Summary(("model", "tenant.id"))
    for energy_j, dimensions in [(1.0, ("a", "x")), (2.0, ("b", "x")), (4.0, ("a", None))]:
        summary.add(_request(energy_j, dimensions=dimensions))
    by_model = [(name, part.energy.estimate) for name, part in summary.by_dimension("model")]
    by_tenant = [(name, part.energy.estimate) for name, part in summary.by_dimension("tenant.id")]
    assert [("a", 1.0 + 4.0), ("b", 2.0)] == by_model
    assert [(None, 4.0), ("x", 1.0 + 2.0)] == by_tenant


def test_groups_are_bounded_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first three of ten tenants keep their names, all others are one; the sum is that of all."""
    monkeypatch.setattr(sums, "MOST_GROUPS", 3)
    summary = Summary(("tenant.id",))
    for number in range(10):
        summary.add(_request(1.0, dimensions=(f"t{number}",)))
    parts = {name: part.energy.estimate for name, part in summary.by_dimension("tenant.id")}
    assert {"t0": 1.0, "t1": 1.0, "t2": 1.0, sums.OTHERS: 7.0} == parts


def test_names_of_strangers_are_bounded() -> None:
    """A thousand names: two hundred and one rows, a thousand in all."""
    names = Names()
    for number in range(1000):
        names.add(f"name {number}", "x")
    assert 201 == len(names.counts)
    assert 1000 == names.counts.total()


def test_periods_become_longer_and_lose_nothing() -> None:
    """A request a minute for two days: at most 120 columns, each a whole hour, with all requests in them."""
    times = OverTime()
    for minute in range(48 * 60):
        times.add(_request(1.0, ended_s=minute * MINUTE_S))
    assert HOUR_S == times.period_s
    assert [hour * HOUR_S for hour in range(48)] == sorted(times.periods)
    assert [60.0] * 48 == [part.energy.estimate for part in times.periods.values()]


def test_wild_times_are_shown_in_the_longest_periods() -> None:
    """1970 and 2262 in one file: no more columns than there are months in between, and none is lost."""
    times = OverTime()
    for ended_s in (0, 9.2e9, 4e9):
        times.add(_request(1.0, ended_s=ended_s))
    assert sums.PERIODS_S[-1] == times.period_s
    assert 3 == sum(part.requests for part in times.periods.values())


def test_a_request_without_a_time_is_said_to_be_so() -> None:
    """It is in the sums, and in no column."""
    times = OverTime()
    times.add(_request()._replace(ended_ns=None))
    assert (1, {}) == (times.without_time, times.periods)


def test_quantiles_are_the_upper_ends_of_their_bins() -> None:
    """Of 1 J nine times and 1000 J once: half are at most 1.6 J (a bin of 1 to 10^0.2), all at most 1000 J."""
    energies = Distribution()
    for energy_j in [1.0] * 9 + [1000.0]:
        energies.add(energy_j)
    assert pytest.approx(10**0.2) == energies.quantile_j(0.5)
    assert 1000.0 == energies.quantile_j(1.0)
    assert Distribution().quantile_j(0.5) is None


def test_no_energy_at_all_has_a_bin_too() -> None:
    """0 J has no logarithm."""
    energies = Distribution()
    energies.add(0.0)
    assert 1 == energies.bins.total()


def test_top_requests_are_the_largest_in_order() -> None:
    """Of a hundred, the twenty largest; of equals, the first come first."""
    summary = Summary(("model",))
    for number in range(100):
        summary.add(_request(float(number // 2), span_id=number))
    expected = [98, 99, 96, 97, 94, 95, 92, 93, 90, 91, 88, 89, 86, 87, 84, 85, 82, 83, 80, 81]
    assert expected == [request.span_id for request in summary.top_requests()]

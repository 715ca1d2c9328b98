"""The intervals of sums and ratios, held to a Monte Carlo simulation in which the sources of error are shared.

In each of the worlds that are drawn, every source of error has one value, for all requests that rest on it. A 90 %
interval that says what it knows has the truth in 85 to 93 of 100 worlds.
"""

from __future__ import annotations

import math
import random
from typing import Final

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.native_1 import uncertainties
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
from otel_genai_impact.impacts.uncertainty import Scope, Sum, Uncertain, scoped

WORLDS: Final = 4000
CENTER: Final = DataCenter(pue=Interval(1.1, 1.3), onsite_wue_l_per_kwh=Interval.exactly(0.3))
MIX: Final = ElectricityMix(gwp_kgco2eq_per_kwh=0.4, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=9.0, wue_l_per_kwh=3.0)
COVERED: Final = (0.85, 0.93)


def _energy(number: int, draw: random.Random) -> Uncertain:
    """The energy of requests to one of many models, of five providers, open or secret, large or small."""
    total = math.exp(draw.uniform(math.log(3), math.log(1000)))
    sparse = draw.random() < 0.5
    size = Interval.exactly(total * (0.1 if sparse else 1))
    model = Model(
        active_parameters_b=size,
        total_parameters_b=Interval.exactly(total),
        weight_bytes=draw.choice((None, 2.0, 0.53)),
        is_disclosed=draw.random() < 0.6,
    )
    unit = FunctionalUnit(output_tokens=draw.randint(50, 2000), input_tokens=draw.randint(10, 20_000))
    scope = Scope(model=f"model {number}", provider=f"provider {number % 5}", zone=f"zone {number % 3}")
    return scoped(uncertainties(unit, model, CENTER, MIX).energy_j, scope)


def _covered(sums: Interval, truths: list[float]) -> float:
    return sum(truth in sums for truth in truths) / len(truths)


def _world(quantities: list[Uncertain], draw: random.Random) -> list[float]:
    """What each quantity truly is in one world: each source has one value for all."""
    sources = {name for quantity in quantities for name in quantity.errors}
    values = {name: draw.gauss(0, 1) for name in sorted(sources)}
    return [
        quantity.median * math.exp(sum(log_sd * values[name] for name, log_sd in quantity.errors.items()))
        for quantity in quantities
    ]


@pytest.mark.parametrize(
    ("models", "requests"), [(1, 1), (1, 1_000_000), (5, 1), (20, 1000), (100, 1)], ids=lambda count: f"{count:,}"
)
def test_the_interval_of_a_sum_has_the_truth_as_often_as_it_says(models: int, requests: int) -> None:
    """One request, a million of one model, 5 to 100 models at once."""
    draw = random.Random(7)
    quantities = [_energy(number, draw) for number in range(models)]
    sums = Sum()
    for quantity in quantities:
        sums.add(quantity, times=requests)
    truths = [requests * math.fsum(_world(quantities, draw)) for _ in range(WORLDS)]
    covered = _covered(sums.total, truths)
    print(f"{models} models, {requests:,} requests of each: {covered:.1%} of {WORLDS:,} worlds")
    assert COVERED[0] <= covered <= COVERED[1]


def test_what_is_random_in_each_request_averages_out_and_the_rest_does_not() -> None:
    """1,000 requests with a random error of 0.5 each, beside what they share."""
    draw = random.Random(11)
    shared = Uncertain(median=1.0, errors={"batch": 0.3})
    sums = Sum()
    sums.add(shared, times=1000, random_log_sd=0.5)
    truths: list[float] = []
    for _ in range(500):
        [common] = _world([shared], draw)
        truths.append(math.fsum(common * math.exp(draw.gauss(0, 0.5)) for _ in range(1000)))
    covered = _covered(sums.total, truths)
    print(f"1,000 requests with a random part: {covered:.1%} of 500 worlds")
    assert COVERED[0] <= covered <= COVERED[1]
    assert sums.log_sd == pytest.approx(0.3, rel=0.01)


@pytest.mark.parametrize("same_provider", [True, False], ids=["one provider", "two providers"])
def test_the_interval_of_a_ratio_has_the_truth_as_often_as_it_says(*, same_provider: bool) -> None:
    """Two models, of which most errors cancel where one provider serves both."""
    draw = random.Random(13)
    pair = [_energy(0, draw), _energy(5 if same_provider else 1, draw)]
    sums = [Sum(), Sum()]
    for one, quantity in zip(sums, pair, strict=True):
        one.add(quantity, times=1000)
    ratio = sums[0].over(sums[1])
    worlds = (_world(pair, draw) for _ in range(WORLDS))
    covered = _covered(ratio, [first / second for first, second in worlds])
    print(f"ratio: {covered:.1%} of {WORLDS:,} worlds")
    assert COVERED[0] <= covered <= COVERED[1]


def test_a_ratio_is_known_better_than_its_parts() -> None:
    """What two models share cancels: the interval is narrower than that of independent ones."""
    draw = random.Random(17)
    first, second = Sum(), Sum()
    first.add(_energy(0, draw))
    second.add(_energy(5, draw))
    assert first.over(second).high / first.over(second).estimate < math.exp(
        1.645 * math.hypot(first.log_sd, second.log_sd)
    )

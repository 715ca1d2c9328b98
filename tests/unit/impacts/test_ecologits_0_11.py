"""The formulas of the method `ecologits-0.11`, each worked out by hand beside it."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts import ecologits_0_11 as method
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model

EXACTLY = Interval.exactly
MIX = ElectricityMix(gwp_kgco2eq_per_kwh=0.5, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=10, wue_l_per_kwh=4)
CENTER = DataCenter(pue=EXACTLY(1.2), onsite_wue_l_per_kwh=EXACTLY(0.5))
# 100e9 parameters in 16 bit with 20 % room: 240 GB, so 3 GPUs of 80 GB, rounded up to 4.
DENSE = Model(active_parameters_b=EXACTLY(100), total_parameters_b=EXACTLY(100))
FAST = Model(
    active_parameters_b=EXACTLY(100),
    total_parameters_b=EXACTLY(100),
    output_tokens_per_s=50,
    time_to_first_token_s=0.5,
)


def _near(expected: float) -> object:
    """Equal to this number, give or take rounding in the last digits."""
    return pytest.approx(expected, rel=1e-14, abs=0)


def _value(interval: Interval) -> float:
    assert interval.low == interval.high
    return interval.low


def test_the_method_goes_by_its_name() -> None:
    """What a user names in the settings is what telemetry reports."""
    assert METHODS["ecologits-0.11"].name == "ecologits-0.11"


def test_the_servers_life_is_three_years() -> None:
    """3 x 365 days: 94,608,000 s."""
    assert method.SERVER.lifetime_s == 94_608_000


def test_a_gpu_takes_energy_for_each_token_by_the_fit() -> None:
    """(alpha x exp(beta x 64) x 100 + gamma) Wh, a thousandth of it in kWh."""
    wh = 1.1665273170451914e-06 * math.exp(-0.011205921025579175 * 64) * 100 + 4.052928146734005e-05
    assert _near(wh / 1000) == _value(method.gpu_energy_per_token_kwh(EXACTLY(100), 64))


def test_a_token_takes_the_time_of_the_fit_if_no_speed_is_known() -> None:
    """The fit: alpha x 100 + beta x 64 + gamma, in s."""
    expected = 0.0006785088094353663 * 100 + 0.0003119310311688259 * 64 + 0.019473717579473387
    assert _near(expected) == _value(method.time_per_token_s(DENSE, 64))


def test_a_known_speed_overrides_the_fit() -> None:
    """50 tokens/s: 20 ms a token, whatever the size of the model."""
    assert _near(1 / 50) == _value(method.time_per_token_s(FAST, 64))


def test_the_first_token_takes_its_time_once() -> None:
    """100 tokens at 50/s after 0.5 s: 2.5 s."""
    assert _near(0.5 + 100 / 50) == _value(method.generation_time_s(FunctionalUnit(output_tokens=100), FAST, 64))


def test_the_first_tokens_time_counts_even_where_no_speed_is_known() -> None:
    """The fit for each token, and the published time to the first one besides."""
    slow = Model(active_parameters_b=EXACTLY(100), total_parameters_b=EXACTLY(100), time_to_first_token_s=0.5)
    per_token_s = _value(method.time_per_token_s(slow, 64))
    assert _near(10 * per_token_s + 0.5) == _value(method.generation_time_s(FunctionalUnit(output_tokens=10), slow, 64))


def test_a_request_occupies_the_servers_no_longer_than_its_caller_waited() -> None:
    """Modelled 2.5 s: a caller who waited 1 s limits it to 1 s, one who waited 9 s does not."""
    waits = [
        _value(method.generation_time_s(FunctionalUnit(output_tokens=100, latency_s=latency_s), FAST, 64))
        for latency_s in (1.0, 9.0)
    ]
    assert waits == [1.0, 2.5]


def test_the_wait_limits_each_bound_by_itself() -> None:
    """A caller's wait between the two modelled times limits the upper one alone."""
    model = Model(active_parameters_b=Interval(10, 100), total_parameters_b=EXACTLY(100))
    modelled = method.generation_time_s(FunctionalUnit(output_tokens=100), model, 64)
    between_s = modelled.estimate
    limited = method.generation_time_s(FunctionalUnit(output_tokens=100, latency_s=between_s), model, 64)
    assert Interval(modelled.low, between_s) == limited


@pytest.mark.parametrize(
    ("total_parameters_b", "gpus"),
    [(0.1, 1), (33.3, 1), (33.4, 2), (66.6, 2), (66.7, 4), (133.3, 4), (133.4, 8), (400, 16), (2000, 64)],
)
def test_gpus_are_what_the_weights_need_rounded_up_to_a_power_of_two(total_parameters_b: float, gpus: int) -> None:
    """1e9 parameters take 1.2 x 2 bytes = 2.4 GB of 80 GB: 33.3e9 fit into one GPU, 33.4e9 do not."""
    assert EXACTLY(gpus) == method.gpu_count(EXACTLY(total_parameters_b), 80)


def test_the_impacts_of_one_request_by_hand() -> None:
    """100 tokens of a dense model of 100e9 on 4 GPUs for 2.5 s, at a PUE of 1.2: every criterion and phase."""
    impacts = METHODS["ecologits-0.11"].assess(FunctionalUnit(output_tokens=100), FAST, CENTER, MIX)
    one_gpu_kwh = 100 * _value(method.gpu_energy_per_token_kwh(EXACTLY(100), 64))
    it_kwh = 2.5 / 3600 * 1.2 * (4 / 8) / 64 + 4 * one_gpu_kwh
    facility_kwh = 1.2 * it_kwh
    share_of_lifetime = 2.5 / (94_608_000 * 64)

    assert _near(facility_kwh) == _value(impacts.energy_kwh)
    assert _near(facility_kwh * 0.5) == _value(impacts.usage.gwp_kgco2eq)
    assert _near(facility_kwh * 1e-7) == _value(impacts.usage.adpe_kgsbeq)
    assert _near(facility_kwh * 10) == _value(impacts.usage.pe_mj)
    assert _near(it_kwh * (0.5 + 1.2 * 4)) == _value(impacts.wcf_l)
    assert _near(share_of_lifetime * (0.5 * 5700 + 4 * 273)) == _value(impacts.embodied.gwp_kgco2eq)
    assert _near(share_of_lifetime * (0.5 * 0.37 + 4 * 0.00895)) == _value(impacts.embodied.adpe_kgsbeq)
    assert _near(share_of_lifetime * (0.5 * 70000 + 4 * 3721)) == _value(impacts.embodied.pe_mj)


def test_only_active_parameters_take_gpu_energy_and_all_take_gpus() -> None:
    """A mixture of experts, 10e9 active of 100e9: the GPU energy of 10e9, on the four GPUs of 100e9."""
    experts = Model(
        active_parameters_b=EXACTLY(10),
        total_parameters_b=EXACTLY(100),
        output_tokens_per_s=50,
        time_to_first_token_s=0.5,
    )
    unit = FunctionalUnit(output_tokens=100)
    sparse = METHODS["ecologits-0.11"].assess(unit, experts, CENTER, MIX)
    dense = METHODS["ecologits-0.11"].assess(unit, FAST, CENTER, MIX)
    saved_kwh = 4 * 100 * (90 * 1.1665273170451914e-06 * math.exp(-0.011205921025579175 * 64)) / 1000
    assert _near(_value(dense.energy_kwh) - 1.2 * saved_kwh) == _value(sparse.energy_kwh)
    assert dense.embodied == sparse.embodied


def test_a_server_has_gpus_of_80_gb() -> None:
    """EcoLogits 0.11.3: 33.3e9 parameters are 79.9 GB, one GPU; 33.4e9 are 80.2 GB, two, and twice the hardware."""
    unit = FunctionalUnit(output_tokens=100)

    def made(total_b: float) -> float:
        model = Model(active_parameters_b=EXACTLY(10), total_parameters_b=EXACTLY(total_b), output_tokens_per_s=50)
        return _value(METHODS["ecologits-0.11"].assess(unit, model, CENTER, MIX).embodied.gwp_kgco2eq)

    assert _near(2 * made(33.3)) == made(33.4)


def test_an_interval_arises_from_parameters_and_data_center_together() -> None:
    """Lower bounds of everything give the lower bound, upper bounds of everything the upper one."""

    def assessed(active: Interval, total: Interval, pue: Interval, wue: Interval) -> tuple[Interval, Interval]:
        model = Model(active_parameters_b=active, total_parameters_b=total)
        center = DataCenter(pue=pue, onsite_wue_l_per_kwh=wue)
        impacts = METHODS["ecologits-0.11"].assess(FunctionalUnit(output_tokens=100), model, center, MIX)
        return impacts.gwp_kgco2eq, impacts.wcf_l

    lowest = assessed(EXACTLY(10), EXACTLY(40), EXACTLY(1.1), EXACTLY(0.1))
    highest = assessed(EXACTLY(20), EXACTLY(80), EXACTLY(1.3), EXACTLY(0.9))
    both = assessed(Interval(10, 20), Interval(40, 80), Interval(1.1, 1.3), Interval(0.1, 0.9))
    assert tuple(Interval(low.low, high.high) for low, high in zip(lowest, highest, strict=True)) == both


@pytest.mark.parametrize("latency_s", [None, 1.0])
def test_the_compiled_form_gives_the_same(latency_s: float | None) -> None:
    """A mixture of experts in a data centre with ranges: bounds, estimates and units of the readable form."""
    model = Model(active_parameters_b=Interval(10, 20), total_parameters_b=Interval(40, 80), time_to_first_token_s=0.5)
    center = DataCenter(pue=Interval(1.1, 1.3), onsite_wue_l_per_kwh=Interval(0.1, 0.9))
    unit = FunctionalUnit(output_tokens=100, latency_s=latency_s)
    readable = METHODS["ecologits-0.11"].assess(unit, model, center, MIX)
    system = METHODS["ecologits-0.11"].compile(model, center, MIX)
    compiled, bounds = system.estimate(100, latency_s or math.inf), system.bounds(100, latency_s or math.inf)
    assert _near(readable.energy_kwh.low * 3.6e6) == compiled.energy_low
    assert _near(readable.energy_kwh.high * 3.6e6) == compiled.energy_high
    assert _near(readable.gwp_kgco2eq.estimate * 1000) == compiled.gwp
    assert _near(readable.embodied.adpe_kgsbeq.estimate * 1000) == compiled.adpe_embodied
    assert _near(readable.pe_mj.high * 1e6) == bounds.pe_high
    assert _near(readable.wcf_l.low) == bounds.wcf_low

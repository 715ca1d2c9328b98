"""Method `native-1`: what is not known of a place and of what was made, by kind of error."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.native_1_energy import GPUS, Load, attention_share, context_j_per_token_and_token
from otel_genai_impact.impacts.native_1_facility import Uncertainties, impacts_of
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, Model
from otel_genai_impact.impacts.uncertainty import Uncertain

MIX = ElectricityMix(gwp_kgco2eq_per_kwh=0.4, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=9.0, wue_l_per_kwh=3.0)
# Twice the standard deviations between the median and a bound of 90 %.
BOTH_SIDES = 2 * 1.6448536269514722


def _of_one_joule(pue: Interval, wue: Interval) -> Uncertainties:
    return impacts_of(Uncertain(median=1.0), 520, DataCenter(pue=pue, onsite_wue_l_per_kwh=wue), MIX)


def test_each_impact_has_the_errors_of_its_way() -> None:
    """From the GPUs to the facility, from there to the grid; making the hardware knows neither."""
    found = _of_one_joule(Interval.exactly(1.2), Interval(0.4, 0.6))
    facility = {"host": 0.15, "pue": 0.05}
    assert facility == found.energy_j.errors
    assert {**facility, "grid": 0.12} == found.usage_gwp_kgco2eq.errors
    assert {**facility, "grid": 0.5} == found.usage_adpe_kgsbeq.errors
    assert {**facility, "grid": 0.2} == found.usage_pe_mj.errors
    assert {**facility, "grid water": 0.5} == found.grid_water_l.errors
    made = (found.embodied_gwp_kgco2eq, found.embodied_adpe_kgsbeq, found.embodied_pe_mj)
    assert [{"embodied": 0.6}] * 3 == [one.errors for one in made]


def test_water_on_site_is_known_as_well_as_its_range_is_narrow() -> None:
    """0.4 to 0.6 L: 0.2 of 0.5 between both bounds; it goes by IT energy, which knows no PUE."""
    found = _of_one_joule(Interval.exactly(1.2), Interval(0.4, 0.6)).site_water_l
    assert {"host": 0.15, "site water": pytest.approx(0.2 / 0.5 / BOTH_SIDES, rel=1e-12)} == found.errors


def test_a_wide_range_of_pue_is_more_than_what_no_pue_is_free_of() -> None:
    """1.1 to 1.6 with 90 %."""
    found = _of_one_joule(Interval(1.1, 1.6), Interval.exactly(0)).energy_j
    assert math.log(1.6 / 1.1) / BOTH_SIDES == pytest.approx(found.errors["pue"], rel=1e-12)


def test_context_costs_by_the_square_root_of_what_is_active() -> None:
    """0.008766 J for each thousand tokens of context and the square root of 1e9 parameters: 4 of 16, on an H100."""
    load = Load(active_b=16, total_b=64, weight_bytes=2, batch_size=64, gpu=GPUS["H100"])
    assert 0.008766 * 4 / 1000 == pytest.approx(context_j_per_token_and_token(load), rel=1e-12)


def test_attention_weighs_more_in_a_mixture() -> None:
    """0.148 by the cube root of 32e9, the middle of 16e9 and 64e9; and twice, for a quarter is active."""
    load = Load(active_b=16, total_b=64, weight_bytes=2, batch_size=64, gpu=GPUS["H100"])
    assert 0.148 / math.cbrt(32e9) * 2 == pytest.approx(attention_share(load), rel=1e-12, abs=0)


def test_what_is_not_said_of_the_input_is_none() -> None:
    """The hot path leaves it out where nobody reports it."""
    one = Interval.exactly(70)
    center = DataCenter(pue=Interval.exactly(1.2), onsite_wue_l_per_kwh=Interval.exactly(0.5))
    for method in METHODS.values():
        system = method.compile(Model(active_parameters_b=one, total_parameters_b=one), center, MIX)
        assert system.estimate(100, math.inf, 0, 0) == system.estimate(100, math.inf)
        assert system.bounds(100, math.inf, 0, 0) == system.bounds(100, math.inf)
        assert system.estimate(100, math.inf, 5, 0) == system.estimate(100, math.inf, 5)
        assert system.bounds(100, math.inf, 5, 0) == system.bounds(100, math.inf, 5)

"""The compiled form of a method, on coefficients that can be followed by eye."""

from __future__ import annotations

import math

from otel_genai_impact.impacts.assessment import Embodied
from otel_genai_impact.impacts.compiled import LinearSystem
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

EXACTLY = Interval.exactly
J_PER_KWH = 3.6e6

# Absurdly large, so that every sum and product is exact.
SYSTEM = LinearSystem.of(
    time_per_token_s=Interval(0.25, 0.5),
    first_token_s=1.0,
    it_kwh_per_s=EXACTLY(2),
    it_kwh_per_token=Interval(4, 8),
    embodied_per_s=Embodied(gwp_kgco2eq=EXACTLY(0.5), adpe_kgsbeq=EXACTLY(0.25), pe_mj=EXACTLY(0.125)),
    data_center=DataCenter(pue=Interval(1, 2), onsite_wue_l_per_kwh=EXACTLY(0)),
    electricity_mix=ElectricityMix(
        gwp_kgco2eq_per_kwh=0, adpe_kgsbeq_per_kwh=0, pe_mj_per_kwh=0, wue_l_per_kwh=J_PER_KWH
    ),
)


def test_energy_is_time_and_tokens_at_the_facility() -> None:
    """8 tokens take 3 to 5 s: (3 x 2 + 8 x 4) kWh x PUE 1 to (5 x 2 + 8 x 8) kWh x PUE 2, and the midpoint."""
    low, high = (3 * 2 + 8 * 4) * 1 * J_PER_KWH, (5 * 2 + 8 * 8) * 2 * J_PER_KWH
    result = SYSTEM.estimate(8, math.inf)
    assert (low, high, (low + high) / 2) == (result.energy_low, result.energy_high, result.energy)


def test_the_callers_wait_limits_the_upper_time() -> None:
    """A wait of 4 s lies between 3 and 5 s: the upper time is 4 s, the lower one stays."""
    result = SYSTEM.estimate(8, 4.0)
    low, high = (3 * 2 + 8 * 4) * 1 * J_PER_KWH, (4 * 2 + 8 * 8) * 2 * J_PER_KWH
    assert (low, high) == (result.energy_low, result.energy_high)


def test_the_callers_wait_limits_both_times() -> None:
    """A wait of 2 s is shorter than 3 s and 5 s: both times are 2 s."""
    result = SYSTEM.estimate(8, 2.0)
    low, high = (2 * 2 + 8 * 4) * 1 * J_PER_KWH, (2 * 2 + 8 * 8) * 2 * J_PER_KWH
    assert (low, high) == (result.energy_low, result.energy_high)


def test_the_embodied_part_goes_by_time_and_is_in_the_total() -> None:
    """3 to 5 s at 0.5 kgCO2eq/s, 0.25 kgSbeq/s and 0.125 MJ/s, with electricity that costs nothing: in g, g and J."""
    result = SYSTEM.estimate(8, math.inf)
    assert (result.gwp_low, result.gwp_high, result.gwp) == (3 * 500, 5 * 500, 4 * 500)
    bounds = SYSTEM.bounds(8, math.inf)
    assert (bounds.adpe_low, bounds.adpe_high, result.adpe) == (3 * 250, 5 * 250, 4 * 250)
    assert (bounds.pe_low, bounds.pe_high, result.pe) == (3 * 125e3, 5 * 125e3, 4 * 125e3)
    assert (result.gwp_embodied, result.adpe_embodied, result.pe_embodied) == (4 * 500, 4 * 250, 4 * 125e3)


def test_water_goes_by_facility_energy_where_none_is_used_on_site() -> None:
    """The power station takes 1 L for each J."""
    result, bounds = SYSTEM.estimate(8, math.inf), SYSTEM.bounds(8, math.inf)
    assert (result.energy_low, result.energy_high, result.energy) == (bounds.wcf_low, bounds.wcf_high, result.wcf)

"""From metered joules to impacts, with the arithmetic visible."""

from __future__ import annotations

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.metered import EmbodiedShare, MeteredSystem
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

CENTER = DataCenter(pue=Interval(1.1, 1.3), onsite_wue_l_per_kwh=Interval(0.2, 0.4))
MIX = ElectricityMix(gwp_kgco2eq_per_kwh=0.3, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=9.0, wue_l_per_kwh=2.0)
KWH_J = 3.6e6
HARDWARE = EmbodiedShare(gwp_g=5.0, adpe_g=0.001, pe_j=7000.0)


def test_the_energy_of_a_machine() -> None:
    """One kWh of the machine is 1.1 to 1.3 kWh of the facility; the water of cooling goes by the machine's."""
    estimate = MeteredSystem.of_it_energy(CENTER, MIX).estimate(KWH_J, HARDWARE)
    assert pytest.approx((1.1 * KWH_J, 1.2 * KWH_J, 1.3 * KWH_J), rel=1e-12) == (
        estimate.energy_low,
        estimate.energy,
        estimate.energy_high,
    )
    assert pytest.approx((1.1 * 300 + 5, 1.2 * 300 + 5, 1.3 * 300 + 5), rel=1e-12) == (
        estimate.gwp_low,
        estimate.gwp,
        estimate.gwp_high,
    )
    assert estimate.gwp_embodied == 5.0
    assert pytest.approx(1.2 * 1e-4 + 0.001, rel=1e-12) == estimate.adpe
    assert pytest.approx(1.2 * 9e6 + 7000, rel=1e-12) == estimate.pe
    assert pytest.approx(((0.2 + 1.1 * 2) + (0.4 + 1.3 * 2)) / 2, rel=1e-12) == estimate.wcf


def test_the_energy_of_a_facility() -> None:
    """One kWh that includes the cooling is one kWh: PUE is in it, and is not applied again."""
    estimate = MeteredSystem.of_facility_energy(CENTER, MIX).estimate(KWH_J)
    assert pytest.approx((KWH_J, KWH_J, KWH_J), rel=1e-12) == (
        estimate.energy_low,
        estimate.energy,
        estimate.energy_high,
    )
    assert pytest.approx(300.0, rel=1e-12) == estimate.gwp
    assert pytest.approx(((0.2 / 1.3 + 2) + (0.4 / 1.1 + 2)) / 2, rel=1e-12) == estimate.wcf
    assert (0.0, 0.0, 0.0) == (estimate.gwp_embodied, estimate.adpe_embodied, estimate.pe_embodied)


def test_the_other_bounds() -> None:
    """They hold the estimates between them, and the hardware's share is in both."""
    system = MeteredSystem.of_it_energy(CENTER, MIX)
    estimate, bounds = system.estimate(KWH_J, HARDWARE), system.bounds(KWH_J, HARDWARE)
    assert pytest.approx((1.1 * 1e-4 + 0.001, 1.3 * 1e-4 + 0.001), rel=1e-12) == (bounds.adpe_low, bounds.adpe_high)
    assert pytest.approx((1.1 * 9e6 + 7000, 1.3 * 9e6 + 7000), rel=1e-12) == (bounds.pe_low, bounds.pe_high)
    assert pytest.approx((0.2 + 1.1 * 2, 0.4 + 1.3 * 2), rel=1e-12) == (bounds.wcf_low, bounds.wcf_high)
    assert bounds.wcf_low < estimate.wcf < bounds.wcf_high

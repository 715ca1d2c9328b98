"""The formulas of the usage and the embodied phase, each with round numbers."""

from __future__ import annotations

from otel_genai_impact.impacts import embodied, usage
from otel_genai_impact.impacts.assessment import Embodied, Impacts, Usage
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import ElectricityMix

EXACTLY = Interval.exactly
MIX = ElectricityMix(gwp_kgco2eq_per_kwh=0.5, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=10, wue_l_per_kwh=4)


def test_the_server_is_paid_for_by_time_share_and_batch() -> None:
    """Half a server of 1.2 kW for two hours, with 64 requests in it: 2 h x 0.5 x 1.2 kW / 64."""
    actual = usage.server_energy_kwh(EXACTLY(7200), 1.2, EXACTLY(0.5), 64)
    assert EXACTLY(2 * 0.5 * 1.2 / 64) == actual


def test_it_energy_is_the_servers_share_and_all_gpus() -> None:
    """1 kWh of the server, and between 4 and 8 GPUs of 2 kWh."""
    assert Interval(1 + 4 * 2, 1 + 8 * 2) == usage.it_energy_kwh(EXACTLY(1), Interval(4, 8), EXACTLY(2))


def test_the_facility_takes_pue_times_what_it_equipment_takes() -> None:
    """10 to 20 kWh at a PUE of 1.1 to 1.2."""
    assert Interval(10 * 1.1, 20 * 1.2) == usage.facility_energy_kwh(Interval(10, 20), Interval(1.1, 1.2))


def test_electricity_has_the_impacts_of_its_zone() -> None:
    """2 kWh at 0.5 kgCO2eq, 1e-7 kgSbeq and 10 MJ each."""
    two_kwh = EXACTLY(2)
    assert EXACTLY(2 * 0.5) == usage.usage_gwp_kgco2eq(two_kwh, MIX)
    assert EXACTLY(2 * 1e-7) == usage.usage_adpe_kgsbeq(two_kwh, MIX)
    assert EXACTLY(2 * 10) == usage.usage_pe_mj(two_kwh, MIX)


def test_water_cools_it_energy_and_generates_facility_energy() -> None:
    """PUE counts once: 10 kWh x 0.5 L on site, and 10 kWh x PUE 1.5 x 4 L at the power station."""
    expected = 10 * 0.5 + 10 * 1.5 * 4
    assert EXACTLY(expected) == usage.usage_wcf_l(EXACTLY(10), EXACTLY(1.5), EXACTLY(0.5), MIX.wue_l_per_kwh)


def test_hardware_is_the_gpus_and_their_share_of_the_server() -> None:
    """Four of eight GPUs: half a chassis of 5700 kgCO2eq, and four times 273."""
    assert EXACTLY(0.5 * 5700 + 4 * 273) == embodied.hardware_embodied(EXACTLY(4), EXACTLY(0.5), 273, 5700)


def test_a_request_pays_for_hardware_by_its_time_and_its_batch() -> None:
    """1 s of a lifetime of 1024 s, shared by 64 requests: 1 / 65536 of 131072 kg is 2 kg."""
    assert EXACTLY(131072 / (1024 * 64)) == embodied.request_embodied(EXACTLY(131072), EXACTLY(1), 1024, 64)


def test_totals_are_the_sums_of_the_phases() -> None:
    """Energy and water have no embodied part; the other three have."""
    impacts = Impacts(
        usage=Usage(
            energy_kwh=Interval(1, 2),
            gwp_kgco2eq=Interval(3, 4),
            adpe_kgsbeq=Interval(5, 6),
            pe_mj=Interval(7, 8),
            wcf_l=Interval(9, 10),
        ),
        embodied=Embodied(gwp_kgco2eq=Interval(30, 40), adpe_kgsbeq=Interval(50, 60), pe_mj=Interval(70, 80)),
    )
    assert Interval(1, 2) == impacts.energy_kwh
    assert Interval(3 + 30, 4 + 40) == impacts.gwp_kgco2eq
    assert Interval(5 + 50, 6 + 60) == impacts.adpe_kgsbeq
    assert Interval(7 + 70, 8 + 80) == impacts.pe_mj
    assert Interval(9, 10) == impacts.wcf_l

"""The usage phase: what running the request costs. One function a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import ElectricityMix

SECONDS_PER_HOUR = 3600.0


def server_energy_kwh(
    generation_time_s: Interval, server_power_without_gpus_kw: float, server_share: Interval, batch_size: int
) -> Interval:
    """Energy (kWh) that the request takes of everything in the server but its GPUs.

    The server draws a constant power (kW) while it generates; the request pays for the share of the server that its
    model occupies, and shares that with the other requests of its batch.
    """
    power_of_request_kw = server_share * (server_power_without_gpus_kw / batch_size)
    return generation_time_s * (1 / SECONDS_PER_HOUR) * power_of_request_kw


def it_energy_kwh(server_kwh: Interval, gpu_count: Interval, one_gpu_kwh: Interval) -> Interval:
    """Energy (kWh) of the IT equipment: the server's share and all GPUs that the model is spread over."""
    return server_kwh + gpu_count * one_gpu_kwh


def facility_energy_kwh(it_kwh: Interval, pue: Interval) -> Interval:
    """Energy (kWh) that the data centre takes from the grid: IT energy, cooling and losses (PUE: ISO/IEC 30134-2)."""
    return it_kwh * pue


def usage_gwp_kgco2eq(facility_kwh: Interval, electricity_mix: ElectricityMix) -> Interval:
    """Greenhouse gases (kgCO2eq) of generating the electricity."""
    return facility_kwh * electricity_mix.gwp_kgco2eq_per_kwh


def usage_adpe_kgsbeq(facility_kwh: Interval, electricity_mix: ElectricityMix) -> Interval:
    """Abiotic depletion of elements (kgSbeq) of generating the electricity."""
    return facility_kwh * electricity_mix.adpe_kgsbeq_per_kwh


def usage_pe_mj(facility_kwh: Interval, electricity_mix: ElectricityMix) -> Interval:
    """Primary energy (MJ) of generating the electricity."""
    return facility_kwh * electricity_mix.pe_mj_per_kwh


def usage_wcf_l(it_kwh: Interval, pue: Interval, onsite_wue_l_per_kwh: Interval, grid_wue_l_per_kwh: float) -> Interval:
    """Water (L) to cool the servers and to generate their electricity.

    The on-site WUE applies to IT energy, the grid's to facility energy.
    """
    cooling = it_kwh * onsite_wue_l_per_kwh
    electricity = facility_energy_kwh(it_kwh, pue) * grid_wue_l_per_kwh
    return cooling + electricity

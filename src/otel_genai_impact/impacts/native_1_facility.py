"""Method `native-1`, from the energy of GPUs to all impacts. The same for whatever the GPUs work on.

Each factor carries its errors; quantities multiply and add as `uncertainty.py` has it. Units: J, kgCO2eq, kgSbeq, MJ, L.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.impacts.error_kinds import EMBODIED, GRID, GRID_WATER, HOST, PUE, SITE_WATER
from otel_genai_impact.impacts.native_1_serving import log_sd, median
from otel_genai_impact.impacts.uncertainty import Z_90, Uncertain

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

J_PER_KWH: Final = 3.6e6

# Measured on a provider's fleet (Google, arXiv:2508.15734): what else draws power, over what accelerators draw.
HOST_FACTOR: Final = 1.43
IDLE_FACTOR: Final = 1.10
HOST_LOG_SD: Final = 0.15

PUE_LOG_SD: Final = 0.05
GRID_LOG_SD: Final = 0.12
GRID_METALS_LOG_SD: Final = 0.5
GRID_PRIMARY_LOG_SD: Final = 0.2
GRID_WATER_LOG_SD: Final = 0.5
EMBODIED_LOG_SD: Final = 0.6

LIFETIME_S: Final = 4 * 365 * 24 * 3600
UTILISATION: Final = 0.6
"""Part of its lifetime that a GPU works. What is made and stands idle is a cost of the requests, too."""
GPUS_PER_SERVER: Final = 8


class Making(NamedTuple):
    """What making one piece of hardware costs: kgCO2eq, kgSbeq, MJ."""

    gwp_kgco2eq: float
    adpe_kgsbeq: float
    pe_mj: float


GPU_MADE: Final = Making(273, 0.00895, 3721)
SERVER_MADE: Final = Making(5700, 0.37, 70000)
"""A GPU and the rest of a server, from the same life cycle assessments as `ecologits-0.11` has. Others: 164 to 575 kg a GPU."""


class Uncertainties(NamedTuple):
    """All impacts of some GPU energy, by phase, each with its errors."""

    energy_j: Uncertain
    usage_gwp_kgco2eq: Uncertain
    usage_adpe_kgsbeq: Uncertain
    usage_pe_mj: Uncertain
    site_water_l: Uncertain
    grid_water_l: Uncertain
    embodied_gwp_kgco2eq: Uncertain
    embodied_adpe_kgsbeq: Uncertain
    embodied_pe_mj: Uncertain

    @property
    def gwp_kgco2eq(self) -> Uncertain:
        """Running and making, kgCO2eq."""
        return self.usage_gwp_kgco2eq + self.embodied_gwp_kgco2eq

    @property
    def adpe_kgsbeq(self) -> Uncertain:
        """Running and making, kgSbeq."""
        return self.usage_adpe_kgsbeq + self.embodied_adpe_kgsbeq

    @property
    def pe_mj(self) -> Uncertain:
        """Running and making, MJ."""
        return self.usage_pe_mj + self.embodied_pe_mj

    @property
    def wcf_l(self) -> Uncertain:
        """On site and for electricity, L."""
        return self.site_water_l + self.grid_water_l


def it_energy_j(gpu_energy_j: Uncertain) -> Uncertain:
    """Energy (J) of all IT equipment: with the rest of the servers, and with machines that stand ready for the peak."""
    return gpu_energy_j * Uncertain(median=HOST_FACTOR * IDLE_FACTOR, errors={HOST: HOST_LOG_SD})


def facility_energy_j(it_j: Uncertain, pue: Interval) -> Uncertain:
    """Energy (J) that the data centre takes from the grid, with cooling and losses (PUE: ISO/IEC 30134-2)."""
    return it_j * Uncertain(median=median(pue), errors={PUE: max(PUE_LOG_SD, log_sd(pue))})


def from_grid(facility_j: Uncertain, per_kwh: float, error: float, kind: str = GRID) -> Uncertain:
    """What generating this electricity costs, in the unit of `per_kwh`: the average of the place, as accounting has it."""
    return facility_j * Uncertain(median=per_kwh / J_PER_KWH, errors={kind: error})


def site_water_l(it_j: Uncertain, wue_l_per_kwh: Interval) -> Uncertain:
    """Water (L) to cool the servers; on-site WUE is by IT energy. Its range may begin at 0: no logarithm of it."""
    middle = wue_l_per_kwh.estimate
    if not middle:
        return Uncertain(median=0.0)
    error = (wue_l_per_kwh.high - wue_l_per_kwh.low) / (2 * Z_90 * middle)
    return it_j * Uncertain(median=middle / J_PER_KWH, errors={SITE_WATER: error})


def embodied(gpu_energy_j: Uncertain, gpu_power_w: float, one_gpu: float, one_server: float) -> Uncertain:
    """Share of making the hardware, in the unit of `one_gpu`: the GPU-seconds of the request, of all that are worked in a life.

    GPU-seconds follow from energy and the power at which GPUs generate, so what is wrong in energy is wrong here, too.
    """
    one_gpu_with_its_share = one_gpu + one_server / GPUS_PER_SERVER
    per_gpu_second = one_gpu_with_its_share / (LIFETIME_S * UTILISATION)
    return gpu_energy_j * Uncertain(median=per_gpu_second / gpu_power_w, errors={EMBODIED: EMBODIED_LOG_SD})


def impacts_of(gpu_energy_j: Uncertain, gpu_power_w: float, center: DataCenter, mix: ElectricityMix) -> Uncertainties:
    """All impacts of this much GPU energy."""
    it_j = it_energy_j(gpu_energy_j)
    facility_j = facility_energy_j(it_j, center.pue)
    return Uncertainties(
        energy_j=facility_j,
        usage_gwp_kgco2eq=from_grid(facility_j, mix.gwp_kgco2eq_per_kwh, GRID_LOG_SD),
        usage_adpe_kgsbeq=from_grid(facility_j, mix.adpe_kgsbeq_per_kwh, GRID_METALS_LOG_SD),
        usage_pe_mj=from_grid(facility_j, mix.pe_mj_per_kwh, GRID_PRIMARY_LOG_SD),
        site_water_l=site_water_l(it_j, center.onsite_wue_l_per_kwh),
        grid_water_l=from_grid(facility_j, mix.wue_l_per_kwh, GRID_WATER_LOG_SD, GRID_WATER),
        embodied_gwp_kgco2eq=embodied(gpu_energy_j, gpu_power_w, GPU_MADE.gwp_kgco2eq, SERVER_MADE.gwp_kgco2eq),
        embodied_adpe_kgsbeq=embodied(gpu_energy_j, gpu_power_w, GPU_MADE.adpe_kgsbeq, SERVER_MADE.adpe_kgsbeq),
        embodied_pe_mj=embodied(gpu_energy_j, gpu_power_w, GPU_MADE.pe_mj, SERVER_MADE.pe_mj),
    )

"""Method `ecologits-0.11`: the formulas of EcoLogits 0.11, reproduced exactly.

Source: EcoLogits 0.11.3 (https://ecologits.ai, its methodology page for LLM inference); formulas and constants are
explained one by one in docs/methodology.md, with what the method leaves out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from otel_genai_impact.impacts import embodied, usage
from otel_genai_impact.impacts.assessment import Embodied, Impacts, Usage
from otel_genai_impact.impacts.compiled import LinearSystem
from otel_genai_impact.impacts.electricity import REFERENCE_ELECTRICITY
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import ProductSystem, Server
from otel_genai_impact.impacts.serving import UNKNOWN

if TYPE_CHECKING:
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
    from otel_genai_impact.impacts.serving import Serving

NAME: Final = "ecologits-0.11"

# Fit of GPU energy on ML.ENERGY measurements: (alpha * exp(beta * batch) * active + gamma) Wh per token and GPU.
GPU_ENERGY_ALPHA_WH_PER_B_PARAMETERS: Final = 1.1665273170451914e-06
GPU_ENERGY_BETA_PER_REQUEST: Final = -0.011205921025579175
GPU_ENERGY_GAMMA_WH: Final = 4.052928146734005e-05

# Fit of the time per output token on the same measurements: alpha * active + beta * batch + gamma, s.
TOKEN_TIME_ALPHA_S_PER_B_PARAMETERS: Final = 0.0006785088094353663
TOKEN_TIME_BETA_S_PER_REQUEST: Final = 0.0003119310311688259
TOKEN_TIME_GAMMA_S: Final = 0.019473717579473387

WEIGHT_BITS: Final = 16
MEMORY_OVERHEAD: Final = 1.2

# A server with eight H100 GPUs of 80 GB, used for three years, 64 requests at a time.
SERVER: Final = Server(
    gpu_count=8,
    gpu_memory_gb=80,
    power_without_gpus_kw=1.2,
    lifetime_s=3 * 365 * 24 * 3600,
    batch_size=64,
    gpu_embodied_gwp_kgco2eq=273,
    gpu_embodied_adpe_kgsbeq=0.00895,
    gpu_embodied_pe_mj=3721,
    chassis_embodied_gwp_kgco2eq=5700,
    chassis_embodied_adpe_kgsbeq=0.37,
    chassis_embodied_pe_mj=70000,
)


def gpu_energy_per_token_kwh(active_parameters_b: Interval, batch_size: int) -> Interval:
    """Energy (kWh) of one GPU for one output token: linear in the active parameters, smaller in larger batches."""
    wh_per_b_parameters = GPU_ENERGY_ALPHA_WH_PER_B_PARAMETERS * math.exp(GPU_ENERGY_BETA_PER_REQUEST * batch_size)
    wh = active_parameters_b * wh_per_b_parameters + Interval.exactly(GPU_ENERGY_GAMMA_WH)
    return wh * (1 / 1000)


def time_per_token_s(model: Model, batch_size: int) -> Interval:
    """Time (s) to generate one output token: the provider's published speed, else the fit."""
    if model.output_tokens_per_s is not None:
        return Interval.exactly(1 / model.output_tokens_per_s)
    constant_s = TOKEN_TIME_BETA_S_PER_REQUEST * batch_size + TOKEN_TIME_GAMMA_S
    return model.active_parameters_b * TOKEN_TIME_ALPHA_S_PER_B_PARAMETERS + Interval.exactly(constant_s)


def generation_time_s(functional_unit: FunctionalUnit, model: Model, batch_size: int) -> Interval:
    """Time (s) that the request occupies the servers: never longer than its caller waited."""
    first_token_s = Interval.exactly(model.time_to_first_token_s or 0.0)
    modelled = time_per_token_s(model, batch_size) * functional_unit.output_tokens + first_token_s
    if functional_unit.latency_s is None:
        return modelled
    return Interval(min(functional_unit.latency_s, modelled.low), min(functional_unit.latency_s, modelled.high))


def gpu_count(total_parameters_b: Interval, gpu_memory_gb: float) -> Interval:
    """GPUs that the weights need with some room for the rest, rounded up to a power of two."""
    memory_gb = total_parameters_b * (MEMORY_OVERHEAD * WEIGHT_BITS / 8)

    def needed(gb: float) -> float:
        return float(2 ** math.ceil(math.log2(math.ceil(gb / gpu_memory_gb))))

    return Interval(needed(memory_gb.low), needed(memory_gb.high))


class EcoLogits011:
    """Method `ecologits-0.11`. Counts output tokens; knows one batch size, one precision and one kind of server."""

    name: str = NAME
    electricity: str = REFERENCE_ELECTRICITY
    counts_input: bool = False

    def assumptions(self, model: Model) -> tuple[str, ...]:  # noqa: ARG002 - it has one precision for all
        """None: what this method assumes, it assumes about all models."""
        return ()

    def assess(
        self,
        functional_unit: FunctionalUnit,
        model: Model,
        data_center: DataCenter,
        electricity_mix: ElectricityMix,
        serving: Serving = UNKNOWN,  # noqa: ARG002 - all requests are served alike
    ) -> Impacts:
        """The impacts of one request, each formula by name."""
        system = ProductSystem(model=model, server=SERVER, data_center=data_center, electricity_mix=electricity_mix)
        time_s = generation_time_s(functional_unit, model, SERVER.batch_size)
        return Impacts(usage=_usage(functional_unit, system, time_s), embodied=_embodied(model, SERVER, time_s))

    def uncertainties(
        self,
        functional_unit: FunctionalUnit,  # noqa: ARG002
        model: Model,  # noqa: ARG002
        data_center: DataCenter,  # noqa: ARG002
        electricity_mix: ElectricityMix,  # noqa: ARG002
        serving: Serving = UNKNOWN,  # noqa: ARG002
    ) -> None:
        """The bounds are limits: nothing is known of the likelihood of what lies between them."""
        return

    def compile(
        self,
        model: Model,
        data_center: DataCenter,
        electricity_mix: ElectricityMix,
        serving: Serving = UNKNOWN,  # noqa: ARG002
    ) -> LinearSystem:
        """The coefficients of one system: every impact is linear in output tokens and generation time."""
        gpus = gpu_count(model.total_parameters_b, SERVER.gpu_memory_gb)
        share = gpus * (1 / SERVER.gpu_count)
        one_second = Interval.exactly(1.0)
        per_second = usage.server_energy_kwh(one_second, SERVER.power_without_gpus_kw, share, SERVER.batch_size)
        per_token = gpus * gpu_energy_per_token_kwh(model.active_parameters_b, SERVER.batch_size)
        return LinearSystem.of(
            time_per_token_s=time_per_token_s(model, SERVER.batch_size),
            first_token_s=model.time_to_first_token_s or 0.0,
            it_kwh_per_s=per_second,
            it_kwh_per_token=per_token,
            embodied_per_s=_embodied(model, SERVER, one_second),
            data_center=data_center,
            electricity_mix=electricity_mix,
        )


def _usage(functional_unit: FunctionalUnit, system: ProductSystem, time_s: Interval) -> Usage:
    server, mix, pue = system.server, system.electricity_mix, system.data_center.pue
    gpus = gpu_count(system.model.total_parameters_b, server.gpu_memory_gb)
    share = gpus * (1 / server.gpu_count)
    one_gpu_kwh = (
        gpu_energy_per_token_kwh(system.model.active_parameters_b, server.batch_size) * functional_unit.output_tokens
    )
    server_kwh = usage.server_energy_kwh(time_s, server.power_without_gpus_kw, share, server.batch_size)
    it_kwh = usage.it_energy_kwh(server_kwh, gpus, one_gpu_kwh)
    facility_kwh = usage.facility_energy_kwh(it_kwh, pue)
    return Usage(
        energy_kwh=facility_kwh,
        gwp_kgco2eq=usage.usage_gwp_kgco2eq(facility_kwh, mix),
        adpe_kgsbeq=usage.usage_adpe_kgsbeq(facility_kwh, mix),
        pe_mj=usage.usage_pe_mj(facility_kwh, mix),
        wcf_l=usage.usage_wcf_l(it_kwh, pue, system.data_center.onsite_wue_l_per_kwh, mix.wue_l_per_kwh),
    )


def _embodied(model: Model, server: Server, time_s: Interval) -> Embodied:
    gpus = gpu_count(model.total_parameters_b, server.gpu_memory_gb)
    share = gpus * (1 / server.gpu_count)

    def of_request(one_gpu: float, one_chassis: float) -> Interval:
        hardware = embodied.hardware_embodied(gpus, share, one_gpu, one_chassis)
        return embodied.request_embodied(hardware, time_s, server.lifetime_s, server.batch_size)

    return Embodied(
        gwp_kgco2eq=of_request(server.gpu_embodied_gwp_kgco2eq, server.chassis_embodied_gwp_kgco2eq),
        adpe_kgsbeq=of_request(server.gpu_embodied_adpe_kgsbeq, server.chassis_embodied_adpe_kgsbeq),
        pe_mj=of_request(server.gpu_embodied_pe_mj, server.chassis_embodied_pe_mj),
    )

"""The product system of ISO 14040: what a request asks for, and everything that it runs on."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionalUnit:
    """One request: what the impacts are counted for.

    Attributes:
        output_tokens: tokens that the model generated, reasoning included.
        latency_s: how long the caller waited, s; None if unknown.
        input_tokens: tokens that the model read, those from a cache included; None if not reported.
        cached_tokens: of these, tokens that were read from a cache; None if not reported.

    Raises:
        ValueError: a quantity is negative or not a number.
    """

    output_tokens: float
    latency_s: float | None = None
    input_tokens: float | None = None
    cached_tokens: float | None = None

    def __post_init__(self) -> None:
        for name in ("output_tokens", "input_tokens", "cached_tokens"):
            tokens: float | None = getattr(self, name)
            # Not math.isfinite, which raises another error for an integer too large for a float.
            if tokens is not None and not 0 <= tokens <= sys.float_info.max:
                raise ValueError(f"{name} must be finite and not negative, got {tokens}")
        if self.latency_s is not None and not self.latency_s >= 0:
            raise ValueError(f"latency_s must not be negative, got {self.latency_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The model that generates the tokens. A dense model has as many active as total parameters.

    Attributes:
        active_parameters_b: parameters that take part in generating one token, in 1e9.
        total_parameters_b: all parameters, which must fit into memory, in 1e9.
        output_tokens_per_s: speed at which the provider serves it; None if unknown.
        time_to_first_token_s: s; None if unknown.
        weight_bytes: memory of one parameter, as the model's makers serve it: 2 for bf16, 1 for fp8; None if unknown.
        is_disclosed: whether its makers say how large it is; else the parameters are somebody's estimate.

    Raises:
        ValueError: there are no parameters, or more active than total ones, or a speed or precision that is not positive.
    """

    active_parameters_b: Interval
    total_parameters_b: Interval
    output_tokens_per_s: float | None = None
    time_to_first_token_s: float | None = None
    weight_bytes: float | None = None
    is_disclosed: bool = True

    def __post_init__(self) -> None:
        active, total = self.active_parameters_b, self.total_parameters_b
        if active.low <= 0:
            raise ValueError(f"a model has more than 0 parameters, got {active.low}e9")
        if active.low > total.low or active.high > total.high:
            raise ValueError(f"a model has at most as many active parameters ({active}) as total ones ({total})")
        if self.output_tokens_per_s is not None and not 0 < self.output_tokens_per_s < math.inf:
            raise ValueError(f"output_tokens_per_s must be positive and finite, got {self.output_tokens_per_s}")
        if self.time_to_first_token_s is not None and not 0 <= self.time_to_first_token_s < math.inf:
            raise ValueError(f"time_to_first_token_s must be finite and not negative, got {self.time_to_first_token_s}")
        if self.weight_bytes is not None and not 0 < self.weight_bytes < math.inf:
            raise ValueError(f"weight_bytes must be positive and finite, got {self.weight_bytes}")


class Server(NamedTuple):
    """The kind of server that inference runs on, and what making it cost.

    Attributes:
        gpu_count: GPUs in one server.
        gpu_memory_gb: memory of one GPU, 1e9 bytes.
        power_without_gpus_kw: electric power of everything but the GPUs, kW.
        lifetime_s: how long the hardware is used, s.
        batch_size: requests that it serves at the same time.
        gpu_embodied_gwp_kgco2eq, gpu_embodied_adpe_kgsbeq, gpu_embodied_pe_mj: manufacturing of one GPU.
        chassis_embodied_gwp_kgco2eq, chassis_embodied_adpe_kgsbeq, chassis_embodied_pe_mj: manufacturing of one server
            without its GPUs.
    """

    gpu_count: int
    gpu_memory_gb: float
    power_without_gpus_kw: float
    lifetime_s: float
    batch_size: int
    gpu_embodied_gwp_kgco2eq: float
    gpu_embodied_adpe_kgsbeq: float
    gpu_embodied_pe_mj: float
    chassis_embodied_gwp_kgco2eq: float
    chassis_embodied_adpe_kgsbeq: float
    chassis_embodied_pe_mj: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCenter:
    """The building around the servers.

    Attributes:
        pue: power usage effectiveness, facility energy over IT energy, at least 1.
        onsite_wue_l_per_kwh: water usage effectiveness on site, L per kWh of IT energy.

    Raises:
        ValueError: a PUE below 1.
    """

    pue: Interval
    onsite_wue_l_per_kwh: Interval

    def __post_init__(self) -> None:
        if self.pue.low < 1:
            raise ValueError(f"a PUE is at least 1, got {self.pue.low}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityMix:
    """What generating one kWh of electricity costs in a zone.

    Attributes:
        gwp_kgco2eq_per_kwh: kgCO2eq/kWh.
        adpe_kgsbeq_per_kwh: kgSbeq/kWh.
        pe_mj_per_kwh: MJ/kWh.
        wue_l_per_kwh: water that the power stations consume, L/kWh.

    Raises:
        ValueError: a factor is negative or not finite.
    """

    gwp_kgco2eq_per_kwh: float
    adpe_kgsbeq_per_kwh: float
    pe_mj_per_kwh: float
    wue_l_per_kwh: float

    def __post_init__(self) -> None:
        factors = (self.gwp_kgco2eq_per_kwh, self.adpe_kgsbeq_per_kwh, self.pe_mj_per_kwh, self.wue_l_per_kwh)
        if not all(math.isfinite(factor) and factor >= 0 for factor in factors):
            raise ValueError(f"the factors of an electricity mix must be finite and not negative, got {self}")


class ProductSystem(NamedTuple):
    """Everything that one request runs on."""

    model: Model
    server: Server
    data_center: DataCenter
    electricity_mix: ElectricityMix

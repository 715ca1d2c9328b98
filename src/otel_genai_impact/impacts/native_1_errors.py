"""Method `native-1`, how well each part of a request's energy is known, by kind of error.

Of a kind whose effect is not proportional, half of the distance between the results at one standard deviation below and
above is taken, on the scale of logarithms.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.impacts import error_kinds as kinds
from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts import native_1_serving as state

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_genai_impact.impacts.native_1_energy import Load
    from otel_genai_impact.impacts.product_system import Model
    from otel_genai_impact.impacts.serving import Serving
    from otel_genai_impact.impacts.uncertainty import Errors

CONTEXT_LOG_SD: Final = 0.4
"""Of what context costs in decode: measured below 6,000 tokens only, and models differ in how they store it."""
PREFILL_LOG_SD: Final = 0.35
"""Of reading the input: between two ways to derive it from published measurements."""

# Where the measurements end, and how fast errors grow beyond: for each factor of e, so much more.
MEASURED_TOTAL_B: Final = (8.0, 671.0)
MEASURED_BATCH_SIZE: Final = (8.0, 4096.0)
BEYOND_LOG_SD: Final = 0.15


class EnergyErrors(NamedTuple):
    """Log-sd by kind of error, of the three parts of GPU energy: tokens generated, their context, tokens read."""

    tokens: Errors
    context: Errors
    prefill: Errors


def energy_errors(model: Model, serving: Serving, load: Load) -> EnergyErrors:
    """The errors of each part; kinds that have none are left out."""
    sizes = state.sizes_of(model)
    batch_log_sd = 0.0 if serving.batch_size is not None else state.BATCH_LOG_SD
    bytes_log_sd = 0.0 if model.weight_bytes is not None else state.WEIGHT_BYTES_LOG_SD
    fit = {kinds.FIT: fit_log_sd(load), kinds.STATE: state_log_sd(load)}

    def sized(part: Callable[[Load], float]) -> dict[str, float]:
        return {
            kinds.PARAMETERS: effect(part, load, _larger, sizes.total_log_sd),
            kinds.ACTIVE_SHARE: effect(part, load, _denser, sizes.active_share_log_sd),
        }

    decode = energy.decode_j_per_token
    return EnergyErrors(
        tokens=kinds.without_zeros(
            {
                **fit,
                **sized(decode),
                kinds.BATCH: abs(effect(decode, load, _batched, batch_log_sd)),
                kinds.PRECISION: effect(decode, load, _wider, bytes_log_sd),
            }
        ),
        context=kinds.without_zeros(
            {**fit, **sized(energy.context_j_per_token_and_token), kinds.CONTEXT: CONTEXT_LOG_SD}
        ),
        prefill=kinds.without_zeros({**sized(energy.prefill_j_per_token), kinds.PREFILL: PREFILL_LOG_SD}),
    )


def fit_log_sd(load: Load) -> float:
    """How far the fit is off for a model that it has not seen; more beyond what was measured."""
    inside = fitted.FP8_EXPERTS_MODEL_LOG_SD if energy.has_fp8_experts(load) else fitted.MODEL_LOG_SD
    beyond = _beyond(load.total_b, MEASURED_TOTAL_B) + _beyond(load.batch_size, MEASURED_BATCH_SIZE)
    return math.hypot(inside, BEYOND_LOG_SD * beyond)


def state_log_sd(load: Load) -> float:
    """How far it is off for one model, as its servers are more or less busy: that does not average out."""
    return fitted.FP8_EXPERTS_STATE_LOG_SD if energy.has_fp8_experts(load) else fitted.STATE_LOG_SD


def effect(part: Callable[[Load], float], load: Load, changed: Callable[[Load, float], Load], log_sd: float) -> float:
    """The log-sd that a part of the energy has by one quantity of this log-sd."""
    if not log_sd:
        return 0.0
    below, above = part(changed(load, math.exp(-log_sd))), part(changed(load, math.exp(log_sd)))
    return math.log(above / below) / 2


def _larger(load: Load, factor: float) -> Load:
    return load._replace(active_b=load.active_b * factor, total_b=load.total_b * factor)


def _denser(load: Load, factor: float) -> Load:
    return load._replace(active_b=min(load.active_b * factor, load.total_b))


def _batched(load: Load, factor: float) -> Load:
    return load._replace(batch_size=max(1.0, load.batch_size * factor))


def _wider(load: Load, factor: float) -> Load:
    return load._replace(weight_bytes=load.weight_bytes * factor)


def _beyond(value: float, measured: tuple[float, float]) -> float:
    low, high = measured
    return max(0.0, math.log(low / value), math.log(value / high))

"""Method `native-1`, what serves a request where nobody says: batch, precision, hardware, and sizes that are secret."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.impacts.native_1_energy import GPUS, Load
from otel_genai_impact.impacts.uncertainty import Z_90

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import Model
    from otel_genai_impact.impacts.serving import Serving

BATCH_SIZE: Final = 64.0
"""Requests at a time, median; 16 to 256 with 90 %. No provider says it."""
BATCH_LOG_SD: Final = 0.84
BATCH_SIZE_BY_TIER: Final = {"batch": 256.0, "flex": 256.0, "priority": 16.0}
"""What can wait is put together, what must not wait is not: the ends of the range above."""

WEIGHT_BYTES: Final = 2.0
"""bf16, as nearly all weights are published."""
WEIGHT_BYTES_UNDISCLOSED: Final = 1.0
"""fp8, as those who serve a model of their own at scale do it."""
WEIGHT_BYTES_LOG_SD: Final = 0.42
"""Half or twice of that, with 90 %."""

GPU: Final = "H100"

TOTAL_LOG_SD_UNDISCLOSED: Final = 0.7
"""How far estimates of a secret number of parameters lie from the truth where that became known later: twice, mostly."""
ACTIVE_SHARE_LOG_SD_UNDISCLOSED: Final = 0.65
"""Of a mixture of experts, 3 % to 25 % of the parameters are active, with 90 %, among the models that say it."""


class Sizes(NamedTuple):
    """How well a model's size is known: log-sd of all parameters, and of the share that is active."""

    total_log_sd: float
    active_share_log_sd: float


def load_of(model: Model, serving: Serving) -> Load:
    """The medians of everything that the energy of a token depends on."""
    total_b = median(model.total_parameters_b)
    return Load(
        active_b=min(median(model.active_parameters_b), total_b),
        total_b=total_b,
        weight_bytes=weight_bytes(model),
        batch_size=batch_size(serving),
        gpu=GPUS.get((serving.gpu or GPU).upper(), GPUS[GPU]),
    )


def weight_bytes(model: Model) -> float:
    """Bytes a weight: what is known, else what is usual."""
    if model.weight_bytes is not None:
        return model.weight_bytes
    return WEIGHT_BYTES if model.is_disclosed else WEIGHT_BYTES_UNDISCLOSED


def batch_size(serving: Serving) -> float:
    """Requests at a time: what is known, else by the service tier, else what is usual."""
    if serving.batch_size is not None:
        return serving.batch_size
    return BATCH_SIZE_BY_TIER.get(serving.tier or "", BATCH_SIZE)


def sizes_of(model: Model) -> Sizes:
    """How well the size is known: a range stands for 90 %, and a secret is known no better than secrets are."""
    active, total = model.active_parameters_b, model.total_parameters_b
    total_log_sd = log_sd(total)
    share_low, share_high = active.low / total.low, active.high / total.high
    share_log_sd = abs(math.log(share_high / share_low)) / (2 * Z_90)
    if not model.is_disclosed:
        total_log_sd = max(total_log_sd, TOTAL_LOG_SD_UNDISCLOSED)
        if active != total and not share_log_sd:
            share_log_sd = ACTIVE_SHARE_LOG_SD_UNDISCLOSED
    return Sizes(total_log_sd, share_log_sd)


def median(interval: Interval) -> float:
    """The median of a positive quantity that lies in a range with 90 %: in the middle of its logarithm."""
    if interval.low == interval.high:
        return interval.low
    return math.sqrt(interval.low) * math.sqrt(interval.high)


def log_sd(interval: Interval) -> float:
    """The log-sd of it."""
    return math.log(interval.high / interval.low) / (2 * Z_90)

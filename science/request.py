"""One request by the method, in plain numbers: what the anchors and the sensitivities vary."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

from otel_genai_impact.impacts import native_1_constants as shipped
from science.decode import GPU_MEMORY_GB, MEMORY_OVERHEAD

BF16_BYTES: Final = 2.0
FP8_BYTES: Final = 1.0
FP4_BYTES: Final = 0.56
J_PER_WH: Final = 3600.0

# Rules from outside the measurements. Host share: CPU, memory, network and fans per J of GPU; idle: machines kept ready.
# Both from Google's split of a median Gemini prompt (0.20/0.14 and 0.22/0.20, https://arxiv.org/abs/2508.15734).
HOST_SHARE: Final = 1.43
IDLE_SHARE: Final = 1.10
CACHED_TOKEN_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, its model and how it is served. Fields default to what the method assumes where nobody says."""

    total_b: float
    active_b: float
    new_tokens: float
    output_tokens: float
    cached_tokens: float = 0.0
    bytes_per_weight: float = BF16_BYTES
    batch: float = 64.0
    gpu: str = "H100"
    host_share: float = HOST_SHARE
    idle_share: float = IDLE_SHARE
    pue: float = 1.1
    prefill_j_per_b: float = shipped.PREFILL_J_PER_B_PARAMETERS
    prefill_attention: float = shipped.PREFILL_ATTENTION
    cached_token_share: float = CACHED_TOKEN_SHARE

    def but(self, **changes: float | str) -> Request:
        """The same request with some fields changed."""
        return dataclasses.replace(self, **changes)  # pyright: ignore[reportArgumentType]


def gpu_count(r: Request) -> float:
    """GPUs that hold the weights, a power of two."""
    needed = math.ceil(MEMORY_OVERHEAD * r.total_b * r.bytes_per_weight / GPU_MEMORY_GB[r.gpu])
    return 2.0 ** math.ceil(math.log2(needed))


def decode_j_per_token(r: Request) -> float:
    """GPU J per output token, without the factor of the kind of GPU."""
    mixture = r.active_b < r.total_b
    touched_b = r.active_b + (r.total_b - r.active_b) * (1 - (1 - r.active_b / r.total_b) ** r.batch)
    step = shipped.DECODE_STEP_J_PER_GPU * gpu_count(r)
    weights = shipped.DECODE_WEIGHTS_J_PER_GB * touched_b * r.bytes_per_weight
    shared = (step + weights) / r.batch**shipped.DECODE_BATCH_EXPONENT
    fp8_experts = mixture and r.bytes_per_weight == FP8_BYTES
    wait = shipped.DECODE_FP8_EXPERTS_J * math.sqrt(r.active_b) / r.batch if fp8_experts else 0.0
    context_ktokens = (r.new_tokens + r.cached_tokens + r.output_tokens / 2) / 1000
    context = shipped.DECODE_CONTEXT_J_PER_KTOKEN * context_ktokens * math.sqrt(r.active_b)
    return shared + wait + shipped.DECODE_COMPUTE_J_PER_B_PARAMETERS * r.active_b + context


def prefill_j(r: Request) -> float:
    """GPU J for the input, without the factor of the kind of GPU."""
    geometric_mean = math.sqrt(r.active_b * r.total_b) * 1e9
    attention = r.prefill_attention * geometric_mean ** (-1 / 3) * math.sqrt(r.total_b / r.active_b)
    new = r.new_tokens * (1 + attention * (r.cached_tokens + r.new_tokens / 2))
    return r.prefill_j_per_b * r.active_b * (new + r.cached_token_share * r.cached_tokens)


def gpu_j(r: Request) -> float:
    """GPU J of the request."""
    return shipped.GPU_FACTOR[r.gpu] * (prefill_j(r) + r.output_tokens * decode_j_per_token(r))


def facility_wh(r: Request) -> float:
    """Wh of the request at the meter of the data centre."""
    return gpu_j(r) * r.host_share * r.idle_share * r.pue / J_PER_WH

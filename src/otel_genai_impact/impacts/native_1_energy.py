"""Method `native-1`, GPU energy (J) of one request. One function a formula; pure numbers in, numbers out.

Parameters in 1e9, memory in 1e9 bytes, weights in bytes a parameter.
Sources: decode is a fit on the measurements of ML.ENERGY v3 (https://ml.energy, vLLM on H100 and B200); prefill is physics
with an efficiency, cross-checked with InferenceMAX (https://inferencemax.ai). docs/native-1.md has it all, with its limits.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from otel_genai_impact.impacts import native_1_constants as fitted

MEMORY_OVERHEAD: Final = 1.2
"""Memory of all over that of the weights: what caches and activations need at least."""

CACHE_READ_SHARE: Final = 0.02
"""Energy of a token read from a cache over that of one read anew: its keys and values are moved, not computed; 0 to 0.1."""
FP8_BYTES: Final = 1.0
_TOKENS_PER_KTOKEN: Final = 1000.0


class Gpu(NamedTuple):
    """One kind of GPU: memory, 1e9 bytes; median power while it generates, W; energy over that of an H100."""

    memory_gb: float
    power_w: float
    energy_factor: float


_MEMORY_GB: Final = {"H100": 80, "H200": 141, "B200": 180}
GPUS: Final = {
    name: Gpu(memory_gb, fitted.GPU_POWER_W[name], fitted.GPU_FACTOR[name]) for name, memory_gb in _MEMORY_GB.items()
}


class Load(NamedTuple):
    """What decides how much energy a token takes: parameters in 1e9, bytes a weight, requests at a time, the GPU."""

    active_b: float
    total_b: float
    weight_bytes: float
    batch_size: float
    gpu: Gpu


def touched_parameters_b(load: Load) -> float:
    """Parameters (1e9) that are read from memory in one step of a batch.

    All of a dense model's. Of a mixture of experts, each request needs some experts, and the more requests there are,
    the fewer experts none of them needs: independent choices.
    """
    idle_share = (1 - load.active_b / load.total_b) ** load.batch_size
    return load.active_b + (load.total_b - load.active_b) * (1 - idle_share)


def gpu_count(load: Load) -> int:
    """GPUs that the weights need with some room for the rest, rounded up to a power of two, as they are installed."""
    memory_gb = MEMORY_OVERHEAD * load.total_b * load.weight_bytes
    return 2 ** math.ceil(math.log2(math.ceil(memory_gb / load.gpu.memory_gb)))


def has_fp8_experts(load: Load) -> bool:
    """Whether it is a mixture of experts with fp8 weights, which took more energy than all else that was measured."""
    return load.weight_bytes == FP8_BYTES and load.active_b < load.total_b


def decode_j_per_token(load: Load) -> float:
    """GPU energy (J) of generating one token, without what its context costs.

    A step costs each GPU something and each byte of weights that is read; a batch shares both, less well the larger it is.
    The computing itself is each token's own. Experts in fp8 cost each step something more, for scaling and sending around.
    """
    step_j = fitted.DECODE_STEP_J_PER_GPU * gpu_count(load)
    weights_j = fitted.DECODE_WEIGHTS_J_PER_GB * touched_parameters_b(load) * load.weight_bytes
    shared_j = (step_j + weights_j) / load.batch_size**fitted.DECODE_BATCH_EXPONENT
    own_j = fitted.DECODE_COMPUTE_J_PER_B_PARAMETERS * load.active_b
    experts_j = 0.0
    if has_fp8_experts(load):
        experts_j = fitted.DECODE_FP8_EXPERTS_J * math.sqrt(load.active_b) / load.batch_size
    return load.gpu.energy_factor * (shared_j + experts_j + own_j)


def context_j_per_token_and_token(load: Load) -> float:
    """GPU energy (J) of generating one token for each token of its context, whose keys and values are read.

    They are about as large as the square root of the model: layers times their width.
    """
    per_ktoken_j = fitted.DECODE_CONTEXT_J_PER_KTOKEN * math.sqrt(load.active_b)
    return load.gpu.energy_factor * per_ktoken_j / _TOKENS_PER_KTOKEN


def mean_context_tokens(input_tokens: float, output_tokens: float) -> float:
    """Tokens that a generated one looks back on: all of the input, and on average half of the output."""
    return input_tokens + output_tokens / 2


def prefill_j_per_token(load: Load) -> float:
    """GPU energy (J) of reading one new token, without attention.

    Two operations for each active parameter, at what GPUs reach in practice: 0.0008 to 0.006 J for 1e9 parameters.
    """
    return load.gpu.energy_factor * fitted.PREFILL_J_PER_B_PARAMETERS * load.active_b


def attention_share(load: Load) -> float:
    """Causal attention to one token over the rest of the work on a new one: it grows slower than a model does."""
    parameters = math.sqrt(load.active_b * load.total_b) * 1e9
    return fitted.PREFILL_ATTENTION * parameters ** (-1 / 3) * math.sqrt(load.total_b / load.active_b)


def prefill_j(load: Load, new_tokens: float, cached_tokens: float) -> float:
    """GPU energy (J) of reading the input. A new token looks back on all cached ones and half of the new ones."""
    looked_back_on = cached_tokens + new_tokens / 2
    read_anew = new_tokens * (1 + attention_share(load) * looked_back_on)
    return prefill_j_per_token(load) * (read_anew + CACHE_READ_SHARE * cached_tokens)

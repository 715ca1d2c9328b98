"""The form of the method, over whole columns of runs: GPU J per output token, and the candidates it was chosen from.

`otel_genai_impact.impacts` has the same formulas for one request; here they are vectors, for the fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from science.measurements import Floats, TextRuns

# Memory of one GPU, GB, and the room that keys, values and activations need beside the weights.
GPU_MEMORY_GB: Final = {"H100": 80.0, "H200": 141.0, "B200": 180.0}
MEMORY_OVERHEAD: Final = 1.2

# An expert layer routes a token to k of E experts. k/E is less than active/total parameters, since attention and shared
# experts are always active. Median of (k/E)/(active/total) over the configurations of the models measured: 0.58
# (gpt-oss 0.72 and 0.73, Qwen3 0.67 and 0.58, DeepSeek 0.57, Scout 0.40, Maverick 0.18).
ROUTED_SHARE_OF_ACTIVE_SHARE: Final = 0.6

# Prefill: GPU J per input token and 1e9 active parameters. A rule, not a fit: 2e9 operations at half of an H100's
# 989 TFLOP/s (bf16, dense) at 700 W.
PREFILL_J_PER_B_PARAMETERS: Final = 0.0028
PREFILL_ATTENTION: Final = 0.148


class Form(NamedTuple):
    """Which terms a candidate has. `METHOD` in `science.fitting` is the one that the package ships."""

    fp8_experts: bool = True
    fp8_experts_scale: str = "sqrt"
    routing: bool = False
    expert_compute: bool = False
    measured_gpus: bool = False

    @property
    def parameter_count(self) -> int:
        """How many numbers are fitted."""
        return 6 + self.fp8_experts + self.expert_compute


class Decode(NamedTuple):
    """What is fitted. Energies in J, parameters in 1e9, weights in bytes; see `energy_per_token_j` for each role."""

    step_j_per_gpu: float
    weights_j_per_gb: float
    compute_j_per_b: float
    context_j_per_ktoken: float
    batch_exponent: float
    b200_factor: float
    fp8_experts_j: float = 0.0
    expert_compute_exponent: float = 0.0


def gpus(runs: TextRuns) -> Floats:
    """GPUs that hold the weights with some room, a power of two."""
    memory_gb = np.array([GPU_MEMORY_GB[str(gpu)] for gpu in runs.gpu])
    needed = np.ceil(MEMORY_OVERHEAD * runs.total_b * runs.bytes_per_weight / memory_gb)
    return 2 ** np.ceil(np.log2(needed))


def touched_b(runs: TextRuns, *, routing: bool) -> Floats:
    """Parameters (1e9) that one step reads: all of a dense model.

    Of a mixture of experts those that one token needs, and of the rest what any of the batch's tokens chose. With `routing`
    the experts are counted apart from what is always active: a candidate, not what is shipped.
    """
    share = runs.active_b / runs.total_b
    if not routing:
        return runs.active_b + (runs.total_b - runs.active_b) * (1 - (1 - share) ** runs.batch)
    routed = np.where(runs.experts, share * ROUTED_SHARE_OF_ACTIVE_SHARE, 0.0)
    experts_b = np.where(runs.experts, (runs.total_b - runs.active_b) / (1 - routed), 0.0)
    return runs.total_b - experts_b * (1 - routed) ** runs.batch


def prefill_j(runs: TextRuns) -> Floats:
    """GPU J (H100) for the prompt of one request, read once, none of it from a cache."""
    geometric_mean = np.sqrt(runs.active_b * runs.total_b) * 1e9
    attention = PREFILL_ATTENTION * geometric_mean ** (-1 / 3) * np.sqrt(runs.total_b / runs.active_b)
    prompt = runs.prompt_tokens
    return PREFILL_J_PER_B_PARAMETERS * runs.active_b * prompt * (1 + attention * prompt / 2)


def fp8_experts_scale(runs: TextRuns, kind: str) -> Floats:
    """How the extra energy of a step with fp8 experts grows with the model; `sqrt` is what the method has."""
    scales = {"one": np.ones(len(runs)), "sqrt": np.sqrt(runs.active_b), "active": runs.active_b, "gpus": gpus(runs)}
    return np.where(runs.experts & (runs.precision == "fp8"), scales[kind], 0.0)


class Terms(NamedTuple):
    """What each fitted constant multiplies, a column each: computed once a fit, since no constant changes it."""

    gpus: Floats
    touched_gb: Floats
    fp8_experts: Floats
    active_b: Floats
    total_per_active: Floats
    context: Floats
    prompt_j: Floats
    batch: Floats
    is_b200: Floats


def terms(runs: TextRuns, form: Form, *, prompts: bool = True) -> Terms:
    """The columns of the runs. With `prompts`, the prefill of the assumed prompt is spread over the request's output."""
    with_prompts = 1.0 if prompts else 0.0
    context_ktokens = (runs.prompt_tokens * with_prompts + runs.output_tokens / 2) / 1000
    return Terms(
        gpus=runs.gpu_count if form.measured_gpus else gpus(runs),
        touched_gb=touched_b(runs, routing=form.routing) * runs.bytes_per_weight,
        fp8_experts=fp8_experts_scale(runs, form.fp8_experts_scale) / runs.batch,
        active_b=runs.active_b,
        total_per_active=runs.total_b / runs.active_b,
        context=context_ktokens * np.sqrt(runs.active_b),
        prompt_j=prefill_j(runs) / runs.output_tokens * with_prompts,
        batch=runs.batch,
        is_b200=np.where(runs.gpu == "B200", 1.0, 0.0),
    )


def energy_per_token_j(c: Decode, t: Terms) -> Floats:
    """GPU J per output token.

    A step of the batch wakes every GPU and reads the weights it touches, once for all its requests; where those are fp8
    experts, it also takes a while that the batch does not lengthen. Each token computes with the active parameters, and
    reads the keys and values of its own context.
    """
    shared = (c.step_j_per_gpu * t.gpus + c.weights_j_per_gb * t.touched_gb) / t.batch**c.batch_exponent
    compute = c.compute_j_per_b * t.active_b * t.total_per_active**c.expert_compute_exponent
    own = compute + c.context_j_per_ktoken * t.context + t.prompt_j
    return c.b200_factor**t.is_b200 * (shared + c.fp8_experts_j * t.fp8_experts + own)

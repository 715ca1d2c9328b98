"""Writes the constants that the package ships, rounded to four digits: far finer than what is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from science.decode import PREFILL_ATTENTION, PREFILL_J_PER_B_PARAMETERS, Decode
from science.errors import Spread, is_fp8_experts, spread
from science.fitting import fit, held_out
from science.measurements import load_text
from science.media import IMAGE, VIDEO, Power, fit_media, fitted_runs, media_held_out

if TYPE_CHECKING:
    from science.measurements import Floats

PATH: Final = Path(__file__).parents[1] / "src" / "otel_genai_impact" / "impacts" / "native_1_constants.py"


class Constants(NamedTuple):
    """All that the package needs from here."""

    decode: Decode
    general: Spread
    fp8_experts: Spread
    h100_power_w: float
    b200_power_w: float
    image: Power
    image_log_sd: float
    video: Power
    video_log_sd: float


def rounded(value: float) -> float:
    """Four significant digits."""
    return float(f"{value:.4g}")


def _root_mean_square(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def compute() -> Constants:
    """Fit everything."""
    runs = load_text()
    errors, fp8 = held_out(runs, runs.maker_line), is_fp8_experts(runs)
    images, videos = fitted_runs(IMAGE), fitted_runs(VIDEO)
    return Constants(
        decode=Decode(*map(rounded, fit(runs).constants)),
        general=spread(errors[~fp8], runs.family[~fp8]),
        fp8_experts=spread(errors[fp8], runs.family[fp8]),
        h100_power_w=float(np.median(runs.gpu_power_w[runs.gpu == "H100"])),
        b200_power_w=float(np.median(runs.gpu_power_w[runs.gpu == "B200"])),
        image=Power(*map(rounded, fit_media(images))),
        image_log_sd=_root_mean_square(media_held_out(images)),
        video=Power(*map(rounded, fit_media(videos))),
        video_log_sd=_root_mean_square(media_held_out(videos)),
    )


def render(c: Constants) -> str:
    """The module's text."""
    h100, b200 = float(f"{c.h100_power_w:.3g}"), float(f"{c.b200_power_w:.3g}")
    return f'''"""Constants of the method `native-1`. Written by `make science`: do not edit, change `science/` instead.

Fitted on the ML.ENERGY Benchmark v3 (https://huggingface.co/datasets/ml-energy/benchmark-v3, Apache-2.0): 515 runs of
language models of 19 families on H100 and B200, and runs of image and video models. docs/validation.md says how well, where
it fails, and how to do it again. Energies in J of the GPUs alone; parameters in 1e9; weights in bytes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Decode, J per output token:
#   gpu factor * [ (STEP * gpus + WEIGHTS * touched parameters * bytes) / batch**EXPONENT
#                  + FP8_EXPERTS * sqrt(active) / batch        (mixtures of experts with fp8 weights only)
#                  + COMPUTE * active + CONTEXT * context/1000 * sqrt(active) ]
DECODE_STEP_J_PER_GPU: Final = {c.decode.step_j_per_gpu!r}
DECODE_WEIGHTS_J_PER_GB: Final = {c.decode.weights_j_per_gb!r}
DECODE_BATCH_EXPONENT: Final = {c.decode.batch_exponent!r}
DECODE_FP8_EXPERTS_J: Final = {c.decode.fp8_experts_j!r}
DECODE_COMPUTE_J_PER_B_PARAMETERS: Final = {c.decode.compute_j_per_b!r}
DECODE_CONTEXT_J_PER_KTOKEN: Final = {c.decode.context_j_per_ktoken!r}

# Prefill, J per input token and 1e9 active parameters, and the weight of attention in it: rules, not fits. The fit above
# takes the prefill of the benchmark's own prompts out by them, so that adding the prefill of a request counts nothing twice.
PREFILL_J_PER_B_PARAMETERS: Final = {PREFILL_J_PER_B_PARAMETERS!r}
PREFILL_ATTENTION: Final = {PREFILL_ATTENTION!r}

# Energy of a kind of GPU against an H100. There is no run on H200: the same chip, so taken as 1.
GPU_FACTOR: Final[Mapping[str, float]] = MappingProxyType({{"H100": 1.0, "H200": 1.0, "B200": {c.decode.b200_factor!r}}})

# W, median over the runs: turns the energy of a GPU into the time it is held.
GPU_POWER_W: Final[Mapping[str, float]] = MappingProxyType({{"H100": {h100}, "H200": {h100}, "B200": {b200}}})

# Standard deviations of log errors, each maker's line of models held out together: of a whole model, and of its serving
# state (the runs of one model under different loads). The fp8 ones are for mixtures of experts with fp8 weights: four families.
MODEL_LOG_SD: Final = {c.general.between:.2f}
STATE_LOG_SD: Final = {c.general.within:.2f}
FP8_EXPERTS_MODEL_LOG_SD: Final = {c.fp8_experts.between:.2f}
FP8_EXPERTS_STATE_LOG_SD: Final = {c.fp8_experts.within:.2f}

# J of one image: COEFFICIENT * parameters**EXPONENT * steps * megapixels; of one video also times its frames.
IMAGE_COEFFICIENT_J: Final = {c.image.coefficient!r}
IMAGE_EXPONENT: Final = {c.image.exponent!r}
IMAGE_LOG_SD: Final = {c.image_log_sd:.2f}
VIDEO_COEFFICIENT_J: Final = {c.video.coefficient!r}
VIDEO_EXPONENT: Final = {c.video.exponent!r}
VIDEO_LOG_SD: Final = {c.video_log_sd:.2f}
'''

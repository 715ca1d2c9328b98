"""Constants of the method `native-1`. Written by `make science`: do not edit, change `science/` instead.

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
DECODE_STEP_J_PER_GPU: Final = 0.7244
DECODE_WEIGHTS_J_PER_GB: Final = 0.0752
DECODE_BATCH_EXPONENT: Final = 0.6899
DECODE_FP8_EXPERTS_J: Final = 8.455
DECODE_COMPUTE_J_PER_B_PARAMETERS: Final = 0.001646
DECODE_CONTEXT_J_PER_KTOKEN: Final = 0.008766

# Prefill, J per input token and 1e9 active parameters, and the weight of attention in it: rules, not fits. The fit above
# takes the prefill of the benchmark's own prompts out by them, so that adding the prefill of a request counts nothing twice.
PREFILL_J_PER_B_PARAMETERS: Final = 0.0028
PREFILL_ATTENTION: Final = 0.148

# Energy of a kind of GPU against an H100. There is no run on H200: the same chip, so taken as 1.
GPU_FACTOR: Final[Mapping[str, float]] = MappingProxyType({"H100": 1.0, "H200": 1.0, "B200": 0.8958})

# W, median over the runs: turns the energy of a GPU into the time it is held.
GPU_POWER_W: Final[Mapping[str, float]] = MappingProxyType({"H100": 516.0, "H200": 516.0, "B200": 724.0})

# Standard deviations of log errors, each maker's line of models held out together: of a whole model, and of its serving
# state (the runs of one model under different loads). The fp8 ones are for mixtures of experts with fp8 weights: four families.
MODEL_LOG_SD: Final = 0.13
STATE_LOG_SD: Final = 0.23
FP8_EXPERTS_MODEL_LOG_SD: Final = 0.49
FP8_EXPERTS_STATE_LOG_SD: Final = 0.26

# J of one image: COEFFICIENT * parameters**EXPONENT * steps * megapixels; of one video also times its frames.
IMAGE_COEFFICIENT_J: Final = 36.45
IMAGE_EXPONENT: Final = 0.5101
IMAGE_LOG_SD: Final = 0.62
VIDEO_COEFFICIENT_J: Final = 35.68
VIDEO_EXPONENT: Final = 0.6801
VIDEO_LOG_SD: Final = 0.51

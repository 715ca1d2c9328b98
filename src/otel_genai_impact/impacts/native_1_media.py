"""Method `native-1`, GPU energy (J) of vectors, images and videos. One function a formula.

Images and videos are fits on the measurements of ML.ENERGY v3 (https://ml.energy; one image or video model each, H100 and
B200, seven and five models): much less than there is of text, and the intervals say so. Embeddings are the prefill of
text. Nothing comparable is published of speech and transcription, so there is nothing for them here. docs/media.md
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from otel_genai_impact.impacts import error_kinds as kinds
from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts.native_1_energy import GPUS, Load, attention_share, prefill_j_per_token
from otel_genai_impact.impacts.native_1_errors import PREFILL_LOG_SD
from otel_genai_impact.impacts.native_1_serving import GPU, WEIGHT_BYTES, log_sd, median
from otel_genai_impact.impacts.uncertainty import Z_90, Uncertain

if TYPE_CHECKING:
    from otel_genai_impact.impacts.media import Asked, MediaModel

EMBEDDING_UTILISATION: Final = math.sqrt(0.3 * 0.6)
"""How well requests of a few texts fill GPUs, over how well long prompts do: 0.3 to 0.6, and nobody publishes it."""
EMBEDDING_UTILISATION_LOG_SD: Final = math.log(0.6 / 0.3) / (2 * Z_90)

# What is not reported is known as well as it varies in use: 20 to 50 steps, 0.5 to 2 megapixels, 1 to 4 images, 4 to 12 s.
STEPS_LOG_SD: Final = math.log(50 / 20) / (2 * Z_90)
SIZE_LOG_SD: Final = math.log(2 / 0.5) / (2 * Z_90)
COUNT_LOG_SD: Final = math.log(4) / (2 * Z_90)
DURATION_LOG_SD: Final = math.log(12 / 4) / (2 * Z_90)


def embedding_j(parameters_b: float, tokens: float, longest_input_tokens: float | None) -> float:
    """GPU energy (J) of embedding this many tokens: they are read once, as the input of text is, and nothing is generated.

    Attention does not reach from one text to the next, nor beyond what the model takes at once.
    """
    load = Load(active_b=parameters_b, total_b=parameters_b, weight_bytes=WEIGHT_BYTES, batch_size=1.0, gpu=GPUS[GPU])
    looked_back_on = min(tokens, longest_input_tokens or tokens) / 2
    read_j = prefill_j_per_token(load) * tokens * (1 + attention_share(load) * looked_back_on)
    return read_j / EMBEDDING_UTILISATION


def image_j(parameters_b: float, steps: float, megapixels: float) -> float:
    """GPU energy (J) of one image: the denoiser runs over all of its pixels at each step."""
    return fitted.IMAGE_COEFFICIENT_J * parameters_b**fitted.IMAGE_EXPONENT * steps * megapixels


def video_j(parameters_b: float, steps: float, megapixels: float, frames: float) -> float:
    """GPU energy (J) of one video: at each step, the denoiser runs over the pixels of all frames."""
    return fitted.VIDEO_COEFFICIENT_J * parameters_b**fitted.VIDEO_EXPONENT * steps * megapixels * frames


def gpu_energy_j(asked: Asked, model: MediaModel) -> Uncertain:
    """GPU energy (J) of one request with its errors. What it does not report is as the model has it by default."""
    parameters_b = median(model.parameters_b)
    size_error = log_sd(model.parameters_b)
    if model.modality == "embedding":
        tokens = asked.input_tokens or 0.0
        errors = {
            kinds.PREFILL: PREFILL_LOG_SD,
            kinds.UTILISATION: EMBEDDING_UTILISATION_LOG_SD,
            kinds.PARAMETERS: size_error,
        }
        return Uncertain(
            median=embedding_j(parameters_b, tokens, model.longest_input_tokens), errors=kinds.without_zeros(errors)
        )
    steps = asked.steps or model.steps or 0.0
    megapixels = asked.megapixels or model.megapixels
    pieces = asked.pieces or 1.0
    errors = _unreported(asked)
    if model.modality == "image":
        errors |= {kinds.FIT: fitted.IMAGE_LOG_SD, kinds.PARAMETERS: fitted.IMAGE_EXPONENT * size_error}
        one_j = image_j(parameters_b, steps, megapixels)
    else:
        errors |= {kinds.FIT: fitted.VIDEO_LOG_SD, kinds.PARAMETERS: fitted.VIDEO_EXPONENT * size_error}
        if asked.seconds is None:
            errors[kinds.DURATION] = DURATION_LOG_SD
        one_j = video_j(parameters_b, steps, megapixels, frames_of(asked, model))
    return Uncertain(median=pieces * one_j, errors=kinds.without_zeros(errors))


def frames_of(asked: Asked, model: MediaModel) -> float:
    """Frames of one video: as long as was asked for, else as many as the model makes."""
    if asked.seconds is None:
        return model.frames or 0.0
    return asked.seconds * (model.frames_per_s or 0.0)


def _unreported(asked: Asked) -> dict[str, float]:
    reported = {kinds.STEPS: asked.steps, kinds.SIZE: asked.megapixels, kinds.COUNT: asked.pieces}
    log_sds = {kinds.STEPS: STEPS_LOG_SD, kinds.SIZE: SIZE_LOG_SD, kinds.COUNT: COUNT_LOG_SD}
    return {kind: log_sds[kind] for kind, number in reported.items() if number is None}

"""What the spans of requests for vectors, images and videos say of them, in the words of various instrumentations.

The conventions have no word for the size of an image, the steps of its denoiser or the length of a video yet; where nobody
says them, they can be put on the span by these names of ours (docs/media.md).
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final, cast

from otel_genai_impact import semconv
from otel_genai_impact.impacts.media import PIXELS_PER_MEGAPIXEL, Asked, Modality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.telemetry.request import Request

MODALITIES: Final[Mapping[str, Modality]] = {
    "embeddings": "embedding",
    "image_generation": "image",
    "generate_image": "image",
    "video_generation": "video",
    "generate_video": "video",
}
"""Operations by what they make, as far as a method may cover it."""

# The first that is reported wins; a response says it better than a request.
_COUNT: Final = (
    "gen_ai.response.image.count",
    semconv.GEN_AI_REQUEST_CHOICE_COUNT,
    "gen_ai.request.image_count",
    "gen_ai.request.image.number_of_images",
    "gen_ai.request.n",
)
_SIZE: Final = (semconv.REQUEST_SIZE, "gen_ai.request.image_size", "gen_ai.request.image.size")
_STEPS: Final = (semconv.REQUEST_STEPS,)
_SECONDS: Final = (semconv.REQUEST_SECONDS,)
# OpenInference has the parameters of the call in one text of JSON.
_PARAMETERS: Final = "llm.invocation_parameters"
_LONGEST_JSON: Final = 4096

_WIDTH_AND_HEIGHT: Final = re.compile(r"\s*(\d{1,5})\s*[xX*]\s*(\d{1,5})\s*")
# Beyond these nobody meant what the number says.
_MOST_IMAGES: Final = 1000
_MOST_STEPS: Final = 10_000
_MOST_SECONDS: Final = 36_000


def asked_by(request: Request, attributes: Mapping[str, Any], modality: Modality) -> Asked:
    """What a request asked for, as far as its span says it. What cannot be is taken as not said."""
    if modality == "embedding":
        return Asked(input_tokens=request.input_tokens)
    given = _parameters(attributes.get(_PARAMETERS))
    return Asked(
        pieces=_first(attributes, _COUNT, _MOST_IMAGES) or _number(given.get("n"), _MOST_IMAGES),
        megapixels=_megapixels(attributes, given),
        steps=_first(attributes, _STEPS, _MOST_STEPS)
        or _number(given.get("num_inference_steps") or given.get("steps"), _MOST_STEPS),
        seconds=_first(attributes, _SECONDS, _MOST_SECONDS) or _number(given.get("seconds"), _MOST_SECONDS),
    )


def defaults_taken(asked: Asked, modality: Modality) -> tuple[str, ...]:
    """Codes of what was not reported, so that the model's default was taken."""
    if modality == "embedding":
        return ()
    lacking = {
        semconv.MEDIA_COUNT: asked.pieces is None,
        semconv.MEDIA_DURATION: modality == "video" and asked.seconds is None,
        semconv.MEDIA_SIZE: asked.megapixels is None,
        semconv.MEDIA_STEPS: asked.steps is None,
    }
    return tuple(code for code, lacks in lacking.items() if lacks)


def _parameters(value: object) -> Mapping[str, Any]:
    if not isinstance(value, str) or len(value) > _LONGEST_JSON:
        return {}
    try:
        parameters: Any = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", parameters) if isinstance(parameters, dict) else {}


def _megapixels(attributes: Mapping[str, Any], given: Mapping[str, Any]) -> float | None:
    for size in (*(attributes.get(key) for key in _SIZE), given.get("size")):
        found = _WIDTH_AND_HEIGHT.fullmatch(size) if isinstance(size, str) else None
        if found is not None:
            return int(found[1]) * int(found[2]) / PIXELS_PER_MEGAPIXEL or None
    return None


def _first(attributes: Mapping[str, Any], keys: tuple[str, ...], most: float) -> float | None:
    return next((number for key in keys if (number := _number(attributes.get(key), most)) is not None), None)


def _number(value: object, most: float) -> float | None:
    """A positive number, also as text, which some APIs want; None for anything else."""
    if isinstance(value, str) and len(value) <= len(str(_MOST_SECONDS)):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if 0 < value <= most and math.isfinite(value) else None

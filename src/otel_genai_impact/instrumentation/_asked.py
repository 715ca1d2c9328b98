"""How much was asked of an image or a video model: a method may count it, and the conventions have words for the number alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.semconv import (
    GEN_AI_REQUEST_CHOICE_COUNT,
    REQUEST_SECONDS,
    REQUEST_SIZE,
    REQUEST_STEPS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA: Final = frozenset({"image", "video"})
_LONGEST_SIZE: Final = 20
_LONGEST_NUMBER: Final = 10


def asked_in(given: Mapping[str, Any]) -> dict[str, str | int | float]:
    """The attributes for the arguments of a call, under the names that SDKs have for them. What is not given is not there."""
    found: dict[str, str | int | float | None] = {
        GEN_AI_REQUEST_CHOICE_COUNT: _number(given, "n"),
        REQUEST_SIZE: _size(given),
        REQUEST_STEPS: _number(given, "num_inference_steps", "steps"),
        REQUEST_SECONDS: _number(given, "seconds"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _size(given: Mapping[str, Any]) -> str | None:
    size = given.get("size")
    if isinstance(size, str) and "x" in size and len(size) <= _LONGEST_SIZE:
        return size
    width, height = _number(given, "width"), _number(given, "height")
    return None if width is None or height is None else f"{width:g}x{height:g}"


def _number(given: Mapping[str, Any], *names: str) -> int | float | None:
    """The first that is a positive number; OpenAI takes seconds as text."""
    for name in names:
        value = given.get(name)
        if isinstance(value, str) and len(value) <= _LONGEST_NUMBER and value.isdecimal():
            value = int(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf:
            return value
    return None

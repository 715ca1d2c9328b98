"""What a call asks for before it is made: of whom, with which numbers, and how much of an image or a video model."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard
from urllib.parse import urlsplit

from otel_genai_impact.semconv import (
    GEN_AI_REQUEST_CHOICE_COUNT,
    REQUEST_SECONDS,
    REQUEST_SIZE,
    REQUEST_STEPS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# Numbers in a request that the conventions have an attribute for, under the name that SDKs and util-genai share.
_PARAMETERS: Final = ("temperature", "top_p", "top_k", "max_tokens", "frequency_penalty", "presence_penalty", "seed")
MEDIA: Final = frozenset({"image", "video"})
_LONGEST_SIZE: Final = 20
_LONGEST_NUMBER: Final = 10


@lru_cache(maxsize=128)
def server(base_url: str) -> tuple[str | None, int | None]:
    """Address and port of a client's base URL."""
    url = urlsplit(base_url)
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    return (url.hostname, port) if url.hostname else (None, None)


def parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a call that the conventions have attributes for."""
    return {name: given[name] for name in _PARAMETERS if _is_number(given.get(name))}


def media(given: Mapping[str, Any]) -> dict[str, str | int | float]:
    """The attributes that say how much of a medium is asked for: a method may count it.

    They are found under the names that SDKs have for them. What is not given is not there.
    """
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
        if _is_number(value) and 0 < value < math.inf:
            return value
    return None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

"""The frozen-span problem, alone: reading and writing the attributes of a span that is ending.

The SDK freezes a span before it tells its processors that the span is ending, so that `set_attribute` in `_on_ending`
is dropped (opentelemetry-python issue 5614). Until that is mended we put a new dictionary in the place of the frozen
one, which is seen by exporters registered before and after us, batching or not. Everything private to the SDK's spans
that we touch is in this module; `tests/unit/telemetry/test_writing.py` says when it is no longer needed.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.attributes import BoundedAttributes

from otel_genai_impact._contain import log_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan, Span
    from opentelemetry.util.types import AttributeValue

_NOTHING: Final[Mapping[str, Any]] = {}


def attributes_of(span: ReadableSpan) -> Mapping[str, Any]:
    """The span's attributes to look things up in, without the cost of the SDK's proxies."""
    untyped: Any = span
    try:
        return untyped._attributes._dict  # noqa: SLF001
    except AttributeError:
        return span._attributes or _NOTHING  # noqa: SLF001


def write(span: Span, ours: dict[str, AttributeValue]) -> None:
    """Add our attributes to a span that is ending. Attributes that are there already are never evicted.

    What does not fit into the span's limit is left out, from the end of `ours`, and counted as dropped.
    """
    frozen = span._attributes  # noqa: SLF001
    if not isinstance(frozen, BoundedAttributes):
        _write_publicly(span, ours)
        return
    theirs = frozen._dict  # noqa: SLF001
    limit = frozen.maxlen
    dropped = 0
    if limit is not None and len(theirs) + len(ours) > limit:
        room = max(0, limit - len(theirs))
        dropped = len(ours) - room
        ours = dict(list(ours.items())[:room])
    longest = frozen.max_value_len
    if longest is not None:
        ours = {key: _shortened(value, longest) for key, value in ours.items()}
    # One assignment: whoever iterates over the old dictionary right now is not disturbed.
    frozen._dict = {**theirs, **ours}  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]
    if dropped:
        frozen.dropped += dropped


def _write_publicly(span: Span, ours: dict[str, AttributeValue]) -> None:
    """The way that will work once the SDK lets processors write at the end of a span."""
    if span.is_recording():
        span.set_attributes(ours)
        return
    log_once(
        logging.WARNING,
        "this version of opentelemetry-sdk does not let us write attributes on ending spans; metrics are complete",
    )


def _shortened(value: AttributeValue, longest: int) -> AttributeValue:
    if isinstance(value, str):
        return value[:longest]
    if isinstance(value, tuple):
        return tuple(item[:longest] if isinstance(item, str) else item for item in value)  # pyright: ignore[reportReturnType]
    return value

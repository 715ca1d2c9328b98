"""The frozen-span problem, alone: reading and writing the attributes of a span that is ending.

The SDK freezes a span before it tells its processors that the span is ending, so that `set_attribute` in `_on_ending`
is dropped (opentelemetry-python issue 5614). Until that is mended we put a new dictionary in the place of the frozen
one, which is seen by exporters registered before and after us, batching or not. Everything private to the SDK's spans
that we touch is in this module, but for what the processor reads of every span; `tests/unit/telemetry/test_writing.py`
says when it is no longer needed.
"""

from __future__ import annotations

import logging
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import Event, Span

from otel_genai_impact._contain import log_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind
    from opentelemetry.util.types import AttributeValue

    Parts = tuple[
        str, SpanKind, SpanContext | None, SpanContext | None, int | None, int | None, InstrumentationScope | None
    ]
    """Of a span: its name, kind, context and parent, when it started and ended (ns), and its scope."""

_NOTHING: Final[Mapping[str, Any]] = {}

# Where a SpanContext, which is a tuple, has them: its properties are calls.
SPAN_ID: Final = 1
IS_REMOTE: Final = 2

# In C, and not by the span's properties, each of which is a call. AttributeError for what is no span of the SDK's; then
# `parts_of` gives the same.
quick_parts_of: Final[Callable[[ReadableSpan], Parts]] = attrgetter(
    "_name", "_kind", "_context", "_parent", "_start_time", "_end_time", "_instrumentation_scope"
)


def parts_of(span: ReadableSpan) -> Parts:
    """What we read of a span, beside its attributes."""
    try:
        return quick_parts_of(span)
    except AttributeError:
        scope = span.instrumentation_scope
        return span.name, span.kind, span.context, span.parent, span.start_time, span.end_time, scope


def attributes_of(span: ReadableSpan) -> Mapping[str, Any]:
    """The span's attributes to look things up in, without the cost of the SDK's proxies."""
    untyped: Any = span
    try:
        return untyped._attributes._dict  # noqa: SLF001
    except AttributeError:
        return span._attributes or _NOTHING  # noqa: SLF001


def write(
    span: ReadableSpan,
    ours: Mapping[str, AttributeValue],
    fill: Callable[[dict[str, Any], Any], None] | None = None,
    numbers: object = None,
) -> None:
    """Add our attributes to a span that is ending. Attributes that are there already are never evicted.

    What does not fit into the span's limit is left out, from the end of `ours`, and counted as dropped.

    Args:
        span: the span.
        ours: the attributes, or a template of them.
        fill: fills the gaps of a template: given a dictionary that has all of them, and the numbers.
        numbers: what it fills in.
    """
    frozen = span._attributes  # noqa: SLF001
    if not isinstance(frozen, BoundedAttributes):
        _write_publicly(span, _filled(ours, fill, numbers))
        return
    theirs = frozen._dict  # noqa: SLF001
    limit = frozen.maxlen
    if (limit is not None and len(theirs) + len(ours) > limit) or frozen.max_value_len is not None:
        merged = {**theirs, **_limited(frozen, _filled(ours, fill, numbers))}
    else:
        # What nearly every span comes to: one dictionary is made, theirs and the template, and filled in place.
        merged = {**theirs, **ours}
        if fill is not None:
            fill(merged, numbers)
    # One assignment: whoever iterates over the old dictionary right now is not disturbed.
    frozen._dict = merged  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]


def rewritable(span: ReadableSpan) -> ref[BoundedAttributes] | None:
    """What the exporters of a span read, as long as one of them waits with it."""
    frozen = span._attributes  # noqa: SLF001
    return ref(frozen) if isinstance(frozen, BoundedAttributes) else None


def rewrite(written: ref[BoundedAttributes] | None, key: str, value: AttributeValue) -> None:
    """Change what we wrote on a span that has ended: it is not too late where its exporter sends many at a time."""
    frozen = None if written is None else written()
    if frozen is not None and key in frozen._dict:  # noqa: SLF001
        frozen._dict = {**frozen._dict, key: value}  # noqa: SLF001  # pyright: ignore[reportAttributeAccessIssue]


def add_event(span: ReadableSpan, name: str, attributes: Mapping[str, AttributeValue], at_ns: int) -> None:
    """Add an event to a span that is ending, to which `add_event` adds no more. What does not fit drops the oldest one."""
    events: Any = span._events  # noqa: SLF001
    if hasattr(events, "append"):
        events.append(Event(name, attributes, at_ns))


def _filled(
    ours: Mapping[str, AttributeValue], fill: Callable[[dict[str, Any], Any], None] | None, numbers: object
) -> dict[str, Any]:
    filled = dict(ours)
    if fill is not None:
        fill(filled, numbers)
    return filled


def _limited(frozen: BoundedAttributes, ours: dict[str, Any]) -> dict[str, Any]:
    """What of ours fits into the limits on number and length. What does not is counted as dropped."""
    if frozen.maxlen is not None:
        room = max(0, frozen.maxlen - len(frozen._dict))  # noqa: SLF001
        frozen.dropped += max(0, len(ours) - room)
        ours = dict(list(ours.items())[:room])
    longest = frozen.max_value_len
    return ours if longest is None else {key: _shortened(value, longest) for key, value in ours.items()}


def _write_publicly(span: ReadableSpan, ours: dict[str, AttributeValue]) -> None:
    """The way that will work once the SDK lets processors write at the end of a span."""
    if not isinstance(span, Span):
        # A copy that a processor of another library's made, to pass on to more processors.
        span._attributes = {**(span._attributes or {}), **ours}  # noqa: SLF001
        return
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

"""From OTLP JSON to spans of the SDK, so that what reads spans in a process reads them from a file too.

The encoding: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (ids in hex, 64-bit integers as texts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceState

from otel_genai_impact.telemetry.callers import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_genai_impact.cli.report.lines import Reading

Attributes = dict[str, Any]

# Without one, the SDK would look for that of this process, for each span.
_NO_RESOURCE: Final = Resource.get_empty()

_TRACE_ID_BYTES: Final = 16
_SPAN_ID_BYTES: Final = 8
_PARENT_IS_REMOTE: Final = 0x200  # SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK of OTLP's trace.proto
_SERVER: Final = (2, "SPAN_KIND_SERVER")
_ERROR: Final = (2, "STATUS_CODE_ERROR")
_MOST_NS: Final = 2**63
_MOST_DIGITS: Final = 32
_LONGEST_TRACE_STATE: Final = 4096


class RecordedSpan(NamedTuple):
    """A span of a file, and what is said of where it comes from: the resource, and what tells its process apart."""

    span: ReadableSpan
    attributes: Attributes
    resource: Attributes
    process: object


def spans_of(place: str, export: dict[str, Any], reading: Reading) -> list[RecordedSpan]:
    """The spans of one export, in the order in which they ended: exporters group them by instrumentation."""
    found: list[RecordedSpan] = []
    for of_resource in _tables(export.get("resourceSpans")):
        resource = _attributes(_table(of_resource.get("resource")).get("attributes"))
        process = tuple(sorted((key, str(said)) for key, said in resource.items()))
        for of_scope in _tables(of_resource.get("scopeSpans")):
            scope = InstrumentationScope(_text(_table(of_scope.get("scope")).get("name")))
            for raw in _tables(of_scope.get("spans")):
                reading.spans += 1
                attributes = _attributes(raw.get("attributes"))
                span = _span(raw, attributes, scope)
                if span is None:
                    reading.complain(place, "a span without a valid trace id and span id")
                else:
                    found.append(RecordedSpan(span, attributes, resource, process))
    found.sort(key=lambda each: each.span.end_time or 0)
    return found


def _span(raw: dict[str, Any], attributes: Attributes, scope: InstrumentationScope) -> ReadableSpan | None:
    trace_id, span_id = _id(raw.get("traceId"), _TRACE_ID_BYTES), _id(raw.get("spanId"), _SPAN_ID_BYTES)
    if trace_id is None or span_id is None:
        return None
    parent_id = _id(raw.get("parentSpanId"), _SPAN_ID_BYTES)
    remote = bool((_whole(raw.get("flags")) or 0) & _PARENT_IS_REMOTE)
    return ReadableSpan(
        name=_text(raw.get("name")),
        context=SpanContext(trace_id, span_id, is_remote=False, trace_state=_trace_state(raw.get("traceState"))),
        parent=None if parent_id is None else SpanContext(trace_id, parent_id, is_remote=remote),
        attributes=attributes,
        resource=_NO_RESOURCE,
        kind=SpanKind.SERVER if raw.get("kind") in _SERVER else SpanKind.CLIENT,
        instrumentation_scope=scope,
        status=Status(StatusCode.ERROR if _table(raw.get("status")).get("code") in _ERROR else StatusCode.UNSET),
        start_time=_time_ns(raw.get("startTimeUnixNano")),
        end_time=_time_ns(raw.get("endTimeUnixNano")),
    )


def _trace_state(value: object) -> TraceState | None:
    """What travelled with the trace, if our own entry is in it: all else is nothing to us."""
    text = _text(value)[:_LONGEST_TRACE_STATE]
    return TraceState.from_header([text]) if KEY in text else None


def _attributes(value: object) -> Attributes:
    found: Attributes = {}
    for item in _tables(value):
        key, said = item.get("key"), _value(item.get("value"))
        if isinstance(key, str) and said is not None:
            found[key] = said
    return found


def _value(value: object) -> Any:
    """A text, a number, a truth value or a list of texts; None for what no attribute that is read here can be."""
    for kind, said in _table(value).items():
        if kind == "stringValue" and isinstance(said, str):
            return said
        if kind == "boolValue" and isinstance(said, bool):
            return said
        if kind == "intValue":
            return _whole(said)
        if kind == "doubleValue":
            return _double(said)
        if kind == "arrayValue":
            items = (_value(item) for item in _tables(_table(said).get("values")))
            return tuple(item for item in items if isinstance(item, str))
    return None


def _double(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _whole(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= _MOST_DIGITS:
        try:
            return int(value)
        except ValueError:
            return None
    return None


def _time_ns(value: object) -> int | None:
    """0 stands for unknown in OTLP."""
    time_ns = _whole(value)
    return time_ns if time_ns is not None and 0 < time_ns < _MOST_NS else None


def _id(value: object, size: int) -> int | None:
    """An id; None for what is none, all zeros included."""
    if not isinstance(value, str) or len(value) != 2 * size:
        return None
    try:
        return int.from_bytes(bytes.fromhex(value), "big") or None
    except ValueError:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _table(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _tables(value: object) -> Iterator[dict[str, Any]]:
    for item in cast("list[object]", value) if isinstance(value, list) else []:
        if isinstance(item, dict):
            yield cast("dict[str, Any]", item)

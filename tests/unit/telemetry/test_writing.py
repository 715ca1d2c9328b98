"""Writing on a span that is ending: what we may rely on, and when the private way is no longer needed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_genai_impact.telemetry.writing import attributes_of, write

if TYPE_CHECKING:
    import pytest


class _WritesPublicly(SpanProcessor):
    """What everybody would do if it worked."""

    def _on_ending(self, span: Span) -> None:
        span.set_attribute("public", 1)


def _ended_with(processor: SpanProcessor) -> dict[str, object]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    provider.add_span_processor(processor)
    provider.get_tracer("test").start_span("span", attributes={"users": "own"}).end()
    return dict(exporter.get_finished_spans()[0].attributes or {})


def test_the_private_way_is_still_needed(caplog: pytest.LogCaptureFixture) -> None:
    """The day this fails, the SDK lets processors write on ending spans: `write` can be `span.set_attributes`."""
    with caplog.at_level(logging.ERROR):
        assert _ended_with(_WritesPublicly()) == {"users": "own"}


def test_exporters_registered_before_us_see_it() -> None:
    """The exporter's processor comes first, and still exports what we write."""

    class Writes(SpanProcessor):
        def _on_ending(self, span: Span) -> None:
            write(span, {"ours": 1.5})

    assert _ended_with(Writes()) == {"users": "own", "ours": 1.5}


def test_whoever_reads_the_old_attributes_is_not_disturbed() -> None:
    """Another thread may be iterating over the attributes at this very moment."""
    seen: list[str] = []

    class Writes(SpanProcessor):
        def _on_ending(self, span: Span) -> None:
            for key in attributes_of(span):
                write(span, {f"ours.{len(seen)}": 1})
                seen.append(key)

    assert _ended_with(Writes()) == {"users": "own", "ours.0": 1}


def test_a_repaired_sdk_is_written_to_publicly() -> None:
    """Where attributes are no longer the bounded ones we know and the span still records, the public way is used."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    span = provider.get_tracer("test").start_span("span")
    assert isinstance(span, Span)
    bounded = span._attributes

    class Unknown(dict[str, object]):
        def _set_items(self, items: dict[str, object]) -> None:
            self.update(items)

    vars(span)["_attributes"] = Unknown()
    write(span, {"ours": 1})
    assert vars(span)["_attributes"] == {"ours": 1}
    vars(span)["_attributes"] = bounded
    span.end()


def test_an_unknown_sdk_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Where we can write in no way, the log says so once, and nothing is raised."""
    provider = TracerProvider(shutdown_on_exit=False)
    span = provider.get_tracer("test").start_span("span")
    assert isinstance(span, Span)
    span.end()
    vars(span)["_attributes"] = {}
    write(span, {"ours": 1})
    write(span, {"ours": 1})
    assert [record.message for record in caplog.records] == [
        "this version of opentelemetry-sdk does not let us write attributes on ending spans; metrics are complete"
    ]


def test_reading_does_not_need_the_private_dictionary() -> None:
    """Where the SDK keeps its attributes elsewhere, they are read through the mapping itself."""
    span = TracerProvider(shutdown_on_exit=False).get_tracer("test").start_span("span", attributes={"a": 1})
    assert isinstance(span, Span)
    assert isinstance(span._attributes, BoundedAttributes)
    assert dict(attributes_of(span)) == {"a": 1}
    vars(span)["_attributes"] = {"b": 2}
    assert dict(attributes_of(span)) == {"b": 2}
    vars(span)["_attributes"] = None
    assert dict(attributes_of(span)) == {}


def test_a_copy_of_a_span_is_written_on() -> None:
    """Some libraries pass copies to their processors, with plain dictionaries: the next processor sees what we wrote."""
    copy = ReadableSpan("copy", attributes={"users": "own"})
    write(copy, {"ours": 1})
    assert dict(copy.attributes or {}) == {"users": "own", "ours": 1}

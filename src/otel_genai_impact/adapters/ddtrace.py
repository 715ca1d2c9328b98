"""Datadog's tracer: impacts as tags and metrics on the spans of ddtrace's own integrations.

ddtrace takes no span processor of OpenTelemetry's, neither for its own spans nor for those that reach it with
`DD_TRACE_OTEL_ENABLED`; both pass through its trace filters. Ours shows each span to the span processor as if it were one
of OpenTelemetry's, so that requests are read, estimated and counted in one place: the same ledger, metrics and memory of
what was counted already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._contain import contained
from otel_genai_impact.adapters._ddtrace_words import as_opentelemetry, in_the_words_of_the_conventions, is_genai
from otel_genai_impact.telemetry.processor import ImpactSpanProcessor

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact.adapters._ddtrace_words import DatadogSpan

_OURS: Final = "genai_impact."


class ImpactTraceFilter:
    """A `ddtrace.trace.TraceFilter`: adds the impacts of each GenAI request to its span and to the metrics.

    ddtrace calls it before it samples, so what is counted does not depend on what is kept.

    Args:
        meter_provider: where the metrics go; the global one of OpenTelemetry if not given.
        **settings: those of `ImpactSpanProcessor`.

    Never raises, and never drops a trace.
    """

    def __init__(self, *, meter_provider: MeterProvider | None = None, **settings: object) -> None:
        self._processor: Final = ImpactSpanProcessor(meter_provider=meter_provider, **settings)

    def configure(self, *, meter_provider: MeterProvider | None = None, **settings: object) -> None:
        """Take these settings instead."""
        self._processor.configure(meter_provider=meter_provider, **settings)

    def process_trace(self, trace: list[Any]) -> list[Any]:
        """Called by ddtrace with the spans of a trace, or of a part of it, that have ended."""
        if self._processor.active:
            with contained("looking at a trace of ddtrace"):
                self._look_at(trace)
        return trace

    def _look_at(self, trace: list[DatadogSpan]) -> None:
        processor = self._processor
        genai = {id(span) for span in trace if is_genai(span)}
        if not genai and not processor.awaits_parents:
            return  # most traces
        # ddtrace has them as they began; what is above a request is to be seen after it.
        shown: list[tuple[DatadogSpan, ReadableSpan, dict[str, Any]]] = []
        for span in sorted(trace, key=_inner_ones_first):
            attributes = in_the_words_of_the_conventions(span) if id(span) in genai else {}
            shown.append((span, as_opentelemetry(span, attributes), attributes))
            processor.on_end(shown[-1][1])
        # At last: what is said of a span may change with those after it.
        for span, seen, before in shown:
            for key, value in (seen.attributes or {}).items():
                if key.startswith(_OURS) and key not in before:
                    _write(span, key, value)


def _inner_ones_first(span: DatadogSpan) -> tuple[int, int]:
    return span.start_ns + (span.duration_ns or 0), -span.start_ns


def _write(span: DatadogSpan, key: str, value: object) -> None:
    if isinstance(value, (int, float)):
        span.set_metric(key, value)
    else:  # a tag is a text; a list is one with commas
        span.set_tag(key, value if isinstance(value, str) else ",".join(map(str, value)))  # type: ignore[call-overload]


def install(*, meter_provider: MeterProvider | None = None, **settings: object) -> None:
    """Put our filter before the others of ddtrace's tracer. Called again, it takes the new settings. Never raises.

    A later `tracer.configure(trace_processors=...)` of the application replaces all filters: call this after it.

    Args:
        meter_provider: where the metrics go; the global one of OpenTelemetry if not given.
        **settings: those of `ImpactSpanProcessor`.
    """
    with contained("adding our filter to ddtrace"):
        from importlib import import_module

        tracer: Any = import_module("ddtrace.trace").tracer
        # `configure` replaces all filters, and there is no public way to ask which there are.
        theirs: list[Any] = list(getattr(getattr(tracer, "_span_aggregator", None), "user_processors", ()))
        for known in theirs:
            if isinstance(known, ImpactTraceFilter):
                known.configure(meter_provider=meter_provider, **settings)
                return
        # First: another one may drop traces.
        ours = ImpactTraceFilter(meter_provider=meter_provider, **settings)
        tracer.configure(trace_processors=[ours, *theirs])

"""One tracer provider and one meter provider in memory, with our span processor between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode, set_span_in_context

from otel_genai_impact import ImpactSpanProcessor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.context import Context

SECOND_NS = 1_000_000_000

CHAT = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
}
USAGE = {"gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 300}


@dataclass
class Telemetry:
    """What one application has: call `request` to make a span, then look at `spans` and `points`."""

    settings: dict[str, object] = field(default_factory=dict[str, object])
    limits: SpanLimits | None = None

    def __post_init__(self) -> None:
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.tracers = TracerProvider(span_limits=self.limits, shutdown_on_exit=False)
        self.exporter = InMemorySpanExporter()
        self.processor = ImpactSpanProcessor(meter_provider=self.meters, **self.settings)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracers.add_span_processor(self.processor)

    def start(
        self,
        attributes: Mapping[str, Any],
        *,
        name: str = "chat gpt-4o",
        scope: str = "app",
        parent: Span | None = None,
        context: Context | None = None,
        **kwargs: Any,
    ) -> Span:
        """Start a span; end it with `end`."""
        context = context if parent is None else set_span_in_context(parent)
        span = self.tracers.get_tracer(scope).start_span(name, context=context, attributes=attributes, **kwargs)
        assert isinstance(span, Span)
        return span

    def end(self, span: Span, attributes: Mapping[str, Any] | None = None, *, seconds: float = 2.0) -> dict[str, Any]:
        """End a span after a duration; the attributes that its exporter got."""
        span.set_attributes(dict(attributes or {}))
        assert span.start_time is not None
        span.end(span.start_time + int(seconds * SECOND_NS))
        return dict(self.exporter.get_finished_spans()[-1].attributes or {})

    def request(
        self, changes: Mapping[str, Any] | None = None, *, error: bool = False, seconds: float = 2.0, **start: Any
    ) -> dict[str, Any]:
        """One chat request with 300 output tokens, changed as told (None removes); the attributes of its span."""
        attributes = {key: value for key, value in {**CHAT, **USAGE, **(changes or {})}.items() if value is not None}
        span = self.start({key: attributes.pop(key) for key in CHAT if key in attributes}, **start)
        if error:
            span.set_status(Status(StatusCode.ERROR))
        return self.end(span, attributes, seconds=seconds)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self) -> list[tuple[str, dict[str, Any], float]]:
        """All metric points of a collection: name, attributes, value (a histogram's sum)."""
        return [(name, dict(point.attributes or {}), value) for name, point, value in self._points()]

    def histogram_points(self, name: str) -> list[HistogramDataPoint]:
        return [point for found, point, _ in self._points() if found == name and isinstance(point, HistogramDataPoint)]

    def total(self, name: str, **attributes: object) -> float:
        """The sum of a metric over all points that have these attributes (dots as double underscores)."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}
        return sum(
            value for found, present, value in self.points() if found == name and wanted.items() <= present.items()
        )

    def _points(self) -> Iterator[tuple[str, Any, float]]:
        return points_of(self.reader)


def points_of(reader: InMemoryMetricReader) -> Iterator[tuple[str, Any, float]]:
    """All metric points of a collection: name, point, value (a histogram's sum)."""
    data = reader.get_metrics_data()
    if data is None:
        return
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    if isinstance(point, NumberDataPoint):
                        yield metric.name, point, point.value
                    elif isinstance(point, HistogramDataPoint):
                        yield metric.name, point, point.sum

"""Sums stay right: what the counters export is what stands on the spans, to 1e-9, whatever happens in between."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics._internal.exceptions import MetricsTimeoutError
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from otel_genai_impact import GenAIImpactInstrumentor, ImpactSpanProcessor
from tests.integration.spending import check_sums, spend
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REQUESTS = 1000
TEMPORALITIES = {
    "cumulative": AggregationTemporality.CUMULATIVE,
    "delta": AggregationTemporality.DELTA,
}


def _reader(sink: OtlpSink, temporality: str) -> PeriodicExportingMetricReader:
    preferred = dict.fromkeys((Counter, Histogram), TEMPORALITIES[temporality])
    exporter = OTLPMetricExporter(f"{sink.http_endpoint}/v1/metrics", preferred_temporality=dict(preferred))
    return PeriodicExportingMetricReader(exporter, export_interval_millis=1000)


@dataclass
class _Application:
    """A tracer provider and a meter provider that export to sinks."""

    tracers: TracerProvider
    meters: MeterProvider

    @classmethod
    def exporting(cls, spans_to: OtlpSink, *readers: PeriodicExportingMetricReader) -> _Application:
        tracers = TracerProvider(shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{spans_to.http_endpoint}/v1/traces")
        tracers.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=4096))
        return cls(tracers, MeterProvider(readers, shutdown_on_exit=False))

    def observed(self) -> _Application:
        self.tracers.add_span_processor(ImpactSpanProcessor(meter_provider=self.meters, detail="full"))
        return self

    def spend(self, requests: int, seed: int = 0) -> None:
        spend(self.tracers.get_tracer("app"), requests, seed)

    def flush(self) -> None:
        self.tracers.force_flush()
        self.meters.force_flush()

    def stop(self) -> None:
        self.tracers.shutdown()
        self.meters.shutdown()


@pytest.fixture(params=["cumulative", "delta"])
def temporality(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def another_sink() -> Iterator[OtlpSink]:
    with OtlpSink() as sink:
        yield sink


def test_a_thousand_requests(sink: OtlpSink, temporality: str) -> None:
    """Collected every second while requests come in."""
    app = _Application.exporting(sink, _reader(sink, temporality)).observed()
    for part in range(4):
        app.spend(REQUESTS // 4, seed=part)
        time.sleep(0.6)
    app.flush()
    check_sums(sink, REQUESTS)
    app.stop()


def test_two_readers(sink: OtlpSink, another_sink: OtlpSink) -> None:
    """Each reader exports everything, one cumulative and one delta."""
    app = _Application.exporting(sink, _reader(sink, "delta"), _reader(another_sink, "cumulative")).observed()
    app.spend(REQUESTS // 2)
    app.meters.force_flush()
    app.spend(REQUESTS // 2, seed=1)
    app.flush()
    check_sums(sink, REQUESTS)
    for metric in ("genai_impact.energy", "genai_impact.requests", "genai_impact.request.energy"):
        assert sink.sum_of(metric) == pytest.approx(another_sink.sum_of(metric), rel=1e-12)
    app.stop()


def test_two_providers(sink: OtlpSink, another_sink: OtlpSink, temporality: str) -> None:
    """Each application in the process exports its own requests, and only those."""
    with ExitStack() as stack:
        apps = [_Application.exporting(each, _reader(each, temporality)).observed() for each in (sink, another_sink)]
        for app in apps:
            stack.callback(app.stop)
        for part, app in enumerate(apps):
            app.spend(REQUESTS * (part + 1) // 2, seed=part)
        for app in apps:
            app.flush()
        check_sums(sink, REQUESTS // 2)
        check_sums(another_sink, REQUESTS)


def test_a_collection_that_timed_out(sink: OtlpSink, temporality: str) -> None:
    """What was collected in vain is exported the next time, once."""
    reader = _reader(sink, temporality)
    app = _Application.exporting(sink, reader).observed()
    slow = True

    def hesitate(options: CallbackOptions) -> Iterable[Observation]:
        if slow:
            time.sleep(0.1)
        yield Observation(1)

    app.meters.get_meter("slow").create_observable_gauge("slow", [hesitate])
    app.spend(REQUESTS // 2)
    with pytest.raises(MetricsTimeoutError):
        reader.collect(timeout_millis=1)
    slow = False
    app.spend(REQUESTS // 2, seed=1)
    app.flush()
    check_sums(sink, REQUESTS)
    app.stop()


def test_after_uninstrument_and_instrument(sink: OtlpSink, temporality: str) -> None:
    """What was counted before `uninstrument()` is exported after it; what comes in between is not counted."""
    app = _Application.exporting(sink, _reader(sink, temporality))
    instrumentor = GenAIImpactInstrumentor()

    def instrument() -> None:
        instrumentor.instrument(tracer_provider=app.tracers, meter_provider=app.meters, detail="full")

    instrument()
    app.spend(REQUESTS // 2)
    instrumentor.uninstrument()
    app.meters.force_flush()
    outside = app.tracers.get_tracer("app").start_span("embeddings x", attributes={"gen_ai.operation.name": "chat"})
    outside.set_attribute("gen_ai.usage.output_tokens", 1)
    outside.end()
    instrument()
    try:
        app.spend(REQUESTS // 2, seed=1)
        app.flush()
        check_sums(sink, REQUESTS)
    finally:
        instrumentor.uninstrument()
        app.stop()

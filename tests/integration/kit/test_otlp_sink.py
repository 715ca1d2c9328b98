"""The OTLP receiver against the real exporters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.trace.export import SpanExporter

    from tests.kit.otlp_sink import OtlpSink

_RESOURCE = Resource({"service.name": "tested"})


def _span_exporter(sink: OtlpSink, transport: str) -> SpanExporter:
    if transport == "grpc":
        return GrpcSpanExporter(endpoint=sink.grpc_endpoint, insecure=True)
    return HttpSpanExporter(endpoint=f"{sink.http_endpoint}/v1/traces", compression=Compression.Gzip)


def _metric_exporter(sink: OtlpSink, transport: str, temporality: AggregationTemporality) -> MetricExporter:
    preferred: dict[type, AggregationTemporality] = {Counter: temporality, Histogram: temporality}
    if transport == "grpc":
        return GrpcMetricExporter(endpoint=sink.grpc_endpoint, insecure=True, preferred_temporality=preferred)
    return HttpMetricExporter(
        endpoint=f"{sink.http_endpoint}/v1/metrics", compression=Compression.Gzip, preferred_temporality=preferred
    )


@pytest.mark.parametrize(("transport", "encoding"), [("grpc", "unknown"), ("http", "gzip")])
def test_spans_arrive_whole(sink: OtlpSink, transport: str, encoding: str) -> None:
    """Name, scope, ids, times, kind, status, resource and attributes of every type are what the SDK sent."""
    provider = TracerProvider(resource=_RESOURCE)
    provider.add_span_processor(SimpleSpanProcessor(_span_exporter(sink, transport)))
    tracer = provider.get_tracer("scope")
    attributes = {"text": "a", "whole": 2, "real": 0.5, "yes": True, "many": ("a", "b")}
    with tracer.start_as_current_span("parent"):
        child = tracer.start_span("child", kind=SpanKind.CLIENT, attributes=attributes, start_time=1_000_000_000)
        child.set_status(Status(StatusCode.ERROR, "broken"))
        child.end(3_500_000_000)
    provider.shutdown()

    (parent_seen,) = sink.spans_by_name("parent")
    (child_seen,) = sink.spans_by_name("child")
    assert attributes == child_seen.attributes
    assert (None, parent_seen.span_id) == (parent_seen.parent_span_id, child_seen.parent_span_id)
    assert f"{child.get_span_context().span_id:016x}" == child_seen.span_id
    assert f"{child.get_span_context().trace_id:032x}" == child_seen.trace_id == parent_seen.trace_id
    assert ("CLIENT", "ERROR", "broken") == (child_seen.kind, child_seen.status, child_seen.status_description)
    assert ("INTERNAL", "UNSET") == (parent_seen.kind, parent_seen.status)
    assert 3.5 - 1.0 == child_seen.duration_s
    assert ("scope", {"service.name": "tested"}) == (child_seen.scope, child_seen.resource)
    assert {("traces", transport, encoding)} == {(one.signal, one.transport, one.encoding) for one in sink.exports}


@pytest.mark.parametrize("transport", ["grpc", "http"])
@pytest.mark.parametrize("temporality", [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])
def test_sums_hold_for_both_temporalities(sink: OtlpSink, transport: str, temporality: AggregationTemporality) -> None:
    """Three exports of a counter sum to what was added, by attribute and altogether; histograms likewise."""
    exporter = _metric_exporter(sink, transport, temporality)
    provider = MeterProvider([PeriodicExportingMetricReader(exporter, export_interval_millis=1e6)], resource=_RESOURCE)
    meter = provider.get_meter("scope")
    energy = meter.create_counter("energy", "J", "what it is")
    sizes = meter.create_histogram("size", "By", explicit_bucket_boundaries_advisory=[1.0, 10.0])
    for amount in (1.0, 2.0, 4.0):
        energy.add(amount, {"zone": "FRA", "phase": "usage"})
        energy.add(10 * amount, {"zone": "USA", "phase": "usage"})
        sizes.record(amount)
        provider.force_flush()
    provider.shutdown()

    assert sink.sum_of("energy", zone="FRA") == 1 + 2 + 4
    assert 11 * (1 + 2 + 4) == sink.sum_of("energy") == sink.sum_of("energy", phase="usage")
    assert 0 == sink.sum_of("energy", zone="SWE")
    assert sink.sum_of("size") == 1 + 2 + 4
    point = sink.points_of("energy")[0]
    assert ("J", "what it is", "sum", True) == (point.unit, point.description, point.kind, point.monotonic)
    assert temporality.name.lower() == point.temporality


def test_a_restarted_series_adds_to_the_one_before(sink: OtlpSink) -> None:
    """Two providers of the same resource each count from zero; the sum is that of both."""
    for amount in (3, 5):
        exporter = _metric_exporter(sink, "grpc", AggregationTemporality.CUMULATIVE)
        provider = MeterProvider([PeriodicExportingMetricReader(exporter)], resource=_RESOURCE)
        provider.get_meter("scope").create_counter("requests").add(amount)
        provider.shutdown()
    assert sink.sum_of("requests") == 3 + 5


def test_a_histogram_keeps_its_buckets_and_exemplars(sink: OtlpSink) -> None:
    """Bounds, buckets, smallest and largest value arrive, and the exemplar names the span of the recording."""
    exporter = _metric_exporter(sink, "http", AggregationTemporality.CUMULATIVE)
    provider = MeterProvider([PeriodicExportingMetricReader(exporter)], resource=_RESOURCE)
    histogram = provider.get_meter("scope").create_histogram("size", explicit_bucket_boundaries_advisory=[1.0, 10.0])
    span = TracerProvider().get_tracer("scope").start_span("recorded in")
    histogram.record(0.5)
    histogram.record(7.0, context=set_span_in_context(span))
    provider.shutdown()

    (point,) = sink.points_of("size")
    assert point.histogram is not None
    assert (point.histogram.bounds, point.histogram.bucket_counts) == ((1.0, 10.0), (1, 1, 0))
    assert (2, 0.5, 7.0) == (point.histogram.count, point.histogram.min, point.histogram.max)
    assert [(7.0, f"{span.get_span_context().span_id:016x}")] == [
        (exemplar.value, exemplar.span_id) for exemplar in point.exemplars
    ]


def test_waiting_has_an_end(sink: OtlpSink) -> None:
    """What does not happen in time is an error; a metric that never arrived is one too, and not a sum of 0."""
    with pytest.raises(TimeoutError, match=r"not within 0.1 s; received 0 spans and 0 points"):
        sink.wait_for(lambda receiver: bool(receiver.spans), timeout_s=0.1)
    with pytest.raises(LookupError, match="no point of the metric 'energy' has arrived"):
        sink.sum_of("energy")

"""Send spans and metrics to a Collector with the OpenTelemetry SDK alone, so that only the Collector is under test."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.e2e.collector import Collector

_WHEN_FLUSHED_ONLY_MS = 3_600_000


@contextlib.contextmanager
def tracer_provider(collector: Collector, protocol: str, service: str) -> Generator[TracerProvider]:
    """Every span is sent when it ends."""
    if protocol == "grpc":
        exporter = GrpcSpanExporter(endpoint=collector.grpc_endpoint, insecure=True, timeout=10)
    else:
        exporter = HttpSpanExporter(endpoint=f"http://{collector.http_endpoint}/v1/traces", timeout=10)
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    try:
        yield provider
    finally:
        provider.shutdown()


@contextlib.contextmanager
def meter_provider(
    collector: Collector, resource: dict[str, str], temporality: AggregationTemporality
) -> Generator[MeterProvider]:
    """Metrics are sent at `force_flush()`, and at the end."""
    exporter = GrpcMetricExporter(
        endpoint=collector.grpc_endpoint,
        insecure=True,
        timeout=10,
        preferred_temporality={Counter: temporality, Histogram: temporality},
    )
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=_WHEN_FLUSHED_ONLY_MS)
    provider = MeterProvider([reader], resource=Resource.create(resource), shutdown_on_exit=False)
    try:
        yield provider
    finally:
        provider.shutdown()

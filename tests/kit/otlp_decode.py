"""From the messages of OTLP to plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from tests.kit.otlp_records import EventRecord, ExemplarRecord, HistogramRecord, PointRecord, SpanRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    from opentelemetry.proto.common.v1 import common_pb2

    from tests.kit.otlp_records import Attributes, AttributeValue


def spans(request: ExportTraceServiceRequest) -> list[SpanRecord]:
    return [
        _span(span, scope_spans.scope.name, attributes(resource_spans.resource.attributes))
        for resource_spans in request.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    ]


def points(request: ExportMetricsServiceRequest) -> list[PointRecord]:
    return [
        point
        for resource_metrics in request.resource_metrics
        for scope_metrics in resource_metrics.scope_metrics
        for metric in scope_metrics.metrics
        for point in _points(metric, scope_metrics.scope.name, attributes(resource_metrics.resource.attributes))
    ]


def attributes(pairs: Iterable[common_pb2.KeyValue]) -> Attributes:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: common_pb2.AnyValue) -> AttributeValue:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return tuple(_value(item) for item in value.array_value.values)
    if kind == "kvlist_value":
        return attributes(value.kvlist_value.values)
    return None if kind is None else getattr(value, kind)


def _span(span: trace_pb2.Span, scope: str, resource: Attributes) -> SpanRecord:
    return SpanRecord(
        name=span.name,
        scope=scope,
        attributes=attributes(span.attributes),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex() or None,
        kind=trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        status=trace_pb2.Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
        status_description=span.status.message,
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        dropped_attribute_count=span.dropped_attributes_count,
        resource=resource,
        events=tuple(
            EventRecord(name=event.name, attributes=attributes(event.attributes), time_ns=event.time_unix_nano)
            for event in span.events
        ),
    )


def _points(metric: metrics_pb2.Metric, scope: str, resource: Attributes) -> Iterator[PointRecord]:
    temporality = metrics_pb2.AGGREGATION_TEMPORALITY_UNSPECIFIED
    monotonic = False
    data: Iterable[
        metrics_pb2.NumberDataPoint | metrics_pb2.HistogramDataPoint | metrics_pb2.ExponentialHistogramDataPoint
    ]
    kind = metric.WhichOneof("data")
    match kind:
        case "gauge":
            data = metric.gauge.data_points
        case "sum":
            data, temporality, monotonic = (
                metric.sum.data_points,
                metric.sum.aggregation_temporality,
                metric.sum.is_monotonic,
            )
        case "histogram":
            data, temporality = metric.histogram.data_points, metric.histogram.aggregation_temporality
        case "exponential_histogram":
            data, temporality = (
                metric.exponential_histogram.data_points,
                metric.exponential_histogram.aggregation_temporality,
            )
        case _:
            raise ValueError(f"metric {metric.name!r} has data of a kind that this receiver does not know: {kind}")
    temporality_name = metrics_pb2.AggregationTemporality.Name(temporality)
    for point in data:
        is_number = isinstance(point, metrics_pb2.NumberDataPoint)
        yield PointRecord(
            metric=metric.name,
            unit=metric.unit,
            description=metric.description,
            kind=kind,
            temporality=temporality_name.removeprefix("AGGREGATION_TEMPORALITY_").lower(),
            monotonic=monotonic,
            scope=scope,
            attributes=attributes(point.attributes),
            value=_number(point) if is_number else None,
            histogram=None if is_number else _histogram(point),
            exemplars=tuple(_exemplar(exemplar) for exemplar in point.exemplars),
            start_ns=point.start_time_unix_nano,
            time_ns=point.time_unix_nano,
            resource=resource,
        )


def _number(holder: metrics_pb2.NumberDataPoint | metrics_pb2.Exemplar) -> float:
    return holder.as_int if holder.WhichOneof("value") == "as_int" else holder.as_double


def _histogram(point: metrics_pb2.HistogramDataPoint | metrics_pb2.ExponentialHistogramDataPoint) -> HistogramRecord:
    explicit = isinstance(point, metrics_pb2.HistogramDataPoint)
    return HistogramRecord(
        count=point.count,
        sum=point.sum,
        min=point.min if point.HasField("min") else None,
        max=point.max if point.HasField("max") else None,
        bounds=tuple(point.explicit_bounds) if explicit else (),
        bucket_counts=tuple(point.bucket_counts) if explicit else tuple(point.positive.bucket_counts),
    )


def _exemplar(exemplar: metrics_pb2.Exemplar) -> ExemplarRecord:
    return ExemplarRecord(
        value=_number(exemplar),
        trace_id=exemplar.trace_id.hex(),
        span_id=exemplar.span_id.hex(),
        filtered_attributes=attributes(exemplar.filtered_attributes),
        time_ns=exemplar.time_unix_nano,
    )

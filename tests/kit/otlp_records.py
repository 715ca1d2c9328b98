"""What the OTLP receiver keeps: spans and metric points as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

AttributeValue: TypeAlias = (
    "bool | int | float | str | bytes | tuple[AttributeValue, ...] | dict[str, AttributeValue] | None"
)
Attributes: TypeAlias = dict[str, AttributeValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """An event of a span."""

    name: str
    attributes: Attributes
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRecord:
    """A span. Ids are lower-case hexadecimal; kind and status are OpenTelemetry's names, such as CLIENT and ERROR."""

    name: str
    scope: str
    attributes: Attributes
    trace_id: str
    span_id: str
    parent_span_id: str | None
    kind: str
    status: str
    status_description: str
    start_ns: int
    end_ns: int
    dropped_attribute_count: int
    resource: Attributes
    events: tuple[EventRecord, ...] = ()

    @property
    def duration_s(self) -> float:
        return (self.end_ns - self.start_ns) / 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemplarRecord:
    """One recorded value that stands for a point, with the span in which it was recorded."""

    value: float
    trace_id: str
    span_id: str
    filtered_attributes: Attributes
    time_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistogramRecord:
    """The distribution in a point. An exponential histogram has no bounds here."""

    count: int
    sum: float
    min: float | None
    max: float | None
    bounds: tuple[float, ...]
    bucket_counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRecord:
    """One data point of a metric.

    Attributes:
        kind: gauge, sum, histogram or exponential_histogram.
        temporality: cumulative, delta or, for gauges, unspecified.
        value: of a gauge or sum; None for histograms.
    """

    metric: str
    unit: str
    description: str
    kind: str
    temporality: str
    monotonic: bool
    scope: str
    attributes: Attributes
    value: float | None
    histogram: HistogramRecord | None
    exemplars: tuple[ExemplarRecord, ...]
    start_ns: int
    time_ns: int
    resource: Attributes

    @property
    def total(self) -> float:
        """What this point adds to a sum: its value, or the sum of its histogram."""
        if self.histogram is not None:
            return self.histogram.sum
        return self.value or 0.0

    @property
    def count(self) -> int:
        """How many recordings its histogram holds."""
        return 0 if self.histogram is None else self.histogram.count

    def has(self, attributes: Attributes) -> bool:
        """Whether it carries all of these, whatever else it carries."""
        return all(key in self.attributes and self.attributes[key] == value for key, value in attributes.items())

    @property
    def series(self) -> str:
        """What tells its series from others: a restarted counter has another start, another process another resource."""
        parts = (self.resource, self.scope, self.metric, self.attributes)
        return repr((*(sorted(part.items()) if isinstance(part, dict) else part for part in parts), self.start_ns))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRecord:
    """One export as it arrived.

    Attributes:
        signal: traces, metrics or logs.
        transport: grpc or http.
        encoding: gzip, deflate or identity; for gRPC, which unpacks by itself, unknown.
        headers: of HTTP, or the metadata of gRPC; names in lower case.
    """

    signal: str
    transport: str
    encoding: str
    headers: dict[str, str]


def total_of(points: list[PointRecord], measure: Callable[[PointRecord], float]) -> float:
    """Sum of a measure over points of one metric in the order of their arrival: all that were added, each once.

    A delta point holds what is new; a cumulative one all since its start, so only the last of each series counts.
    """
    deltas = sum(measure(point) for point in points if point.temporality == "delta")
    last_by_series: dict[str, PointRecord] = {}
    for point in points:
        if point.temporality == "delta":
            continue
        known = last_by_series.get(point.series)
        if known is None or point.time_ns >= known.time_ns:
            last_by_series[point.series] = point
    return deltas + sum(measure(point) for point in last_by_series.values())

"""An OTLP receiver in this process: gRPC and HTTP with protobuf, traces and metrics; logs are taken and dropped."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

from tests.kit import otlp_decode
from tests.kit.otlp_records import ExportRecord, total_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from tests.kit.otlp_records import AttributeValue, PointRecord, SpanRecord

_GRPC_METHODS: Final = {
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
}
_EMPTY_RESPONSES: Final = {
    "traces": trace_service_pb2.ExportTraceServiceResponse().SerializeToString(),
    "metrics": metrics_service_pb2.ExportMetricsServiceResponse().SerializeToString(),
    "logs": logs_service_pb2.ExportLogsServiceResponse().SerializeToString(),
}


class OtlpSink:
    """Receives while it is entered as a context.

    Attributes:
        exports: what arrived, and how.
    """

    def __init__(self) -> None:
        self.exports: list[ExportRecord] = []
        self._spans: list[SpanRecord] = []
        self._points: list[PointRecord] = []
        self._changed = threading.Condition()
        self._grpc = grpc.server(ThreadPoolExecutor(max_workers=4))
        self._grpc.add_generic_rpc_handlers(tuple(_grpc_handler(self, signal) for signal in _GRPC_METHODS))
        self._grpc_port = self._grpc.add_insecure_port("127.0.0.1:0")
        self._http = _HttpServer(("127.0.0.1", 0), _Handler)
        self._http.sink = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._grpc.start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._grpc.stop(grace=None).wait()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def grpc_endpoint(self) -> str:
        return f"http://127.0.0.1:{self._grpc_port}"

    @property
    def http_endpoint(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def spans(self) -> list[SpanRecord]:
        """All spans so far, in the order of their end."""
        with self._changed:
            return sorted(self._spans, key=lambda span: span.end_ns)

    @property
    def points(self) -> list[PointRecord]:
        """All metric points so far, in order of arrival."""
        with self._changed:
            return list(self._points)

    def spans_by_name(self, name: str) -> list[SpanRecord]:
        return [span for span in self.spans if span.name == name]

    def points_of(self, metric: str, **attributes: AttributeValue) -> list[PointRecord]:
        """The metric's points that carry these attributes."""
        return [point for point in self.points if point.metric == metric and point.has(attributes)]

    def sum_of(self, metric: str, **attributes: AttributeValue) -> float:
        """Everything that was added to the metric with these attributes, whatever the temporality; 0 if nothing was.

        Raises:
            LookupError: the metric never arrived at all, so a sum of 0 would hide a misspelled name.
        """
        self._require(metric)
        return total_of(self.points_of(metric, **attributes), lambda point: point.total)

    def count_of(self, metric: str, **attributes: AttributeValue) -> float:
        """How often the histogram recorded with these attributes.

        Raises:
            LookupError: the metric never arrived at all.
        """
        self._require(metric)
        return total_of(self.points_of(metric, **attributes), lambda point: point.count)

    def _require(self, metric: str) -> None:
        names = {point.metric for point in self.points}
        if metric not in names:
            raise LookupError(f"no point of the metric {metric!r} has arrived; there are {sorted(names)}")

    def wait_for(self, predicate: Callable[[OtlpSink], bool], timeout_s: float = 10.0) -> None:
        """Returns when the predicate holds.

        Raises:
            TimeoutError: it still does not after the timeout.
        """
        deadline = time.monotonic() + timeout_s
        while not predicate(self):
            with self._changed:
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0:
                    counts = f"{len(self._spans)} spans and {len(self._points)} points"
                    raise TimeoutError(f"not within {timeout_s} s; received {counts}")
                # Short waits: what arrives between the predicate and here must not be slept over.
                self._changed.wait(min(remaining_s, 0.05))

    def receive(self, signal: str, body: bytes, transport: str, encoding: str, headers: dict[str, str]) -> bytes:
        """Takes one export and returns the body of the answer."""
        spans: list[SpanRecord] = []
        points: list[PointRecord] = []
        if signal == "traces":
            spans = otlp_decode.spans(trace_service_pb2.ExportTraceServiceRequest.FromString(body))
        elif signal == "metrics":
            points = otlp_decode.points(metrics_service_pb2.ExportMetricsServiceRequest.FromString(body))
        with self._changed:
            self.exports.append(ExportRecord(signal=signal, transport=transport, encoding=encoding, headers=headers))
            self._spans.extend(spans)
            self._points.extend(points)
            self._changed.notify_all()
        return _EMPTY_RESPONSES[signal]


def _grpc_handler(sink: OtlpSink, signal: str) -> grpc.GenericRpcHandler:
    def export(request: bytes, context: grpc.ServicerContext) -> bytes:
        headers = {name: str(value) for name, value in context.invocation_metadata()}
        return sink.receive(signal, request, transport="grpc", encoding="unknown", headers=headers)

    return grpc.method_handlers_generic_handler(
        _GRPC_METHODS[signal], {"Export": grpc.unary_unary_rpc_method_handler(export)}
    )


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    sink: OtlpSink


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer  # pyright: ignore[reportIncompatibleVariableOverride] -- the only server that uses this handler
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the base class
        """Says nothing: a test's output is its own."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        encoding = self.headers.get("content-encoding", "identity")
        signal = self.path.rpartition("/v1/")[2]  # some backends have a path of their own before it
        if signal not in _EMPTY_RESPONSES:
            self._answer(404, b"")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(200, self.server.sink.receive(signal, _unpacked(body, encoding), "http", encoding, headers))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(body)
    if encoding == "deflate":
        return zlib.decompress(body)
    return body

"""Receives spans over OTLP/HTTP on loopback, as a Collector would, and keeps them in memory."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, cast

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue

AttributeValue = str | bool | int | float | list[str]

TRACES_PATH: Final = "/v1/traces"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedSpan:
    """What an exporter said of one span."""

    name: str
    start_ns: int
    attributes: dict[str, AttributeValue]

    def number(self, key: str) -> float | None:
        """The attribute if it is there and a number."""
        value = self.attributes.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


class SpanSink(ThreadingHTTPServer):
    """An OTLP endpoint for traces; `spans` grows as they arrive."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[ReceivedSpan] = []

    @property
    def endpoint(self) -> str:
        """The value of OTEL_EXPORTER_OTLP_TRACES_ENDPOINT that leads here."""
        return f"http://127.0.0.1:{self.server_port}{TRACES_PATH}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        cast("SpanSink", self.server).spans.extend(_spans(body))
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Keeps quiet: what arrives is shown by whoever started the sink."""


def _spans(body: bytes) -> list[ReceivedSpan]:
    return [
        ReceivedSpan(
            name=span.name,
            start_ns=span.start_time_unix_nano,
            attributes={pair.key: _plain(pair.value) for pair in span.attributes},
        )
        for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    ]


def _plain(value: AnyValue) -> AttributeValue:
    if value.HasField("array_value"):
        return [str(_plain(item)) for item in value.array_value.values]
    kind = value.WhichOneof("value")
    return cast("AttributeValue", getattr(value, kind)) if kind else ""


@contextmanager
def receiving_spans() -> Generator[SpanSink]:
    """A sink that listens until the block ends."""
    with SpanSink() as sink:
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        try:
            yield sink
        finally:
            sink.shutdown()

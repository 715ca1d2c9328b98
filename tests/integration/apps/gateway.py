"""A gateway that is asked over HTTP, asks a model, and says how many requests it counted; as a process of its own."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from opentelemetry import metrics, propagate, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind

from otel_genai_impact import instrument
from tests.kit.telemetry import CHAT, USAGE, points_of

READER = InMemoryMetricReader()


class Handler(BaseHTTPRequestHandler):
    """POST asks, GET tells how many were counted."""

    def do_POST(self) -> None:
        """Pass a request on."""
        tracer = trace.get_tracer("gateway")
        context = propagate.extract({name.lower(): value for name, value in self.headers.items()})
        with (
            tracer.start_as_current_span("POST", context, SpanKind.SERVER),
            tracer.start_as_current_span("chat gpt-4o", attributes=CHAT) as span,
        ):
            span.set_attributes(USAGE)
        self._answer("done")

    def do_GET(self) -> None:
        """How many requests this process counted."""
        self._answer(str(sum(value for name, _, value in points_of(READER) if name == "genai_impact.requests")))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


def main() -> None:
    """Serve until standard input ends; the port is the first line of the output."""
    metrics.set_meter_provider(MeterProvider([READER]))
    trace.set_tracer_provider(TracerProvider())
    instrument()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    for _ in sys.stdin:
        server.handle_request()


if __name__ == "__main__":
    main()

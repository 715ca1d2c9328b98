"""The way from the Collector to the OTLP backend: protocol, headers, and a backend that comes late."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.e2e.collector import running_collector
from tests.e2e.processes import free_port
from tests.e2e.sender import tracer_provider

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.kit.otlp_sink import OtlpSink


class _HeaderKeeper(BaseHTTPRequestHandler):
    """An OTLP/HTTP backend that only looks at who is asking."""

    kept: list[tuple[str, str | None, str | None]]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the base class
        """Keep quiet."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.kept.append((self.path, self.headers.get("x-api-key"), self.headers.get("x-team")))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()


@contextlib.contextmanager
def _header_keeper() -> Generator[ThreadingHTTPServer]:
    _HeaderKeeper.kept = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _HeaderKeeper) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_traces_can_go_over_http_with_headers(otelcol: Path, tmp_path: Path) -> None:
    """Two variables make it OTLP/HTTP with an API key. It is sent at the latest when the Collector stops."""
    with _header_keeper() as server:
        settings = {
            "OTELCOL_TRACES_EXPORTER": "otlp_http",
            "OTELCOL_BACKEND_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "OTELCOL_BACKEND_HEADERS": "{x-api-key: s3cr3t, x-team: '7'}",
        }
        with (
            running_collector(otelcol, tmp_path / "log.txt", settings) as collector,
            tracer_provider(collector, "grpc", service="headers") as provider,
        ):
            provider.get_tracer("test").start_span("chat").end()
        assert [("/v1/traces", "s3cr3t", "7")] == _HeaderKeeper.kept
    assert "s3cr3t" not in collector.log


def test_a_backend_that_comes_late_gets_everything(otelcol: Path, backend: OtlpSink, tmp_path: Path) -> None:
    """What was sent while the backend was away waits in the Collector and arrives when it is back."""
    port = free_port()
    settings = {"OTELCOL_BACKEND_ENDPOINT": f"http://127.0.0.1:{port}", "OTELCOL_LOG_LEVEL": "info"}
    with running_collector(otelcol, tmp_path / "log.txt", settings) as collector:
        with tracer_provider(collector, "grpc", service="late") as provider:
            for number in range(3):
                provider.get_tracer("test").start_span(f"late {number}").end()
        _wait_for_a_failed_attempt(collector.log_file)
        with _forwarder(port, backend.grpc_endpoint):
            backend.wait_for(lambda sink: len(_late_spans(sink)) == 3, timeout_s=60)
    assert ["late 0", "late 1", "late 2"] == _late_spans(backend)


def _late_spans(sink: OtlpSink) -> list[str]:
    return sorted(span.name for span in sink.spans if span.name.startswith("late"))


def _wait_for_a_failed_attempt(log_file: Path) -> None:
    for _ in range(200):
        if "Exporting failed" in log_file.read_text():
            return
        time.sleep(0.05)
    raise TimeoutError(f"the Collector did not try to send:\n{log_file.read_text()}")


@contextlib.contextmanager
def _forwarder(port: int, endpoint: str) -> Generator[None]:
    """Make the backend appear at a port where nobody was before."""
    target = urlsplit(endpoint)
    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=_forward, args=(listener, (target.hostname, target.port)), daemon=True)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _forward(listener: socket.socket, target: tuple[str, int]) -> None:
    while True:
        try:
            incoming = listener.accept()[0]
        except OSError:  # the listener was closed
            return
        outgoing = socket.create_connection(target)
        for source, sink in ((incoming, outgoing), (outgoing, incoming)):
            threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with source, sink, contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)

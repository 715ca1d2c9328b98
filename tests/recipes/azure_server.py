"""A server that takes what Azure Monitor's exporters send, and tells what it was."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class AzureServer:
    """Takes telemetry while it is entered as a context.

    Attributes:
        envelopes: what was sent, in order of arrival; https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete
    """

    def __init__(self) -> None:
        self.envelopes: list[dict[str, Any]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}/"

    def dimensions(self, name: str) -> list[dict[str, str]]:
        """The custom dimensions of the dependencies of this name."""
        data = [envelope["data"]["baseData"] for envelope in self.envelopes if "RemoteDependency" in envelope["name"]]
        return [dependency["properties"] for dependency in data if dependency["name"] == name]

    def metric(self, name: str) -> float:
        """The sum of a custom metric."""
        data = [envelope["data"]["baseData"] for envelope in self.envelopes if envelope["name"].endswith(".Metric")]
        return sum(metric["value"] for one in data for metric in one["metrics"] if metric["name"] == name)


def _handler(server: AzureServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the base class
            """Says nothing: a test's output is its own."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            taken: list[dict[str, Any]] = json.loads(body) if self.path.endswith("/track") else []
            server.envelopes.extend(taken)
            answer = json.dumps({"itemsReceived": len(taken), "itemsAccepted": len(taken), "errors": []}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    return Handler

"""What is at the other end of Alertmanager: takes its notifications and keeps them."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where it listens, and the alerts that it was told."""

    url: str
    alerts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def told(self) -> set[tuple[str, str]]:
        """Name and service of each alert that fires."""
        return {
            (alert["labels"]["alertname"], alert["labels"].get("service_name", ""))
            for alert in list(self.alerts)
            if alert["status"] == "firing"
        }


@contextlib.contextmanager
def webhook() -> Generator[Webhook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            hook.alerts.extend(document["alerts"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the base class
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = Webhook(url=f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()

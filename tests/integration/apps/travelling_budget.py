"""Two services, the one behind the other, with HTTP headers alone between them; started by test_travelling_budget.py.

Prints how many requests the second one could make for each caller.
"""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

from openai import OpenAI
from opentelemetry import propagate
from opentelemetry.context import attach, detach

from otel_genai_impact import BudgetExceeded, budget

OF_ITS_OWN = 6
client: Any = OpenAI()


def _ask() -> None:
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello?"}])


def _get(port: int, path: str, headers: dict[str, str]) -> str:
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=60) as answer:
        return answer.read().decode()


class _Service(BaseHTTPRequestHandler):
    """Answers with how many requests to the model were made."""

    def do_GET(self) -> None:
        token = attach(propagate.extract({name.lower(): value for name, value in self.headers.items()}))
        try:
            answer = self.answer()
        finally:
            detach(token)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def answer(self) -> str:
        """What is done here."""
        raise NotImplementedError

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


class Back(_Service):
    """Asks the model until it is refused; believes its callers at one path alone."""

    def answer(self) -> str:
        """How often."""
        given: Any = {"requests": OF_ITS_OWN, "on_exceeded": "refuse", "from_baggage": self.path == "/believes"}
        with budget("answer", **given):
            for asked in range(OF_ITS_OWN + 1):
                try:
                    _ask()
                except BudgetExceeded:
                    return str(asked)
        return "never refused"


class Front(_Service):
    """Has a budget of three, asks the model once, then the service behind it."""

    back: int

    def answer(self) -> str:
        """What that says."""
        with budget("answer", requests=3, on_exceeded="observe", propagate=self.path != "/silent"):
            _ask()
            headers: dict[str, str] = {}
            propagate.inject(headers)
            return _get(self.back, "/doubts" if self.path == "/doubts" else "/believes", headers)


def main() -> None:
    """Serve and ask."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), service) for service in (Front, Back)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    front, Front.back = (server.server_port for server in servers)
    said = {path: _get(front, path, {}) for path in ("/", "/silent", "/doubts")}
    said["liar"] = _get(Front.back, "/believes", {"baggage": "genai_impact.budget.answer=requests%3A1000"})
    said["stingy"] = _get(Front.back, "/believes", {"baggage": "genai_impact.budget.answer=requests%3A0"})
    print(json.dumps(said))


if __name__ == "__main__":
    main()

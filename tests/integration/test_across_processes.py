"""A client and a gateway in processes of their own, both with us, with the trace context in the headers between them."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from opentelemetry import propagate
from opentelemetry.trace import SpanKind, set_span_in_context

from otel_genai_impact.telemetry.sampling import count_unsampled
from tests.kit.telemetry import CHAT, USAGE, Telemetry

ROOT = Path(__file__).parents[2]
ACROSS = "GENAI_IMPACT_ACROSS_PROCESSES"


class Gateway:
    """The other process."""

    def __init__(self, environment: dict[str, str]) -> None:
        settings = {
            name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "GENAI_IMPACT_"))
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.apps.gateway"],
            cwd=ROOT,
            env=settings | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/"

    def ask(self, method: str, headers: dict[str, str]) -> str:
        """Make one HTTP request, which the gateway waits for once for each line of its input."""
        assert self._process.stdin is not None
        self._process.stdin.write("one more\n")
        self._process.stdin.flush()
        with urllib.request.urlopen(
            urllib.request.Request(self._url, method=method, headers=headers), timeout=60
        ) as answer:
            return answer.read().decode()

    def stop(self) -> None:
        """End its input, and wait for it."""
        self._process.communicate(timeout=60)


@pytest.mark.parametrize(("across", "counted_by_gateway"), [(True, 0), (False, 3)])
def test_three_calls_of_a_client_to_its_gateway(*, across: bool, counted_by_gateway: int) -> None:
    """Where both are told to, the three are counted once, by the client; else by both, and nothing of ours is sent."""
    client = Telemetry({"across_processes": across})
    count_unsampled(client.tracers, wanted=True, marking=across)
    gateway = Gateway({ACROSS: str(across).lower()})
    try:
        for _ in range(3):
            span = client.start(CHAT, kind=SpanKind.CLIENT)
            http = client.start({}, name="POST", parent=span, kind=SpanKind.CLIENT)
            headers: dict[str, str] = {}
            propagate.inject(headers, set_span_in_context(http))
            assert across == ("tracestate" in headers)
            assert gateway.ask("POST", headers) == "done"
            http.end()
            client.end(span, USAGE)
        assert float(gateway.ask("GET", {})) == counted_by_gateway
    finally:
        gateway.stop()
    assert client.total("genai_impact.requests") == 3

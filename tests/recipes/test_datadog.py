"""Datadog: ddtrace's own spans, those of OpenTelemetry's API, and OTLP, as Datadog's test agent takes them."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.answers import Answer
from tests.recipes import pages
from tests.recipes.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.recipes.conftest import Cook

_PATIENCE_S = 60.0
_QUIET = {"DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false", "DD_REMOTE_CONFIGURATION_ENABLED": "false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agent:
    """Datadog's test agent."""

    url: str
    otlp_url: str

    def spans(self) -> list[dict[str, Any]]:
        """What ddtrace sent, each with all tags and metrics in `meta` and `metrics`."""
        return [span for trace in _get(f"{self.url}/test/session/traces") for span in trace]

    def of_genai(self) -> list[dict[str, Any]]:
        """Those of requests."""
        return [span for span in self.spans() if "genai_impact.method" in span["meta"]]

    def otlp(self, signal: str) -> list[Any]:
        """What came by OTLP."""
        return _get(f"{self.otlp_url}/test/session/{signal}")


def _get(url: str) -> list[Any]:
    with urllib.request.urlopen(url, timeout=_PATIENCE_S) as response:
        return json.load(response)


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[_Agent]:
    """The agent, up and listening."""
    port, http, grpc = free_ports(3)
    command = [os.environ["DDAPM_TEST_AGENT"], "--host", "127.0.0.1", "-p", str(port)]
    more = ["--otlp-http-port", str(http), "--otlp-grpc-port", str(grpc)]
    with (
        (tmp_path / "agent.log").open("w") as log,
        subprocess.Popen([*command, *more], stdout=log, stderr=log) as process,
    ):
        try:
            found = _Agent(url=f"http://127.0.0.1:{port}", otlp_url=f"http://127.0.0.1:{http}")
            deadline = time.monotonic() + _PATIENCE_S
            while True:
                with suppress(OSError):
                    _get(f"{found.url}/test/session/traces")
                    break
                assert process.poll() is None, (tmp_path / "agent.log").read_text()
                assert deadline > time.monotonic(), "the agent did not come up"
                time.sleep(0.1)
            yield found
        finally:
            process.terminate()


def _estimated(spans: list[dict[str, Any]]) -> dict[str, Any]:
    (span,) = [span for span in spans if "genai_impact.energy" in span["metrics"]]
    return span


def test_without_code(cook: Cook, agent: _Agent) -> None:
    """The integration's span has the estimate; the counters come by OTLP, and the table tells of one request."""
    here = {"http://localhost:8126": agent.url, **cook.by_http()}
    said = cook.run("datadog", "without code", here, **_QUIET)
    (span,) = agent.of_genai()
    assert ("openai.request", "openai/gpt-4o", 345) == (
        span["name"],
        span["meta"]["genai_impact.model"],
        span["metrics"]["gen_ai.usage.output_tokens"],
    )
    assert span["metrics"]["genai_impact.energy"] == cook.sink.sum_of("genai_impact.energy")
    assert 1 == cook.sink.sum_of("genai_impact.requests", **{"gen_ai.provider.name": "openai"})
    assert "openai    gpt-4o         1         12  345" in said.stderr


def test_in_code(cook: Cook, agent: _Agent) -> None:
    """The setting given to `install` holds."""
    cook.run("datadog", "in code", {"http://localhost:8126": agent.url}, **_QUIET)
    (span,) = agent.of_genai()
    assert "FRA" == span["meta"]["genai_impact.zone"]


def test_what_its_sampler_drops(cook: Cook, agent: _Agent) -> None:
    """Is counted as well."""
    here = {"http://localhost:8126": agent.url, **cook.by_http()}
    cook.run("datadog", "without code", here, DD_TRACE_SAMPLE_RATE="0", **_QUIET)
    assert 1 == cook.sink.sum_of("genai_impact.requests")


def test_the_api_of_opentelemetry(cook: Cook, agent: _Agent) -> None:
    """Two spans of one call, one of them OpenTelemetry's: one estimate, one duplicate."""
    cook.run("datadog", "the API of OpenTelemetry", {"http://localhost:8126": agent.url}, **_QUIET)
    spans = agent.of_genai()
    assert [None, "duplicate"] == sorted((span["meta"].get("genai_impact.not_estimated") for span in spans), key=bool)
    assert 345 == _estimated(spans)["metrics"]["gen_ai.usage.output_tokens"]


_MANY = """
import asyncio
import openai
from ddtrace.trace import tracer

MESSAGES = [{"role": "user", "content": "Hello"}]

async def at_once(client):
    await asyncio.gather(*(client.chat.completions.create(model="gpt-4o", messages=MESSAGES) for _ in range(10)))

with tracer.trace("work"):
    asyncio.run(at_once(openai.AsyncOpenAI()))
    client = openai.OpenAI(max_retries=0)
    open_stream = client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True)
    for _ in client.responses.create(model="gpt-4o", input="Hello", stream=True):
        pass
    for _ in open_stream:
        pass
    client.embeddings.create(model="text-embedding-3-small", input="Hello")
    try:
        client.chat.completions.create(model="broken", messages=MESSAGES)
    except openai.InternalServerError:
        print("Good day.")
"""


def test_many_calls_of_every_kind(cook: Cook, agent: _Agent) -> None:
    """Ten at once, a stream within another, embeddings and an error: each is counted once, and the span above has the sums."""
    cook.provider.answer_to("broken", Answer(error_status=500))
    shown = pages.recipe("datadog").files["app.py"]
    here = {"http://localhost:8126": agent.url, **cook.by_http(), shown: _MANY}
    cook.run("datadog", "without code", here, **_QUIET)
    statuses = [span["meta"].get("genai_impact.not_estimated", "estimated") for span in agent.of_genai()]
    assert {"estimated": 12, "unsupported_operation": 1, "error": 1} == dict(Counter(statuses))
    assert 14 == cook.sink.sum_of("genai_impact.requests")
    (above,) = [span for span in agent.spans() if span["name"] == "work"]
    energy_j = sum(span["metrics"].get("genai_impact.energy", 0) for span in agent.of_genai())
    assert pytest.approx(energy_j) == above["metrics"]["genai_impact.rollup.energy"]
    assert pytest.approx(energy_j) == cook.sink.sum_of("genai_impact.energy")
    assert 14 == above["metrics"]["genai_impact.rollup.requests"]


def test_otlp(cook: Cook, agent: _Agent) -> None:
    """Without ddtrace: traces and metrics arrive by OTLP, with what we wrote in them."""
    cook.run("datadog", "OTLP", {"http://localhost:4318": agent.otlp_url})
    assert '"genai_impact.energy"' in json.dumps(agent.otlp("traces"))
    assert '"genai_impact.requests"' in json.dumps(agent.otlp("metrics"))

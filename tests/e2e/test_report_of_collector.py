"""From an application through a real Collector to a report: the sums are those that the application counted itself."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from otel_genai_impact import ImpactSpanProcessor
from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report.command import read_files
from tests.e2e.processes import free_port
from tests.kit.telemetry import points_of

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 30
REQUESTS = 700
SHOP = "shop"


@pytest.fixture
def spans_file(tmp_path: Path) -> Path:
    return tmp_path / "traces.jsonl"


@pytest.fixture
def endpoint(otelcol: Path, spans_file: Path) -> Generator[str]:
    """Where a Collector with the shipped files takes OTLP by HTTP; when it has ended, its file is whole."""
    address, health = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    environment = {
        "PATH": os.defpath,
        "OTELCOL_GRPC_ENDPOINT": f"127.0.0.1:{free_port()}",
        "OTELCOL_HTTP_ENDPOINT": address,
        "OTELCOL_PROMETHEUS_ENDPOINT": f"127.0.0.1:{free_port()}",
        "OTELCOL_HEALTH_ENDPOINT": health,
        "OTELCOL_TRACES_EXPORTER": "nop",
        "OTELCOL_METRICS_EXPORTER": "nop",
        "OTELCOL_FILE": str(spans_file),
    }
    files = (ROOT / "collector-config.yaml", ROOT / "collector" / "file.yaml")
    command = [str(otelcol), *(f"--config={file}" for file in files)]
    log_file = spans_file.with_suffix(".log")
    with log_file.open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        _wait_until_healthy(process, health, log_file)
        yield f"http://{address}/v1/traces"
        process.terminate()


def _wait_until_healthy(process: subprocess.Popen[bytes], health: str, log_file: Path) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            with urlopen(f"http://{health}/", timeout=1):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    pytest.fail(f"the Collector did not start:\n{log_file.read_text()}")


def _make_requests(endpoint: str) -> dict[str, float]:
    """700 requests, each seventh of a model that nobody knows; what the application's own counters have."""
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader], shutdown_on_exit=False)
    tracers = TracerProvider(resource=Resource({"service.name": SHOP}), shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    tracers.add_span_processor(ImpactSpanProcessor(meter_provider=meters, zone="FRA"))
    tracer = tracers.get_tracer("opentelemetry.instrumentation.openai_v2")
    for number in range(REQUESTS):
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o" if number % 7 else "our-own-model",
            "gen_ai.usage.input_tokens": 3,
            "gen_ai.usage.output_tokens": number,
        }
        tracer.start_span("chat", attributes=attributes).end()
    tracers.shutdown()
    counted: dict[str, float] = {}
    for name, _, value in points_of(reader):
        counted[name] = counted.get(name, 0.0) + value
    meters.shutdown()
    return counted


def test_a_report_of_the_collectors_file_is_what_the_application_counted(endpoint: str, spans_file: Path) -> None:
    """Requests, energy with its bounds, CO2eq and water: the sums over the file are those of the counters."""
    counted = _make_requests(endpoint)
    give_up_at = time.monotonic() + SECONDS_TO_START
    result = None
    while time.monotonic() < give_up_at:
        if spans_file.exists():
            result = read_files([str(spans_file)], Settings(), ("service",))
            if result.summary.total.requests == REQUESTS:
                break
        time.sleep(0.2)
    assert result is not None
    total = result.summary.total
    assert (REQUESTS, REQUESTS - 100, 0) == (total.requests, total.estimated, total.recomputed)
    assert [(SHOP, REQUESTS)] == [(name, part.requests) for name, part in result.summary.by_dimension("service")]
    expected = [
        counted[f"genai_impact.{name}"] for name in ("requests", "energy", "energy_low", "energy_high", "gwp", "wcf")
    ]
    actual = [
        total.requests,
        total.energy.estimate,
        total.energy.low,
        total.energy.high,
        total.gwp.estimate,
        total.wcf.estimate,
    ]
    assert pytest.approx(expected, rel=1e-12) == actual

"""A Collector that is killed (SIGKILL) in the middle of 10,000 requests, while the backend behind it does not answer."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.e2e.collector import Collector, Ports, running_collector
from tests.e2e.credentials import make_credentials
from tests.e2e.many_requests import REQUESTS
from tests.e2e.openmetrics import scrape
from tests.kit.app import app_environment, tool
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from collections.abc import Mapping

APPLICATION = Path(__file__).with_name("many_requests.py")
AWAY_S = 2.0
SECONDS_TO_ARRIVE = 60


class Outcome(NamedTuple):
    """What the backend and Prometheus have in the end."""

    spans: int
    different_spans: int
    requests_in_prometheus: float


def test_with_queues_on_disk_no_request_is_lost(otelcol: Path, tmp_path: Path) -> None:
    """collector/production.yaml: every span arrives, some of them maybe twice; the totals are exact."""
    credentials = make_credentials(tmp_path)
    ports = Ports()
    outcome = _killed_in_the_middle(
        otelcol, tmp_path, ports, credentials.settings, credentials.application(ports.grpc), "production"
    )
    print(outcome)
    assert REQUESTS == outcome.different_spans
    assert REQUESTS == outcome.requests_in_prometheus


def test_with_queues_in_memory_spans_are_lost_and_totals_are_not(otelcol: Path, tmp_path: Path) -> None:
    """The shipped file alone: what the Collector held is gone, what comes later arrives; the totals are exact."""
    ports = Ports()
    application = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{ports.grpc}"}
    outcome = _killed_in_the_middle(otelcol, tmp_path, ports, {}, application)
    print(outcome)
    assert REQUESTS // 4 <= outcome.different_spans < REQUESTS
    assert REQUESTS == outcome.requests_in_prometheus


def _killed_in_the_middle(
    otelcol: Path,
    folder: Path,
    ports: Ports,
    settings: Mapping[str, str],
    application: Mapping[str, str],
    *overlays: str,
) -> Outcome:
    backend = OtlpSink()  # it takes connections, and answers only when it is entered
    settings = {
        "OTELCOL_BACKEND_ENDPOINT": backend.grpc_endpoint,
        "OTELCOL_METRICS_EXPORTER": "nop",
        **settings,
    }
    log = folder / "collector.log"
    with running_collector(otelcol, log, settings, *overlays, ports=ports) as first:
        requests = _start(application)
        _wait_for_half(requests)
        first.process.kill()
        first.process.wait()
    time.sleep(AWAY_S)
    with running_collector(otelcol, log, settings, *overlays, ports=ports) as second, backend:
        output, _ = requests.communicate(timeout=120)
        assert 0 == requests.returncode, output
        return _outcome(backend, second)


def _start(settings: Mapping[str, str]) -> subprocess.Popen[str]:
    environment = {
        "OTEL_SERVICE_NAME": "many",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_BSP_MAX_QUEUE_SIZE": str(REQUESTS),  # as many as come while the Collector is away
        **settings,
    }
    return subprocess.Popen(
        [tool("opentelemetry-instrument"), sys.executable, str(APPLICATION)],
        env=app_environment(environment=environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _wait_for_half(requests: subprocess.Popen[str]) -> None:
    assert requests.stdout is not None
    line = requests.stdout.readline()
    assert "half" == line.strip(), line + requests.stdout.read()


def _outcome(backend: OtlpSink, collector: Collector) -> Outcome:
    """Once nothing more has come for a while."""
    give_up_at, before, quiet_since = time.monotonic() + SECONDS_TO_ARRIVE, -1, time.monotonic()
    while time.monotonic() < give_up_at and time.monotonic() < quiet_since + 5:
        if len(backend.spans) != before:
            before, quiet_since = len(backend.spans), time.monotonic()
        time.sleep(0.2)
    spans = backend.spans
    samples = scrape(collector.prometheus_endpoint)
    return Outcome(
        spans=len(spans),
        different_spans=len({(span.trace_id, span.span_id) for span in spans}),
        requests_in_prometheus=sum(it.value for it in samples if it.name == "genai_impact_requests_total"),
    )

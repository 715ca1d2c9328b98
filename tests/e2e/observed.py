"""A live installation: the example application at work, a real Collector, a real Prometheus with the shipped rules.

The application's past of eight days is made up; what it does now is real.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.collector import Collector, running_collector
from tests.e2e.history import Workload, write_history
from tests.e2e.processes import free_port
from tests.e2e.prometheus import Prometheus, running_prometheus
from tests.kit.app import app_environment, tool
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from tests.kit.otlp_sink import OtlpSink
    from tools.find_prometheus import Programs

BUSY_APPLICATION = Path(__file__).with_name("busy_chat.py")
SERVICE = "chat"
PAST = (
    Workload(service=SERVICE, model="gpt-4o-mini"),
    Workload(service=SERVICE, model="claude-haiku-4-5", provider="anthropic", tenant="globex"),
    Workload(service=SERVICE, model="our-own-model", energy_j=None, requests_per_h=lambda _: 10.0),
)
BUDGETS = """
groups:
  - name: budgets
    rules:
      - {record: "service:genai_impact_energy_joules:budget30d", expr: vector(3.6e9), labels: {service_name: chat}}
      - {record: "service:genai_impact_gwp_grams:budget30d", expr: vector(1e6), labels: {service_name: chat}}
      - {record: "service:genai_impact_wcf_L:budget30d", expr: vector(1e4), labels: {service_name: chat}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the example application, the service `chat` of the tenants `acme` and `globex`, is observed with."""

    prometheus: Prometheus
    collector: Collector


@contextlib.contextmanager
def observed(otelcol: Path, programs: Programs, folder: Path, backend: OtlpSink, *, way: str) -> Generator[Observed]:
    """The installation, working until the block ends.

    Args:
        otelcol: the Collector's program.
        programs: Prometheus and its tools.
        folder: for configurations, logs and data.
        backend: where traces go.
        way: how metrics come to Prometheus, `scrape` or `remote_write`.
    """
    budgets = folder / "budgets.yml"
    budgets.write_text(BUDGETS)
    scrape = f"127.0.0.1:{free_port()}"
    write_history(programs, folder, PAST)
    overlays = ["remote-write"] if way == "remote_write" else []
    with running_prometheus(programs, folder, scrape=scrape, budgets=budgets) as prometheus:
        settings = {
            "OTELCOL_BACKEND_ENDPOINT": backend.grpc_endpoint,
            "OTELCOL_METRICS_EXPORTER": "nop",
            "OTELCOL_PROMETHEUS_ENDPOINT": scrape,
            "OTELCOL_REMOTE_WRITE_ENDPOINT": f"{prometheus.url}/api/v1/write",
        }
        with (
            running_collector(otelcol, folder / "collector.log", settings, *overlays) as collector,
            ProviderServer() as provider,
            _at_work(provider, _environment(collector), folder / "application.log"),
        ):
            yield Observed(prometheus=prometheus, collector=collector)


def _environment(collector: Collector) -> Mapping[str, str]:
    return {
        "OTEL_SERVICE_NAME": SERVICE,
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.grpc_endpoint}",
        "GENAI_IMPACT_METRIC_ATTRIBUTES": "tenant",
        "GENAI_IMPACT_HISTOGRAMS": "energy,gwp",
    }


@contextlib.contextmanager
def _at_work(provider: ProviderServer, environment: Mapping[str, str], log_file: Path) -> Generator[None]:
    command = [tool("opentelemetry-instrument"), sys.executable, str(BUSY_APPLICATION)]
    with (
        log_file.open("w") as log,
        subprocess.Popen(
            command,
            env=app_environment(provider=provider, environment=environment),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            yield
            assert process.poll() is None, f"the application ended by itself:\n{log_file.read_text()}"
        finally:
            process.communicate(timeout=60)  # closes its standard input

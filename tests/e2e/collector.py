"""Run the shipped Collector configuration, unmodified, on free ports of this machine."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.processes import free_port, running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator, Mapping

ROOT = Path(__file__).resolve().parents[2]
SHIPPED_CONFIGURATION = ROOT / "collector-config.yaml"
OVERLAYS = ROOT / "collector"


def _free_endpoint() -> str:
    return f"127.0.0.1:{free_port()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where a Collector listens; a second one may take the place of the first."""

    grpc: str = field(default_factory=_free_endpoint)
    http: str = field(default_factory=_free_endpoint)
    prometheus: str = field(default_factory=_free_endpoint)
    health: str = field(default_factory=_free_endpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """A running Collector: where it listens, and what it has logged."""

    ports: Ports
    log_file: Path
    process: subprocess.Popen[bytes]

    @property
    def grpc_endpoint(self) -> str:
        return self.ports.grpc

    @property
    def http_endpoint(self) -> str:
        return self.ports.http

    @property
    def prometheus_endpoint(self) -> str:
        return self.ports.prometheus

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


def configuration(*overlays: str) -> list[str]:
    """The arguments that load the shipped file and, on top of it, overlays by name."""
    files = (SHIPPED_CONFIGURATION, *(OVERLAYS / f"{name}.yaml" for name in overlays))
    return [f"--config={file}" for file in files]


@contextlib.contextmanager
def running_collector(
    otelcol: Path, log_file: Path, settings: Mapping[str, str], *overlays: str, ports: Ports | None = None
) -> Generator[Collector]:
    """The Collector with the shipped files and these environment variables, once its health check says so."""
    ports = ports or Ports()
    environment = {
        "OTELCOL_GRPC_ENDPOINT": ports.grpc,
        "OTELCOL_HTTP_ENDPOINT": ports.http,
        "OTELCOL_PROMETHEUS_ENDPOINT": ports.prometheus,
        "OTELCOL_HEALTH_ENDPOINT": ports.health,
        **settings,
    }
    command = [otelcol, *configuration(*overlays)]
    with running(command, log_file, f"http://{ports.health}/", environment) as process:
        yield Collector(ports=ports, log_file=log_file, process=process)

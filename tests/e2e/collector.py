"""Run the shipped Collector configuration, unmodified, on free ports of this machine."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

ROOT = Path(__file__).resolve().parents[2]
SHIPPED_CONFIGURATION = ROOT / "collector-config.yaml"
SECONDS_TO_START = 30
SECONDS_TO_STOP = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """A running Collector: where it listens, and what it has logged."""

    grpc_endpoint: str
    http_endpoint: str
    prometheus_endpoint: str
    health_endpoint: str
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def running_collector(otelcol: Path, log_file: Path, settings: Mapping[str, str]) -> Generator[Collector]:
    """The Collector with the shipped file and these environment variables, once its health check says so."""
    collector = Collector(
        grpc_endpoint=f"127.0.0.1:{free_port()}",
        http_endpoint=f"127.0.0.1:{free_port()}",
        prometheus_endpoint=f"127.0.0.1:{free_port()}",
        health_endpoint=f"127.0.0.1:{free_port()}",
        log_file=log_file,
    )
    environment = {
        "PATH": os.defpath,
        "OTELCOL_GRPC_ENDPOINT": collector.grpc_endpoint,
        "OTELCOL_HTTP_ENDPOINT": collector.http_endpoint,
        "OTELCOL_PROMETHEUS_ENDPOINT": collector.prometheus_endpoint,
        "OTELCOL_HEALTH_ENDPOINT": collector.health_endpoint,
        **settings,
    }
    command = [str(otelcol), f"--config={SHIPPED_CONFIGURATION}"]
    with log_file.open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            _wait_until_healthy(process, collector)
            yield collector
        finally:
            _stop(process)


def _wait_until_healthy(process: subprocess.Popen[bytes], collector: Collector) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while not _is_healthy(collector):
        if process.poll() is not None:
            raise RuntimeError(f"the Collector ended with {process.returncode}:\n{collector.log}")
        if time.monotonic() > give_up_at:
            raise TimeoutError(f"the Collector was not healthy after {SECONDS_TO_START} s:\n{collector.log}")
        time.sleep(0.05)


def _is_healthy(collector: Collector) -> bool:
    try:
        with urlopen(f"http://{collector.health_endpoint}/", timeout=1) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()

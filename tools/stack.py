"""Collector, Prometheus and Alertmanager on this machine without Docker, with the shipped files as they are: `make stack`.

All on loopback, on the ports of docs/collector.md. Data and logs stay in `.stack`. Ctrl-C stops it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from build_collector import CannotBuildError, collector
from find_prometheus import NoPrometheusError, programs

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
STATE: Final = ROOT / ".stack"
HOST: Final = "127.0.0.1"
PROMETHEUS_PORT, ALERTMANAGER_PORT, OTLP_PORT = 9090, 9093, 4317
START_LIMIT_S: Final = 60
STOP_LIMIT_S: Final = 15
ADDRESSES: Final = f"""
  send OTLP to    http://{HOST}:{OTLP_PORT}   opentelemetry-instrument python app.py does
  Prometheus      http://{HOST}:{PROMETHEUS_PORT}   rules and alerts: /rules, /alerts
  Alertmanager    http://{HOST}:{ALERTMANAGER_PORT}
  logs and data   {STATE.name}/

Ctrl-C stops it. Traces go to OTELCOL_BACKEND_ENDPOINT if that is set, else nowhere."""


class StackError(RuntimeError):
    """Why it does not run."""


class Program(NamedTuple):
    """One of the three: its command line, and the port at which it can be reached once it runs."""

    name: str
    command: Sequence[str | Path]
    port: int


def _stack() -> list[Program]:
    found = programs()
    prometheus = [
        found.prometheus,
        f"--config.file={ROOT / 'deploy' / 'prometheus.yml'}",
        f"--storage.tsdb.path={STATE / 'prometheus'}",
        f"--web.listen-address={HOST}:{PROMETHEUS_PORT}",
        "--enable-feature=exemplar-storage",
    ]
    alertmanager = [
        found.alertmanager,
        f"--config.file={ROOT / 'deploy' / 'alertmanager.yml'}",
        f"--storage.path={STATE / 'alertmanager'}",
        f"--web.listen-address={HOST}:{ALERTMANAGER_PORT}",
        "--cluster.listen-address=",
    ]
    configurations = [ROOT / "collector-config.yaml", ROOT / "collector" / "span-metrics.yaml"]
    return [
        Program("collector", [collector(), *(f"--config={file}" for file in configurations)], OTLP_PORT),
        Program("prometheus", prometheus, PROMETHEUS_PORT),
        Program("alertmanager", alertmanager, ALERTMANAGER_PORT),
    ]


def _run(stack: list[Program]) -> None:
    """Start all, wait for one of them to end or for the signal to stop.

    Raises:
        StackError: a port is taken, or a program ended.
    """
    for program in stack:
        if _is_open(program.port):
            raise StackError(f"something listens on {HOST}:{program.port} already, where {program.name} would; stop it")
    with contextlib.ExitStack() as running:
        processes: dict[str, subprocess.Popen[bytes]] = {}
        for program in stack:
            processes[program.name] = _start(program)
            running.callback(_stop, processes[program.name])
        give_up_at = time.monotonic() + START_LIMIT_S
        while not all(_is_open(program.port) for program in stack):
            _check(processes)
            if time.monotonic() > give_up_at:
                raise StackError(f"it did not start in {START_LIMIT_S} s; see the logs in {STATE.name}/")
            time.sleep(0.1)
        print(ADDRESSES, flush=True)
        while True:
            _check(processes)
            time.sleep(1)


def _start(program: Program) -> subprocess.Popen[bytes]:
    backend = "otlp_grpc" if os.environ.get("OTELCOL_BACKEND_ENDPOINT") else "nop"
    environment = {"OTELCOL_TRACES_EXPORTER": backend, "OTELCOL_METRICS_EXPORTER": "nop", **os.environ}
    with (STATE / f"{program.name}.log").open("w") as log:
        return subprocess.Popen(program.command, stdout=log, stderr=log, env=environment, start_new_session=True)


def _check(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            log = (STATE / f"{name}.log").read_text(errors="replace").splitlines()
            last = log[-1] if log else "it said nothing"
            raise StackError(f"{name} ended with {process.returncode}: {last}")


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> int:
    """Run it until Ctrl-C; 1 and a plain reason if it cannot run."""
    signal.signal(signal.SIGTERM, _interrupt)
    STATE.mkdir(exist_ok=True)
    try:
        _run(_stack())
    except KeyboardInterrupt:
        return 0
    except (CannotBuildError, NoPrometheusError, StackError) as error:
        print(f"stack: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

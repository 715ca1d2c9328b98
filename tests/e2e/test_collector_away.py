"""The application when no Collector listens, or when one takes the connection and never answers."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.collector import ROOT
from tests.e2e.processes import free_port
from tests.kit.app import AppResult, run_app
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager

EXPORT_TIMEOUT_S = 2
SIGNALS = 2  # traces, metrics
SLACK_S = 20  # for two starts of an interpreter on a busy machine; an exporter that waits for ever would take 120


class Run(NamedTuple):
    result: AppResult
    duration_s: float


def _run(provider: ProviderServer, launcher: tuple[str, ...] | None, environment: dict[str, str]) -> Run:
    started = time.monotonic()
    example = ROOT / "examples" / "chat.py"
    result = run_app(example, provider=provider, launcher=launcher, environment=environment, timeout_s=120)
    return Run(result, time.monotonic() - started)


@pytest.fixture(scope="module")
def provider() -> Generator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture(scope="module")
def alone(provider: ProviderServer) -> Run:
    """The application by itself: no instrumentation, no telemetry."""
    run = _run(provider, launcher=(), environment={})
    assert 6 == run.result.checked().stdout.count(provider.default.text)
    return run


@contextlib.contextmanager
def _nobody_listens() -> Generator[int]:
    yield free_port()


@contextlib.contextmanager
def _never_answers() -> Generator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        yield port


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
@pytest.mark.parametrize("collector_away", [_nobody_listens, _never_answers], ids=["down", "hanging"])
def test_the_application_does_not_notice(
    provider: ProviderServer, alone: Run, collector_away: Callable[[], AbstractContextManager[int]], protocol: str
) -> None:
    """Same output and exit code as without any telemetry; only its exit is late, by one export timeout a signal."""
    with collector_away() as port:
        environment = {
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_TIMEOUT": str(EXPORT_TIMEOUT_S),
        }
        observed = _run(provider, launcher=None, environment=environment)
    assert (0, alone.result.stdout) == (observed.result.exit_code, observed.result.stdout)
    assert "Failed to export" in observed.result.stderr  # the SDK did try, and says so
    assert observed.duration_s <= alone.duration_s + SIGNALS * EXPORT_TIMEOUT_S + SLACK_S

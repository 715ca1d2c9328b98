"""A real gunicorn, with processes, threads or greenlets, and the real OpenAI SDK."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from otel_genai_impact import semconv
from tests.kit.answers import Answer
from tests.kit.app import app_environment, tool

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

_PATIENCE_S: Final = 60.0
_CALLS: Final = 12
_AT_ONCE: Final = 6
_ENVIRONMENT: Final = {
    "GENAI_IMPACT_METRIC_ATTRIBUTES": "worker",
    # Each process exports when it ends. Without us, too, a child's first export waits for ever where it was forked while
    # its parent exported.
    "OTEL_METRIC_EXPORT_INTERVAL": "600000",
}


class Server(NamedTuple):
    """A gunicorn, and who starts the instrumentation: `opentelemetry-instrument`, or the application."""

    options: tuple[str, ...]
    command: tuple[str, ...] = ("opentelemetry-instrument", "gunicorn")
    application: str = "tests.servers.site"

    @property
    def loads_before_it_forks(self) -> bool:
        return "--preload" in self.options


_SERVERS: Final = [
    pytest.param(Server(("--preload", "--worker-class", "sync")), id="sync"),
    pytest.param(Server(("--preload", "--worker-class", "gthread", "--threads", "4")), id="gthread"),
    pytest.param(Server(("--worker-class", "gevent")), id="gevent"),
    pytest.param(
        Server(("--worker-class", "gevent"), ("gunicorn",), "tests.servers.greenlet_site"), id="gevent-by-itself"
    ),
]


@pytest.mark.parametrize("server", _SERVERS)
def test_each_worker_exports_what_it_counted(provider: ProviderServer, sink: OtlpSink, server: Server) -> None:
    """Reloaded under load, stopped gracefully: each process exports its own, once."""
    provider.answer_to("gpt-4o", Answer(delay_s=0.05))  # so that some are in flight
    environment = app_environment(provider=provider, sink=sink, protocol="http/protobuf", environment=_ENVIRONMENT)
    with _running(server, environment) as (process, url):
        asked = Counter([_answer(url)])
        with ThreadPoolExecutor(_AT_ONCE) as clients:
            asked.update(clients.map(_answer, [url] * _CALLS))
            before = set(asked)
            during = clients.map(_answer, [url] * _CALLS)
            process.send_signal(signal.SIGHUP)
            asked.update(during)
        deadline = time.monotonic() + _PATIENCE_S
        while set(asked) <= before:
            assert deadline > time.monotonic(), "no new worker has answered since the reload"
            asked[_answer(url)] += 1
        process.terminate()
        assert 0 == process.wait(_PATIENCE_S)
    asked.update({str(process.pid)} if server.loads_before_it_forks else _workers(sink))  # while it was loaded
    assert asked == Counter({process: int(sink.sum_of(semconv.REQUESTS, worker=process)) for process in _workers(sink)})
    assert asked.total() == len(provider.requests) == len(sink.spans)


def _workers(sink: OtlpSink) -> set[str]:
    return {str(point.attributes["worker"]) for point in sink.points_of(semconv.REQUESTS)}


@contextmanager
def _running(server: Server, environment: dict[str, str]) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """The server and where it listens. Its port is taken before it starts, and handed on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = [
            *map(tool, server.command), "--workers", "2", *server.options,
            *("--bind", f"fd://{listening.fileno()}", "--graceful-timeout", "20", "--chdir", str(Path.cwd())),
            *("--no-control-socket", server.application),
        ]  # fmt: skip
        process = subprocess.Popen(command, env=environment, pass_fds=[listening.fileno()])
        try:
            yield process, f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PATIENCE_S)
                process.kill()


def _answer(url: str) -> str:
    with urllib.request.urlopen(url, timeout=_PATIENCE_S) as response:
        return response.read().decode()

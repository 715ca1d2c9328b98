"""Applications run in a clean process, instrumented or not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.kit.app import run_app

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

_SPAN_AND_ENVIRONMENT = """
import os, sys
from opentelemetry import trace
with trace.get_tracer("app").start_as_current_span("work"):
    print(sys.argv[1], os.environ["CHOSEN"], os.environ["OPENAI_BASE_URL"], "SECRET" in os.environ)
sys.exit(3)
"""


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_an_app_is_instrumented_and_reports_to_the_sink(
    provider: ProviderServer, sink: OtlpSink, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    """Its span is in the sink when it has ended; it sees the given environment only, and its exit code is told."""
    monkeypatch.setenv("SECRET", "of the developer")
    result = run_app(
        _SPAN_AND_ENVIRONMENT,
        "argument",
        provider=provider,
        sink=sink,
        protocol=protocol,
        environment={"CHOSEN": "value", "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "*"},
    )
    assert (f"argument value {provider.url}/v1 False\n", 3) == (result.stdout, result.exit_code)
    (span,) = sink.spans_by_name("work")
    assert "app-under-test" == span.resource["service.name"]


def test_an_app_can_run_bare(sink: OtlpSink) -> None:
    """Without a launcher there is no instrumentation, and a failure is an assertion error with its output."""
    result = run_app("raise SystemExit('it failed')", sink=sink, launcher=())
    assert ([], 1) == (sink.spans, result.exit_code)
    with pytest.raises(AssertionError, match="it failed"):
        result.checked()


def test_an_app_that_hangs_is_killed() -> None:
    """The time limit holds."""
    with pytest.raises(subprocess.TimeoutExpired):
        run_app("import time; time.sleep(60)", launcher=(), timeout_s=0.5)

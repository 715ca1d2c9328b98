"""Runs an application as its users do: in a process of its own, under `opentelemetry-instrument`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

# What a process needs to run at all; everything else of the developer's environment could change what a test sees.
_INHERITED: Final = ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppResult:
    """How an application ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str

    def checked(self) -> AppResult:
        """Itself, if the application succeeded.

        Raises:
            AssertionError: it did not.
        """
        assert self.exit_code == 0, f"exit code {self.exit_code}\n{self.stdout}\n{self.stderr}"
        return self


def run_app(
    app: str | Path,
    *arguments: str,
    provider: ProviderServer | None = None,
    sink: OtlpSink | None = None,
    protocol: str = "grpc",
    environment: Mapping[str, str] | None = None,
    launcher: Sequence[str] | None = None,
    timeout_s: float = 140.0,  # LiteLLM alone takes ten seconds to import, on a machine that does nothing else
) -> AppResult:
    """Runs a Python file, or a snippet of Python, to its end.

    Args:
        app: a file, or source text.
        arguments: what the application gets as arguments.
        provider: the server that the SDKs talk to.
        sink: where telemetry goes; None: all exporters are off.
        protocol: of OTLP, `grpc` or `http/protobuf`.
        environment: more variables; they win over the ones made here.
        launcher: what comes before `python`; None: `opentelemetry-instrument`; `()`: nothing, so no instrumentation.
        timeout_s: the application is killed after that.

    Raises:
        subprocess.TimeoutExpired: it did not end in time.
    """
    source = [str(app)] if isinstance(app, Path) else ["-c", app]
    before = (tool("opentelemetry-instrument"),) if launcher is None else launcher
    completed = subprocess.run(
        [*before, sys.executable, *source, *arguments],
        env=app_environment(provider=provider, sink=sink, protocol=protocol, environment=environment),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    return AppResult(exit_code=completed.returncode, stdout=completed.stdout, stderr=completed.stderr)


def tool(name: str) -> str:
    """Path of a command of this interpreter's environment."""
    return str(Path(sys.executable).parent / name)


def app_environment(
    *,
    provider: ProviderServer | None = None,
    sink: OtlpSink | None = None,
    protocol: str = "grpc",
    environment: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """All variables that an application under test sees."""
    variables = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    if provider is not None:
        variables |= {
            "OPENAI_BASE_URL": f"{provider.url}/v1",
            "OPENAI_API_KEY": "not-a-key",
            "ANTHROPIC_BASE_URL": provider.url,
            "ANTHROPIC_API_KEY": "not-a-key",
            "GROQ_BASE_URL": provider.url,
            "GROQ_API_KEY": "not-a-key",
            "OLLAMA_HOST": f"{provider.url}/ollama",
            "PROVIDER_URL": provider.url,  # for SDKs that read none
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it asks the network for it when it is imported
        }
    variables |= _exporters(sink, protocol)
    return variables | dict(environment or {})


def _exporters(sink: OtlpSink | None, protocol: str) -> dict[str, str]:
    signals = ("TRACES", "METRICS", "LOGS")
    if sink is None:
        return {f"OTEL_{signal}_EXPORTER": "none" for signal in signals}
    exporters = {f"OTEL_{signal}_EXPORTER": "otlp" for signal in signals[:2]} | {"OTEL_LOGS_EXPORTER": "none"}
    return exporters | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": sink.grpc_endpoint if protocol == "grpc" else sink.http_endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_TIMEOUT": "5",
        "OTEL_SERVICE_NAME": "app-under-test",
    }

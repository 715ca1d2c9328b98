"""`genai-impact run`: the short way to the summary."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final

from otel_genai_impact._plugin import RUN_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DEFAULTS: Final = {
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "GENAI_IMPACT_SUMMARY": "true",
    RUN_VARIABLE: "1",
}
FOLDER_FOR_DDTRACE: Final = Path(__file__).parents[1] / "adapters" / "ddtrace_run"
_DDTRACE_RUN: Final = "ddtrace-run"
_USAGE_ERROR: Final = 2
_CANNOT_START: Final = 126
_NOT_FOUND: Final = 127


def run(program: Sequence[str]) -> int:
    """Become the program, with auto-instrumentation. Returns only if that cannot be done."""
    command = [*program[1:]] if program[:1] == ["--"] else [*program]
    if not command:
        print("genai-impact run: which program? For example: genai-impact run python app.py", file=sys.stderr)
        return _USAGE_ERROR
    if command[0].endswith(".py"):
        command = [sys.executable, *command]
    executable = which(command[0])
    if executable is None:
        print(f"genai-impact run: there is no program {command[0]!r}", file=sys.stderr)
        return _NOT_FOUND
    of_datadog = Path(executable).stem == _DDTRACE_RUN
    environment = (with_ddtrace if of_datadog else with_auto_instrumentation)(os.environ)
    if os.name == "nt":  # there, exec does not pass the exit code on
        return subprocess.call([executable, *command[1:]], env=environment)  # noqa: S603
    sys.stdout.flush()
    try:
        return os.execve(executable, command, environment)  # noqa: S606
    except OSError as error:
        print(f"genai-impact run: {command[0]!r} cannot be started: {error.strerror}", file=sys.stderr)
        return _CANNOT_START


def with_auto_instrumentation(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Python starts with OpenTelemetry's auto-instrumentation; what is set already stays."""
    return {**_DEFAULTS, **environ, "PYTHONPATH": path_with_auto_instrumentation(environ)}


def with_ddtrace(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which `ddtrace-run` loads our filter. OpenTelemetry's variables are ddtrace's, too, and stay."""
    path = os.pathsep.join([str(FOLDER_FOR_DDTRACE), *filter(None, [environ.get("PYTHONPATH")])])
    return {"GENAI_IMPACT_SUMMARY": "true", **environ, "PYTHONPATH": path}


def path_with_auto_instrumentation(environ: Mapping[str, str]) -> str:
    """The `PYTHONPATH` that `opentelemetry-instrument` gives to a program."""
    spec = find_spec("opentelemetry.instrumentation.auto_instrumentation")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("opentelemetry-instrumentation is not installed")
    folder = str(Path(spec.origin).parent)
    others = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry not in {"", folder}]
    # The program's own folder counts as well, as under `opentelemetry-instrument`.
    here = str(Path.cwd())
    return os.pathsep.join([folder, *([] if here in others else [here]), *others])

"""`genai-impact run`: becomes the program, with auto-instrumentation, and changes nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from otel_genai_impact.cli import main
from otel_genai_impact.cli.run import with_auto_instrumentation, with_ddtrace

if TYPE_CHECKING:
    import pytest


def _auto_instrumentation() -> str:
    spec = find_spec("opentelemetry.instrumentation.auto_instrumentation")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent)


def _run(*command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "otel_genai_impact.cli", "run", *command],
        cwd=folder,
        env={**os.environ, "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "*"},  # what they do is tested elsewhere, and slow
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_nothing_is_exported_unless_the_user_says_so() -> None:
    """Exporters are `none` and the summary is on; what is set already stays."""
    fresh = with_auto_instrumentation({})
    assert {fresh[f"OTEL_{signal_name}_EXPORTER"] for signal_name in ("TRACES", "METRICS", "LOGS")} == {"none"}
    assert fresh["GENAI_IMPACT_SUMMARY"] == "true"
    chosen = {"OTEL_TRACES_EXPORTER": "otlp", "GENAI_IMPACT_SUMMARY": "false", "HOME": "/nowhere"}
    assert chosen.items() <= with_auto_instrumentation(chosen).items()


def test_auto_instrumentation_comes_first_then_the_programs_own_folder() -> None:
    """As under `opentelemetry-instrument`; what was on the path stays on it, once."""
    here = str(Path.cwd())
    assert [_auto_instrumentation(), here] == with_auto_instrumentation({})["PYTHONPATH"].split(os.pathsep)
    path = os.pathsep.join(["/lib/one", _auto_instrumentation(), "", here])
    expected = [_auto_instrumentation(), "/lib/one", here]
    assert expected == with_auto_instrumentation({"PYTHONPATH": path})["PYTHONPATH"].split(os.pathsep)


def test_output_and_exit_code_are_the_programs_own() -> None:
    """It exits 7, so do we; a program without a GenAI request gets no summary."""
    done = _run(sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)")
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")


def test_a_signal_ends_it_as_it_ends_the_program() -> None:
    """The parent sees that the program was terminated, not an exit code of ours."""
    done = _run(sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert done.returncode == -signal.SIGTERM


def test_a_script_and_its_options_are_passed_on(tmp_path: Path) -> None:
    """`genai-impact run app.py --flag` works without `python`, and so does a leading `--`."""
    (tmp_path / "app.py").write_text("import sys; print(sys.argv[1:])", encoding="utf-8")
    done = _run("app.py", "--output-tokens", "-h", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "['--output-tokens', '-h']\n")
    done = _run("--", "app.py", "--flag", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "['--flag']\n")


def test_no_program_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and an example."""
    assert main(["run"]) == 2
    assert "genai-impact run python app.py" in capsys.readouterr().err
    assert main(["run", "--"]) == 2


def test_a_program_that_is_not_there_is_exit_code_127(capsys: pytest.CaptureFixture[str]) -> None:
    """As in a shell, with its name."""
    assert main(["run", "no-such-program-anywhere"]) == 127
    assert capsys.readouterr().err == "genai-impact run: there is no program 'no-such-program-anywhere'\n"


def test_a_program_that_cannot_be_started_is_exit_code_126(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As in a shell: it is there, but it is no program."""
    path = tmp_path / "program"
    path.write_bytes(b"\x7fnot a program")
    path.chmod(0o755)
    assert main(["run", str(path)]) == 126
    assert capfd.readouterr().err.startswith(f"genai-impact run: {str(path)!r} cannot be started: ")


def test_ddtrace_is_started_with_our_filter_instead() -> None:
    """The summary is on, a path that is set stays, and no exporter is switched off: ddtrace takes that for itself."""
    environment = with_ddtrace({"PYTHONPATH": "/somewhere"})
    ours, theirs = environment.pop("PYTHONPATH").split(os.pathsep)
    assert ("/somewhere", {"GENAI_IMPACT_SUMMARY": "true"}) == (theirs, environment)
    assert (Path(ours) / "sitecustomize.py").is_file()
    assert "false" == with_ddtrace({"GENAI_IMPACT_SUMMARY": "false"})["GENAI_IMPACT_SUMMARY"]


def test_our_sitecustomize_does_nothing_without_ddtrace(tmp_path: Path) -> None:
    """A Python that ddtrace is not in imports nothing of ours, and the application's own `sitecustomize` still runs."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.from_theirs = True")
    code = "import sys; print(sys.from_theirs, 'opentelemetry' in sys.modules, sys.modules['sitecustomize'].__file__)"
    path = f"{with_ddtrace({})['PYTHONPATH']}{os.pathsep}{tmp_path}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (f"True False {tmp_path / 'sitecustomize.py'}\n", "") == (done.stdout, done.stderr)

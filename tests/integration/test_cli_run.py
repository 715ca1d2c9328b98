"""`genai-impact run`: the summary without a backend, and an application that notices nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.kit.answers import Answer
from tests.kit.app import app_environment, run_app, tool

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.provider_server import ProviderServer

_RUN = (tool("genai-impact"), "run")
_CHAT = """
from openai import OpenAI
answer = OpenAI().chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}])
print(answer.choices[0].message.content)
"""
_WITHOUT_DISTRIBUTION = {"OTEL_PYTHON_DISTRO": "none", "OTEL_PYTHON_CONFIGURATOR": "none"}


@pytest.mark.parametrize("variables", [{}, _WITHOUT_DISTRIBUTION])
def test_the_summary_of_a_real_call(provider: ProviderServer, variables: dict[str, str]) -> None:
    """The real SDK's call is in the table, also where no distribution makes a tracer provider; the answer is untouched."""
    provider.default = Answer(text="Good day.", model="gpt-4o", input_tokens=12, output_tokens=345)
    result = run_app(_CHAT, provider=provider, launcher=_RUN, environment=variables).checked()
    assert result.stdout == "Good day.\n"
    (row,) = [line.split() for line in result.stderr.splitlines() if line.startswith("openai")]
    assert row[:5] == ["openai", "gpt-4o", "1", "12", "345"]
    assert "Modelled, not measured" in result.stderr


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_print_a_table_of_their_own(provider: ProviderServer, tmp_path: Path, method: str) -> None:
    """Worker processes end without atexit; each of them prints what it did."""
    app = tmp_path / "app.py"
    app.write_text(
        "import multiprocessing\n"
        "def ask(_):\n    " + _CHAT.strip().replace("\n", "\n    ") + "\n"
        "if __name__ == '__main__':\n"
        f"    context = multiprocessing.get_context({method!r})\n"
        "    pool = context.Pool(1)\n    pool.map(ask, range(2))\n    pool.close()\n    pool.join()\n"
    )
    result = run_app(app, provider=provider, launcher=_RUN).checked()
    rows = [line.split()[:3] for line in result.stderr.splitlines() if line.startswith("openai")]
    assert rows == [["openai", "gpt-4o", "2"]]


def test_the_summary_says_why_it_is_empty() -> None:
    """Who asks for a summary in plain Python, with no tracer provider set up, learns what is missing."""
    code = "import otel_genai_impact; otel_genai_impact.instrument(summary=True)"
    result = run_app(code, launcher=())
    assert result.exit_code == 0
    assert "no tracer provider of OpenTelemetry is set up" in result.stderr


def test_nothing_to_tell() -> None:
    """A program without requests prints what it prints, and no table."""
    result = run_app("print('quiet')", launcher=_RUN)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "quiet\n", "")


def test_the_exit_code_is_the_programs() -> None:
    """Whatever it is."""
    assert run_app("raise SystemExit(42)", launcher=_RUN).exit_code == 42


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_signals_reach_the_program() -> None:
    """A signal to `genai-impact run` is one to the program: its own handler runs, and its exit code counts."""
    program = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(9)); print('up', flush=True); "
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [*_RUN, sys.executable, "-c", program], env=app_environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        assert process.wait(timeout=30) == 9
        assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        ((), 2, "genai-impact run: which program? For example: genai-impact run python app.py\n"),
        (("no-such-program",), 127, "genai-impact run: there is no program 'no-such-program'\n"),
    ],
)
def test_what_cannot_be_run(arguments: tuple[str, ...], exit_code: int, message: str) -> None:
    """It says what is wrong, with the exit code that shells use."""
    result = subprocess.run(
        [*_RUN, *arguments], env=app_environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (exit_code, message)

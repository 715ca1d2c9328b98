"""A real model, a real application, and what each of its calls costs: `make demo`.

Starts a small language model on this machine's CPU, runs examples/chat.py under `opentelemetry-instrument`, receives the
spans that it exports and shows their figures. Everything stays on loopback. Exit code 0 means that every call was
answered and estimated.
"""

from __future__ import annotations

import argparse
import codecs
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from demo_report import digits, impact_table, meaning, next_steps, row_of_estimate, row_of_span, span_lines, total
from local_model import MODEL_NAME, LocalModelError, running_model, weights_path
from span_sink import receiving_spans

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from demo_report import Row
    from span_sink import ReceivedSpan

ROOT: Final = Path(__file__).resolve().parent.parent
STATE: Final = ROOT / ".demo"
APP: Final = ROOT / "examples" / "chat.py"
HEADING: Final = "## "  # the example app starts each call with such a line: "## name: question"
LARGE_PROVIDER, LARGE_MODEL = "openai", "gpt-4o"
EXIT_STOPPED: Final = 130

_NOT_PASSED_ON: Final = ("OTEL_", "GENAI_IMPACT_", "OPENAI_", "ANTHROPIC_")
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy")


class DemoError(Exception):
    """Why the demo did not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the application printed: the answer under each of its headings, and what it said on standard error."""

    by_call: tuple[tuple[str, str], ...]
    error_output: str


def main() -> int:
    """Runs the demo and says in one line why if it fails."""
    parser = argparse.ArgumentParser(description="Shows what the calls of an example application cost.")
    parser.add_argument("--app", type=Path, default=APP, help="another application that prints '## name: question'")
    arguments = parser.parse_args()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="replace")  # an answer may hold what this terminal cannot show
    try:
        _demo(arguments.app)
    except KeyboardInterrupt:
        print("\ndemo: stopped", file=sys.stderr)
        return EXIT_STOPPED
    except (DemoError, LocalModelError, FileNotFoundError) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    return 0


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _demo(app: Path) -> None:
    commands = {name: _script(name) for name in ("opentelemetry-instrument", "genai-impact")}
    weights_path()
    STATE.mkdir(exist_ok=True)
    _say("Starting SmolLM2, a small language model, on this machine's CPU ...", end=" ")
    started = time.monotonic()
    with running_model(STATE / "local-model.log") as model_url, receiving_spans() as sink:
        print(f"it answers after {time.monotonic() - started:.1f} s. Nothing leaves this machine.")
        print(f"$ opentelemetry-instrument python {os.path.relpath(app)}      (the app has no line about telemetry)\n")
        environment = _environment(model_url, sink.endpoint)
        answers = _run([commands["opentelemetry-instrument"], sys.executable, str(app)], environment)
    calls = _calls(answers, sink.spans)
    rows = [row_of_span(name, span) for (name, _), span in zip(answers.by_call, calls, strict=True)]
    _report(rows, answers, calls, _large_model(commands["genai-impact"], rows))


def _script(name: str) -> str:
    path = shutil.which(name, path=sysconfig.get_path("scripts"))
    if path is None:
        raise DemoError(f"{name} is not installed beside {sys.executable}; try: make demo")
    return path


def _environment(model_url: str, traces_endpoint: str) -> dict[str, str]:
    """The application's environment: the user's, without what would lead elsewhere, and the way to the model."""
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(_NOT_PASSED_ON) and key.lower() not in _PROXIES
    }
    return inherited | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8",
        "HF_HUB_OFFLINE": "1",
        "OPENAI_BASE_URL": f"{model_url}/v1",
        "OPENAI_API_KEY": "any",
        "ANTHROPIC_BASE_URL": model_url,
        "ANTHROPIC_API_KEY": "any",
        "CHAT_MODEL": MODEL_NAME,
        "OTEL_SERVICE_NAME": "chat",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": traces_endpoint,
        "GENAI_IMPACT_SUMMARY": "1",
    }


def _run(command: Sequence[str], environment: Mapping[str, str]) -> Answers:
    """Runs the application, shows its output as it comes, and keeps it."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    output = ""
    with (
        tempfile.TemporaryFile() as error_output,
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=error_output, bufsize=0, start_new_session=True
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            while chunk := process.stdout.read(4096):
                text = decoder.decode(chunk)
                output += text
                _say(text, end="")
        finally:
            if process.poll() is None:
                process.terminate()
        error_output.seek(0)
        errors = error_output.read().decode("utf-8", "replace").strip("\n")
    if process.returncode != 0:
        raise DemoError(f"the application ended with exit code {process.returncode}:\n{errors}")
    return Answers(by_call=_answers(output), error_output=errors)


def _answers(output: str) -> tuple[tuple[str, str], ...]:
    parts = f"\n{output}".split(f"\n{HEADING}")[1:]
    headings_and_answers = (part.partition("\n") for part in parts)
    return tuple((heading.partition(":")[0], answer.strip()) for heading, _, answer in headings_and_answers)


def _calls(answers: Answers, spans: Sequence[ReceivedSpan]) -> list[ReceivedSpan]:
    """The span of each call, in the order of the calls. An SDK's own second span of the same call is left out.

    Raises:
        DemoError: a call was not answered, or has no span, or no estimate.
    """
    if not answers.by_call:
        raise DemoError(f"the application printed no line that starts with '{HEADING}', so it made no call")
    unanswered = [name for name, answer in answers.by_call if not answer]
    if unanswered:
        raise DemoError(f"not answered: {', '.join(unanswered)}")
    genai_spans = [span for span in spans if semconv.GEN_AI_OPERATION_NAME in span.attributes]
    calls = [span for span in genai_spans if span.attributes.get(semconv.NOT_ESTIMATED) != semconv.DUPLICATE]
    for span in calls:
        if semconv.ENERGY not in span.attributes:
            reason = span.attributes.get(semconv.NOT_ESTIMATED, "nothing of ours is on its span")
            raise DemoError(f"'{span.name}' was not estimated: {reason}\n{answers.error_output}".rstrip())
    if len(calls) != len(answers.by_call):
        raise DemoError(f"{len(answers.by_call)} calls were answered, but {len(calls)} spans of calls arrived")
    if not answers.error_output:
        raise DemoError("the application printed no summary at its exit")
    return sorted(calls, key=lambda span: span.start_ns)


def _large_model(command: str, rows: Sequence[Row]) -> Row:
    """What as many tokens cost from a large hosted model."""
    tokens = total(rows, "").output_tokens
    arguments = ["estimate", LARGE_PROVIDER, LARGE_MODEL, "--output-tokens", str(tokens), "--json"]
    result = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise DemoError(f"genai-impact {' '.join(arguments)} ended with {result.returncode}: {result.stderr.strip()}")
    return row_of_estimate(f"{LARGE_MODEL}, hosted", tokens, json.loads(result.stdout))


def _report(rows: Sequence[Row], answers: Answers, calls: Sequence[ReceivedSpan], large: Row) -> None:
    _section("What each call cost: estimate (low to high)")
    _lines(impact_table(rows, heading="call"))
    _section("The summary that the app printed at its exit, because GENAI_IMPACT_SUMMARY=1")
    print(answers.error_output)
    _section(f"What stands on the span of the last call, '{answers.by_call[-1][0]}', and goes to your backend")
    _lines(span_lines(calls[-1]))
    _section("What these figures are for")
    _lines(meaning(str(calls[-1].attributes[semconv.METHOD])))
    small = total(rows, "this demo's model")
    _lines(impact_table([small, large], heading="the same tokens"))
    times = large.energy_j.estimate / small.energy_j.estimate
    print(f"  For as many tokens the large model takes about {digits(times, 2)} times the energy.")
    _section("Next")
    _lines(next_steps(ROOT))


def _section(title: str) -> None:
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")
    print(f"\n{bold}{title}{plain}")


def _lines(lines: Sequence[str]) -> None:
    for line in lines:
        print(f"  {line}")


def _say(text: str, *, end: str) -> None:
    print(text, end=end, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

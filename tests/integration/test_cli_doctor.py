"""`genai-impact doctor` in this real environment: what it says is what an application gets."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest

from otel_genai_impact.cli.doctor.coverage import State
from otel_genai_impact.cli.doctor.sdks import SDKS
from tests.kit.app import app_environment, tool
from tests.kit.metadata import install

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink

_DOCTOR: Final = (tool("genai-impact"), "doctor")
_DOCUMENT: Final = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text(encoding="utf-8")
# In an environment with one SDK alone, the others are not installed; this one always comes with the tests.
_SDK: Final = "openai"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    exit_code: int
    document: dict[str, Any]
    stderr: str

    @property
    def problems(self) -> dict[str, str]:
        return {problem["about"]: problem["text"] for problem in self.document["problems"]}

    def sdk(self, name: str) -> dict[str, Any]:
        return next(sdk for sdk in self.document["sdks"] if sdk["name"] == name)


def _said(
    *before: str,
    options: tuple[str, ...] = (),
    sink: OtlpSink | None = None,
    environment: dict[str, str] | None = None,
) -> _Said:
    done = subprocess.run(
        [*before, *_DOCTOR, "--json", *options],
        env=app_environment(sink=sink, environment=environment),
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    return _Said(exit_code=done.returncode, document=json.loads(done.stdout), stderr=done.stderr)


@pytest.mark.parametrize("launcher", ["", "opentelemetry-instrument"])
def test_all_is_well(sink: OtlpSink, launcher: str) -> None:
    """Plain and under `opentelemetry-instrument`: exit code 0, what is exported where; and nothing is sent there."""
    before = (tool(launcher),) if launcher else ()
    environment = {
        "GENAI_IMPACT_ZONE": "FRA", "OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1",
    }  # fmt: skip
    said = _said(*before, options=("--check-endpoint",), sink=sink, environment=environment)
    assert (0, {}, "") == (said.exit_code, said.problems, said.stderr)
    assert (launcher or None) == said.document["started_by"]
    opentelemetry = said.document["opentelemetry"]
    assert "opentelemetry.sdk.trace.TracerProvider" == opentelemetry["tracer_provider"]
    assert ("TraceIdRatioBased{0.1}", True) == (opentelemetry["sampler"], opentelemetry["counts_unsampled"])
    place = sink.grpc_endpoint.removeprefix("http://")
    batch, ours = opentelemetry["span_processors"]
    assert (place, True) == (batch["endpoint"], batch["answers"])
    assert "otel_genai_impact.telemetry.processor.ImpactSpanProcessor" == ours["name"]
    (reader,) = opentelemetry["metric_readers"]
    assert (place, True) == (reader["endpoint"], reader["answers"])
    assert {"zone": {"value": "FRA", "source": "GENAI_IMPACT_ZONE"}} == said.document["settings"]
    assert "counted" == said.sdk(_SDK)["requests"]
    assert [] == sink.exports


def test_without_a_distribution() -> None:
    """Nobody makes a tracer provider: a problem, but not under `genai-impact run`, which makes one."""
    nobody = {"OTEL_PYTHON_DISTRO": "none", "OTEL_PYTHON_CONFIGURATOR": "none"}
    said = _said(environment=nobody)
    assert (1, None) == (said.exit_code, said.document["opentelemetry"]["tracer_provider"])
    assert "there are no spans" in said.problems["tracer provider"]
    said = _said(tool("genai-impact"), "run", environment=nobody)
    assert (0, {}, "genai-impact run") == (said.exit_code, said.problems, said.document["started_by"])


def test_a_broken_environment(tmp_path: Path) -> None:
    """Settings that cannot be used, an SDK without an instrumentation, one that is switched off: each is a problem."""
    install(tmp_path, "replicate", "1.0.7")
    said = _said(
        environment={
            "PYTHONPATH": str(tmp_path),
            "GENAI_IMPACT_DETAIL": "loud",
            "GENAI_IMPACT_COLOUR": "green",
            "GENAI_IMPACT_ZONE": "XXX",
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": _SDK,
        }
    )
    assert 1 == said.exit_code
    settings = sorted(problem["text"] for problem in said.document["problems"] if problem["about"] == "settings")
    assert ["GENAI_IMPACT_DETAIL: 'loud'", "there is no setting", "zone (GENAI_IMPACT_ZONE): 'XXX'"] == [
        next(start for start in (
            "GENAI_IMPACT_DETAIL: 'loud'", "there is no setting", "zone (GENAI_IMPACT_ZONE): 'XXX'",
        ) if text.startswith(start))
        for text in settings
    ]  # fmt: skip
    assert {"settings", "replicate", _SDK} == said.problems.keys()
    assert "nothing instruments it" in said.problems["replicate"]
    assert f"switches {_SDK} off" in said.problems[_SDK]


def test_a_start_that_fails() -> None:
    """An exporter that does not exist ends OpenTelemetry's start: its own message is told, as the one reason."""
    said = _said(environment={"OTEL_TRACES_EXPORTER": "otlpp"})
    assert (1, ["start"]) == (said.exit_code, [*said.problems])
    assert "Requested component 'otlpp' not found" in said.problems["start"]


def test_nobody_answers(sink: OtlpSink) -> None:
    """The endpoint that is configured, where nobody listens any more."""
    sink.__exit__(None, None, None)
    said = _said(options=("--check-endpoint",), sink=sink)
    assert (1, [sink.grpc_endpoint.removeprefix("http://")]) == (said.exit_code, [*said.problems])


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What it prints for people, where one SDK is not instrumented and a setting is not the default."""
    folder = tmp_path_factory.mktemp("packages")
    install(folder, "replicate", "1.0.7")
    environment = {"PYTHONPATH": str(folder), "GENAI_IMPACT_ZONE": "FRA"}
    for signal in ("TRACES", "METRICS", "LOGS"):
        environment[f"OTEL_{signal}_EXPORTER"] = "otlp"
    done = subprocess.run(
        _DOCTOR, env=app_environment(environment=environment), capture_output=True, text=True, timeout=200, check=False
    )
    assert (1, "") == (done.returncode, done.stderr)
    return done.stdout


def test_the_text(text: str) -> None:
    """An aligned table, the settings that are not the defaults, and each problem with what to do."""
    lines = text.splitlines()
    assert {line.index("counted") - 4 * ("not counted" in line) for line in lines if " counted " in line} == {
        next(line.index("requests") for line in lines if line.startswith("SDK "))
    }
    at = lines.index("  replicate: Its requests are not counted: nothing instruments it.")
    assert lines[at + 1].startswith("    -> Install an instrumentation")
    assert "  zone  FRA  GENAI_IMPACT_ZONE" in lines
    assert "No problem found." not in lines


def _without_numbers(line: str) -> str:
    """Versions differ, and with them the widths of columns; where Python is, too."""
    return " ".join(re.sub(r"\d[\w.]*", "N", re.sub(r"(?<=^otel).* in \S+$", "", line)).split())


def test_the_document_shows_the_real_text(text: str) -> None:
    """Line by line, for the SDKs that it shows."""
    found = re.search(r"```console\n\$ (.*?)\n(.*?)```", _DOCUMENT, re.DOTALL)
    assert found is not None
    assert "GENAI_IMPACT_ZONE=FRA genai-impact doctor" == found[1]
    shown = [_without_numbers(line) for line in found[2].splitlines()]
    others = {_without_numbers(sdk.distribution) for sdk in SDKS} - {line.partition(" ")[0] for line in shown}
    real = [_without_numbers(line) for line in text.splitlines()]
    assert shown == [line for line in real if line.partition(" ")[0] not in others]
    assert len(shown) > 20


def test_the_document_explains_every_word_of_the_table() -> None:
    """Every state of an instrumentation, and what may stand for an SDK's requests."""
    words = [*get_args(State), "counted", "not counted", "through its SDKs"]
    assert [] == [word for word in words if f"`{word}`" not in _DOCUMENT]

"""Declarative configuration: the options under `genai_impact` are settings, which the environment overrides."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.kit.app import app_environment, run_app, tool

if TYPE_CHECKING:
    from pathlib import Path

_FILE = """
file_format: "1.0"
tracer_provider:
  processors:
    - simple:
        exporter:
          console:
instrumentation/development:
  python:
    genai_impact:
      zone: FRA
      detail: minimal
      colour: green
"""
_APP = """
from opentelemetry import trace
attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
              "gen_ai.usage.output_tokens": 100}
trace.get_tracer("app").start_span("chat gpt-4o", attributes=attributes).end()
"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["energy", "gwp", "method"]),
        ({"GENAI_IMPACT_DETAIL": "standard"}, ["energy", "energy_low", "zone"]),
    ],
)
def test_options_reach_the_processor(tmp_path: Path, variables: dict[str, str], expected: list[str]) -> None:
    """The file's options hold, unless a variable says otherwise; an unknown one is one line in the log."""
    file = tmp_path / "otel.yaml"
    file.write_text(_FILE)
    result = run_app(_APP, environment={"OTEL_CONFIG_FILE": str(file), **variables}).checked()
    for name in expected:
        assert f'"genai_impact.{name}":' in result.stdout
    assert ('"genai_impact.zone": "FRA"' in result.stdout) == bool(variables)
    assert result.stderr.count("there is no setting 'colour'") == 1


def test_the_doctor_tells_of_the_file(tmp_path: Path) -> None:
    """What it configures, its options with their source, and the one that does not exist."""
    file = tmp_path / "otel.yaml"
    file.write_text(_FILE)
    environment = {"OTEL_CONFIG_FILE": str(file), "GENAI_IMPACT_ZONE": "DEU"}
    done = subprocess.run(
        [tool("genai-impact"), "doctor", "--json"],
        env=app_environment(environment=environment), capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert {
        "zone": {"value": "DEU", "source": "GENAI_IMPACT_ZONE"},
        "detail": {"value": "minimal", "source": "declarative configuration, detail"},
    } == document["settings"]
    exporters = [one["exporter"] for one in document["opentelemetry"]["span_processors"]]
    assert ["opentelemetry.sdk.trace.export.ConsoleSpanExporter", None] == exporters
    (problem,) = document["problems"]
    assert (1, True) == (done.returncode, problem["text"].startswith("there is no setting 'colour'"))

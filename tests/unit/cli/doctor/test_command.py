"""The command line of the doctor, without the process that it starts."""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.cli.doctor import process
from otel_genai_impact.cli.doctor.process import Exporting, Seen
from tests.kit.metadata import install

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class _Process:
    """Stands for the process that is looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen = Seen(provider="sdk", provider_name="sdk.TracerProvider", sampler="AlwaysOnSampler", ours=True)
        self.environ: Mapping[str, str] = {}
        monkeypatch.setattr(process, "ask", self._ask)

    def _ask(self, environ: Mapping[str, str]) -> Seen:
        self.environ = environ
        return self.seen


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> _Process:
    """What was asked, and what it answers."""
    return _Process(monkeypatch)


def _problems(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    exit_code = main(["doctor", "--json", *arguments])
    return exit_code, [problem["about"] for problem in json.loads(capsys.readouterr().out)["problems"]]


def test_an_sdk_that_does_not_exist_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2: a misspelled name would hide nothing."""
    assert main(["doctor", "--ignore", "replcate"]) == 2
    assert capsys.readouterr().err == "genai-impact doctor: there is no SDK replcate\n"


@pytest.mark.usefixtures("asked")
def test_a_problem_is_exit_code_1_unless_it_is_ignored(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An SDK that nobody instruments, spelled as the user likes."""
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    install(tmp_path, "voyageai", "0.5.0")
    exit_code, problems = _problems(capsys)
    assert (1, True) == (exit_code, "voyageai" in problems)
    assert "voyageai" not in _problems(capsys, "--ignore", "VoyageAI")[1]


def test_the_process_is_one_that_opentelemetry_instrument_starts(
    asked: _Process, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its environment, in which only the path differs: no exporter is switched off as by `genai-impact run`."""
    monkeypatch.delenv("OTEL_TRACES_EXPORTER", raising=False)
    monkeypatch.setenv("GENAI_IMPACT_ZONE", "FRA")
    assert main(["doctor", "--json"]) in {0, 1}
    assert json.loads(capsys.readouterr().out)["started_by"] is None
    assert asked.environ["PYTHONPATH"].partition(os.pathsep)[0].endswith("auto_instrumentation")
    assert "FRA" == asked.environ["GENAI_IMPACT_ZONE"]
    assert "OTEL_TRACES_EXPORTER" not in asked.environ


def test_an_endpoint_is_only_tried_if_asked(asked: _Process, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether somebody listens, for each endpoint once; nothing is sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        one = Exporting(name="Batch", exporter="OTLP", endpoint=place)
        asked.seen = Seen(provider="sdk", sampler="AlwaysOnSampler", ours=True, span_processors=(one, one))
        server.settimeout(0.1)
        _problems(capsys)
        with pytest.raises(TimeoutError):
            server.accept()
        assert place not in _problems(capsys, "--check-endpoint")[1]
        connection, _ = server.accept()
        assert b"" == connection.recv(1)
        connection.close()
        with pytest.raises(TimeoutError):
            server.accept()
    assert (1, True) == ((found := _problems(capsys, "--check-endpoint"))[0], place in found[1])


def test_an_endpoint_that_cannot_be_read(asked: _Process, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a port there is nothing to try."""
    one = Exporting(name="Batch", exporter="OTLP", endpoint="collector")
    asked.seen = Seen(provider="sdk", sampler="AlwaysOnSampler", ours=True, span_processors=(one,))
    assert "collector" in _problems(capsys, "--check-endpoint")[1]

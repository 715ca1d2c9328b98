"""`genai-impact recompute` and what-if reports: the same requests by other means, before and after."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main
from otel_genai_impact.impacts import methods
from otel_genai_impact.impacts.ecologits_0_11 import EcoLogits011
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from pathlib import Path

RESULT = dict[str, Any]


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    """Two recorded requests of tenant a, one of b that was not recorded, and one that nobody knows."""
    path = tmp_path / "traces.jsonl"
    recorded = {**CHAT, **RECORDED, "tenant": "a"}
    export = line(
        span(1, recorded),
        span(2, recorded, start_s=10),
        span(3, {**CHAT, "tenant": "b", "gen_ai.usage.output_tokens": 600}, start_s=20),
        span(
            4,
            {**CHAT, "gen_ai.request.model": "nobody-knows-it", "genai_impact.not_estimated": "unknown_model"},
            start_s=30,
        ),
    )
    path.write_text(lines([export]), encoding="utf-8")
    return path


def _recomputed(traces: Path, capsys: pytest.CaptureFixture[str], *options: str) -> RESULT:
    assert 0 == main(["recompute", str(traces), "--by", "tenant", "--json", *options])
    return json.loads(capsys.readouterr().out)


def _gwp_g(model: str = "gpt-4o", tokens: int = 300, latency_s: float | None = 2.0, **asked: Any) -> float:
    return (
        estimate("openai", model, output_tokens=tokens, latency_s=latency_s, **asked).impacts.gwp_kgco2eq.estimate
        * 1000
    )


def test_before_is_what_was_recorded_and_after_what_is_estimated_now(
    traces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tenant a: 10 + 10 g as recorded, two estimates now. Tenant b: estimated both times, before without the new zone."""
    found = _recomputed(traces, capsys, "--zone", "FRA")
    groups = {group["group"]["tenant"]: group for group in found["groups"]}
    assert (2, 20.0) == (groups["a"]["requests"], groups["a"]["gwp"]["before"]["estimate"])
    assert pytest.approx(2 * _gwp_g(zone="FRA")) == groups["a"]["gwp"]["after"]["estimate"]
    assert pytest.approx(_gwp_g(tokens=600)) == groups["b"]["gwp"]["before"]["estimate"]
    assert pytest.approx(_gwp_g(tokens=600, zone="FRA")) == groups["b"]["gwp"]["after"]["estimate"]
    assert pytest.approx(20 + _gwp_g(tokens=600)) == found["total"]["gwp"]["before"]["estimate"]
    assert (0, 0, 1) == (found["only_before"], found["only_after"], found["neither"])


def test_another_method_is_one_option(
    traces: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A method that is registered can be asked for by its name, and is named in the result."""

    class Other(EcoLogits011):
        name = "other-1"

    monkeypatch.setitem(cast("Any", methods.METHODS)._makers, "other-1", Other)
    found = _recomputed(traces, capsys, "--method", "other-1")
    assert (["ecologits-0.11, data 2026.11"], ["other-1, data 2026.11"]) == (found["before"], found["after"])


def test_as_if_another_model_had_answered(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The tokens stay, the durations are the method's own; what had no estimate for want of a model has one only after."""
    found = _recomputed(traces, capsys, "--as-if", "openai/gpt-4o-mini")
    expected = 2 * _gwp_g("gpt-4o-mini", latency_s=None) + _gwp_g("gpt-4o-mini", 600, None)
    assert pytest.approx(expected) == found["total"]["gwp"]["after"]["estimate"]
    assert (3, 1, 0) == (found["total"]["requests"], found["only_after"], found["neither"])


def test_the_text_names_what_is_sure(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For people: a row a tenant and one for all, the ratio, and whether it holds over the whole of both intervals."""
    assert 0 == main(["recompute", str(traces), "--by", "tenant", "--as-if", "openai/gpt-4o-mini"])
    text = capsys.readouterr().out
    [of_a] = [row for row in text.splitlines() if row.startswith("a ")]
    assert "10.0 g" not in of_a
    assert "20.0 g (16.0-24.0)" in of_a
    assert of_a.endswith("surely less")
    assert "as if by openai/gpt-4o-mini" in text
    assert "In no sum: requests with an estimate only before 0, only after 1, not at all 0" in text


def test_standard_input_is_read_once_for_both(
    traces: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe is as good as a file."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(traces.read_bytes())))
    assert 0 == main(["recompute", "-", "--json"])
    assert 3 == json.loads(capsys.readouterr().out)["total"]["requests"]


@pytest.mark.parametrize("command", ["recompute", "report"])
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--as-if", "gpt-4o"], "--as-if is written provider/model"),
        (["--as-if", "openai/gpt4oo"], "the inventory has no model 'gpt4oo' of provider 'openai'"),
        (["--method", "no-such"], "there is no method 'no-such'"),
        (["--zone", "XXX"], "there is no electricity zone 'XXX'"),
        (["--by", ","], "--by needs at least one key"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    command: str, options: list[str], complaint: str, traces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is read: what is wrong, and exit code 1."""
    assert 1 == main([command, str(traces), *(["--csv", "-"] if command == "report" else []), *options])
    captured = capsys.readouterr()
    assert ("", True) == (captured.out, captured.err.startswith(f"genai-impact {command}: {complaint}"))
    assert 1 == captured.err.count("\n")


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, exit code 1."""
    assert 1 == main(["recompute", "nowhere.jsonl"])
    assert "genai-impact recompute: nowhere.jsonl: No such file or directory\n" == capsys.readouterr().err


def test_a_file_of_nothing_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No division by nothing."""
    path = tmp_path / "empty.jsonl"
    path.write_text("cut off\n")
    assert 0 == main(["recompute", str(path)])
    captured = capsys.readouterr()
    assert "Before: nothing" in captured.out
    assert "1 lines or spans could not be read" in captured.err


def test_a_what_if_report_says_so_and_is_no_record(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page begins with it; a record for auditors of what was not is refused."""
    page = traces.with_name("page.html")
    assert 0 == main(["report", str(traces), "-o", str(page), "--as-if", "openai/gpt-4o-mini"])
    assert "What if: all requests are estimated as if openai/gpt-4o-mini had got them" in page.read_text(
        encoding="utf-8"
    )
    capsys.readouterr()
    assert 1 == main(["report", str(traces), "--audit", "-", "--as-if", "openai/gpt-4o-mini"])
    assert "they do not go together" in capsys.readouterr().err

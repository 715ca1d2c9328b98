"""`genai-impact report`: what is written, and what is said where nothing can be."""

from __future__ import annotations

import csv
import io
import sys
from importlib import util
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.cli.report import command
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    path = tmp_path / "traces.jsonl"
    said = {**CHAT, **RECORDED, "tenant": "=1+1"}
    path.write_text(
        lines([line(span(1, said), span(2, said), span(3, {**CHAT, "genai_impact.not_estimated": "error"}))])
    )
    return path


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_is_written_and_its_place_is_said(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`-o` says where; two of three requests have an estimate."""
    output = traces.parent / "report.html"
    assert 0 == main(["report", str(traces), "-o", str(output)])
    assert output.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"wrote {output}\n3 requests in 3 spans, 2 with an estimate\n" == capsys.readouterr().out


def test_without_a_place_the_page_is_here(
    traces: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the folder where the command was typed."""
    monkeypatch.chdir(traces.parent)
    assert 0 == main(["report", traces.name])
    assert "wrote genai-impact-report.html" in capsys.readouterr().out
    assert (traces.parent / "genai-impact-report.html").exists()


def test_a_table_has_a_row_a_group_in_the_units_of_the_telemetry(
    traces: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """100 J + 100 J (80 to 120 each); what was not recorded is empty; a name that a spreadsheet would run is a text."""
    assert 0 == main(["report", str(traces), "--csv", "-", "--by", "model,tenant"])
    captured = capsys.readouterr()
    [estimated, refused] = _rows(captured.out)
    assert ("gpt-4o", "'=1+1", "2", "2", "200.0", "160.0", "240.0", "0.5", "", "600.0") == tuple(
        estimated[key]
        for key in (
            "model", "tenant", "requests", "estimated", "energy_j", "energy_low_j", "energy_high_j", "wcf_l", "wcf_low_l", "pe_j",
        )
    )  # fmt: skip
    assert ("", "1", "0", "") == tuple(refused[key] for key in ("tenant", "requests", "estimated", "energy_j"))
    assert "3 requests in 3 spans" in captured.err


def test_a_table_can_be_a_file(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Then no page is written, unless it is asked for."""
    table = traces.parent / "table.csv"
    assert 0 == main(["report", str(traces), "--csv", str(table)])
    assert ["gpt-4o"] == [row["model"] for row in _rows(table.read_text())]
    assert "html" not in capsys.readouterr().out


def test_several_files_and_standard_input_are_one_report(
    traces: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same spans in both: each counts once."""
    more = lines([line(span(1), span(9))])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(more.encode())))
    assert 0 == main(["report", str(traces), "-", "--csv", "-"])
    assert "4 requests in 5 spans" in capsys.readouterr().err


def test_lines_that_cannot_be_read_are_named(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first ten by name, the others by number; the report is made of the rest."""
    with traces.open("a") as file:
        file.write("cut off\n" * 12)
    assert 0 == main(["report", str(traces), "--csv", "-"])
    complaints = [text for text in capsys.readouterr().err.splitlines() if text.startswith("genai-impact report:")]
    assert f"genai-impact report: could not be read: {traces}:2: no JSON, or cut off" == complaints[0]
    assert (11, "genai-impact report: 2 more could not be read") == (len(complaints), complaints[-1])


def _fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert 1 == main(["report", *arguments])
    captured = capsys.readouterr()
    assert "" == captured.out
    assert 1 == captured.err.count("\n")
    return captured.err


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Which file, and why."""
    assert "genai-impact report: nowhere.jsonl: No such file or directory\n" == _fails(
        capsys, "nowhere.jsonl", "--csv", "-"
    )


def test_a_file_of_something_else_is_one_line_and_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A compressed file of the Collector, for one; what to do stands there."""
    path, page = tmp_path / "traces.zst", tmp_path / "report.html"
    path.write_bytes(bytes(range(256)) * 10)
    assert "zstd -dc FILE | genai-impact report -" in _fails(capsys, str(path), "-o", str(page))
    assert not page.exists()


@pytest.mark.parametrize("option", ["-o", "--csv"])
def test_what_is_read_is_never_overwritten(traces: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By another name of the same file neither."""
    before = traces.read_text()
    same = traces.parent / "." / ".." / traces.parent.name / traces.name
    assert "is one of the files to read, and would be lost" in _fails(capsys, str(traces), option, str(same))
    assert before == traces.read_text()


def test_a_page_can_go_to_standard_output(traces: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page alone; what else there is to say goes to standard error."""
    assert 0 == main(["report", str(traces), "-o", "-"])
    captured = capsys.readouterr()
    assert captured.out.startswith("<!doctype html>")
    assert captured.err.startswith("3 requests in 3 spans")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["-o", "nowhere/report.html"], "nowhere/report.html cannot be written: there is no such folder"),
        (["-o", "."], ". cannot be written: it is a folder"),
        (["-o", "-", "--csv", "-"], "page, table and record cannot go to one place, -"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_read(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gigabytes take minutes: what will not work is said before."""
    assert f"genai-impact report: {complaint}\n" == _fails(capsys, "there-is-no-such-file.jsonl", *arguments)


def test_a_page_without_its_packages_says_what_to_install(
    traces: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is read; a table needs none of them."""

    def find_spec(name: str) -> Any:
        return None if name == "vl_convert" else util.find_spec(name)

    monkeypatch.setattr(command, "find_spec", find_spec)
    assert "pip install 'otel-genai-impact[report]'" in _fails(
        capsys, str(traces), "-o", str(traces.parent / "page.html")
    )
    assert 0 == main(["report", str(traces), "--csv", "-"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["--zone", "XXX"], "there is no electricity zone 'XXX'"), (["--by", " , "], "--by needs at least one key")],
)
def test_options_that_make_no_sense_are_one_line(
    traces: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An application runs on with a default; a report would be silently wrong."""
    assert complaint in _fails(capsys, str(traces), "--csv", "-", *arguments)

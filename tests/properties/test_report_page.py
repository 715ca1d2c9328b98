"""The page and the table of a report, whatever strangers wrote into a stored trace."""

from __future__ import annotations

import csv
import io
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report.audit import record
from otel_genai_impact.cli.report.command import read_files
from otel_genai_impact.cli.report.page import page
from otel_genai_impact.cli.report.table import write_table
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from otel_genai_impact.cli.report.command import Result

_BY: Final = ("model", "provider", "service", "tenant", "zone")
# Pieces of what browsers, templates, spreadsheets and JSON read as theirs.
_PIECES: Final = st.sampled_from(
    [
        "<", ">", "</", "&", "&lt;", "&#60;", '"', "'", "=", "+", "-", "@", "\t", "\n", "\r", "\x00", "`", ",", ";", "{{", "}}",
        "{%", "%}", "<!--", "-->", "<![CDATA[", "]]>", "<script>", "</script>", "</style>", "</title>", "</svg>", "</td>",
        "<svg onload=", "<img src=x onerror=", "javascript:", "=cmd|' /C calc'!A0", "\u202e", "\u2028", "\uff1d", "é", "x",
    ]
)  # fmt: skip
_HOSTILE: Final = st.lists(_PIECES | st.text(st.characters(codec="utf-8"), max_size=3), min_size=1, max_size=9).map(
    "".join
)
# Controlled by who writes a trace: the fields of a span that a page or a table may show.
_FIELDS: Final = (
    "gen_ai.request.model", "gen_ai.response.model", "gen_ai.provider.name", "gen_ai.conversation.id", "tenant", "error.type",
    "genai_impact.zone", "genai_impact.method", "genai_impact.data_version", "genai_impact.model", "genai_impact.source",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Seen(HTMLParser):
    """Elements with the names of their attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, str]] = set()
        self.addresses: set[str | None] = set()
        self.others: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self.addresses |= {value for name, value in attrs if name in {"href", "src", "xlink:href", "action"}}

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def _read(names: list[str], *, with_page: bool) -> tuple[Result, str]:
    """A report, with its page or without, of two requests, the one recorded and the other to be estimated, with a name in each of their fields."""
    said = dict(zip(_FIELDS, names, strict=True))
    recorded = {**CHAT, **RECORDED, **said, "genai_impact.assumptions": [names[0]]}
    refused = {**CHAT, **said, "genai_impact.not_estimated": names[1]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        export = line(span(1, recorded), span(2, refused), resource={"service.name": names[2]})
        path.write_text(lines([export, "nonsense"]), encoding="utf-8")
        result = read_files([str(path)], Settings(), _BY)
        if not with_page:
            return result, ""
        audited = record(result.summary, result.reading, [str(path)], result.catalog)
        return result, page(result.summary, result.reading, [str(path)], audited)


_PLAIN: Final = _Seen(_read([f"plain {field}" for field in _FIELDS], with_page=True)[1])


@settings(max_examples=8)  # a page takes half a second, for its charts
@given(st.lists(_HOSTILE, min_size=len(_FIELDS), max_size=len(_FIELDS)))
@example(["</script><script>alert(1)</script>"] * len(_FIELDS))
@example(['"><svg onload=alert(1)>'] * len(_FIELDS))
def test_no_element_and_no_attribute_comes_of_a_name(names: list[str]) -> None:
    """The elements, attributes and addresses are those of plain names; groups' names come back as text."""
    result, html = _read(names, with_page=True)
    seen = _Seen(html)
    assert set() == seen.elements - _PLAIN.elements
    assert _PLAIN.addresses == seen.addresses
    assert _PLAIN.others == seen.others
    said = "".join(seen.text.split())
    for group in result.summary.groups:
        for name in filter(None, group):
            assert "".join(name.split())[:40] in said


@settings(max_examples=50)
@given(st.lists(_HOSTILE, min_size=len(_FIELDS), max_size=len(_FIELDS)))
@example(["=HYPERLINK(1)"] * len(_FIELDS))
@example(["\t=1+1", "\r=1+1", "\n=1+1", "@SUM(1)", "-1", "+1", " =1", '"=1', "=1", "'=1", "\uff1d1"])
def test_no_cell_is_a_formula(names: list[str]) -> None:
    """A spreadsheet runs no name: none begins a cell with what begins a formula, and each group is one row, as told."""
    result, _ = _read(names, with_page=False)
    file = io.StringIO(newline="")
    write_table(result.summary, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))
    assert len(result.summary.groups) == len(rows)
    cells = [row[name] for row in rows for name in _BY]
    assert [] == [cell for cell in cells if cell.startswith(_FORMULAS)]

"""The page: everything in one file, nothing of a stranger's that a browser would take for markup."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import semconv
from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report import words
from otel_genai_impact.cli.report.audit import record
from otel_genai_impact.cli.report.command import read_files
from otel_genai_impact.cli.report.page import page
from otel_genai_impact.cli.report.table import write_table
from tests.kit.otlp_json import CHAT, RECORDED, line, lines, span

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=https://example.com/x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "</title></svg></style><svg onload=alert(1)>",
    "\u202eright to left",
    "a\ud800b",
    "x" * 100_000,
    "javascript:alert(1)",
]
# What a page may load or run, and how.
FORBIDDEN_TAGS = {"script", "img", "iframe", "object", "embed", "link", "base", "form", "image", "use", "foreignobject"}


class Elements(HTMLParser):
    """All elements with their attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


def _page(tmp_path: Path, *exports: str, by: tuple[str, ...] = ("model",)) -> Elements:
    path = tmp_path / "traces.jsonl"
    path.write_text(lines(exports), encoding="utf-8")
    result = read_files([str(path)], Settings(), by)
    audited = record(result.summary, result.reading, [str(path)], result.catalog)
    html = page(result.summary, result.reading, [str(path)], audited)
    assert html.encode("utf-8")
    return Elements(html)


def _cells_beside(elements: Elements, text: str) -> list[str]:
    start = elements.texts.index(text)
    return elements.texts[start : start + 8]


def _export(name: str) -> str:
    """A stranger's text in every place that a page shows."""
    said = {**CHAT, "gen_ai.request.model": name, "gen_ai.provider.name": name, "tenant": name}
    recorded = {**said, **RECORDED, "genai_impact.zone": name, "genai_impact.method": name}
    recorded["genai_impact.assumptions"] = [name]
    refused = {**said, "genai_impact.not_estimated": name}
    return line(span(1, recorded), span(2, refused), resource={"service.name": name})


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_what_strangers_wrote_is_text(tmp_path: Path, name: str) -> None:
    """Names of models, providers, services, tenants, zones, reasons, codes: no element and no handler comes of them."""
    plain = _page(tmp_path, _export("plain"), by=("model", "tenant"))
    elements = _page(tmp_path, _export(name), by=("model", "tenant"))
    assert {tag for tag, _ in plain.elements} == {tag for tag, _ in elements.elements}
    assert not FORBIDDEN_TAGS & {tag for tag, attributes in elements.elements if attributes.get("href") != "data:,"}
    assert not [key for _, attributes in elements.elements for key in attributes if key.startswith("on")]
    assert any(
        name[:20].rsplit("\u202e", maxsplit=1)[-1].split("\ud800", maxsplit=1)[0] in text for text in elements.texts
    )


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    """No address in any attribute but within the page; and the page forbids the browser everything else."""
    elements = _page(tmp_path, line(span(1)))
    addresses = {
        value
        for _, attributes in elements.elements
        for key, value in attributes.items()
        if key in {"href", "src", "xlink:href", "action", "data", "srcset"}
    }
    assert {"#content", "data:,"} == addresses
    [policy] = [
        attributes["content"]
        for tag, attributes in elements.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert (policy or "").startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "script" not in (policy or "")


def test_sums_have_their_intervals_beside_them(tmp_path: Path) -> None:
    """36 kJ (18 to 72) are 10 Wh (5 to 20), on top and in the row of the model."""
    said = {
        **CHAT,
        **RECORDED,
        "genai_impact.energy": 36e3,
        "genai_impact.energy_low": 18e3,
        "genai_impact.energy_high": 72e3,
    }
    elements = _page(tmp_path, line(span(1, said)))
    assert ["Energy", "10.0 Wh", "5.00 to 20.0"] == _cells_beside(elements, "Energy")[:3]
    row = _cells_beside(elements, "By model, the largest first")
    assert "gpt-4o" in elements.texts
    assert "model" == row[1]
    assert elements.texts.count("5.00 to 20.0") >= 4


def test_each_chart_has_a_name_and_a_table(tmp_path: Path) -> None:
    """Two widths of each of three charts, each said to be one image; every table has a caption and heads."""
    elements = _page(tmp_path, line(span(1), span(2, {**CHAT, "gen_ai.usage.output_tokens": None})))
    charts = [attributes for tag, attributes in elements.elements if tag == "svg"]
    assert 2 * 3 == len(charts)
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in charts)
    tags = [tag for tag, _ in elements.elements]
    assert tags.count("table") == tags.count("caption") == tags.count("thead") >= 5


def test_a_page_without_requests_says_so(tmp_path: Path) -> None:
    """No chart, no division by nothing."""
    elements = _page(tmp_path, line(span(1, {"http.request.method": "GET"})))
    assert "No request was found." in elements.texts
    assert "svg" not in [tag for tag, _ in elements.elements]


def test_requests_without_any_estimate_have_no_charts(tmp_path: Path) -> None:
    """What is unknown is a dash, never 0."""
    elements = _page(tmp_path, line(span(1, {**CHAT, "gen_ai.request.model": "our-own"})))
    assert "svg" not in [tag for tag, _ in elements.elements]
    assert ["Energy", "\N{EN DASH}"] == _cells_beside(elements, "Energy")[:2]
    assert words.REASONS["unknown_model"] in elements.texts


def test_what_could_not_be_read_is_named(tmp_path: Path) -> None:
    """The line, and what is wrong with it."""
    elements = _page(tmp_path, line(span(1)), "nonsense <b>")
    assert any(text.endswith("traces.jsonl:2: no JSON, or cut off") for text in elements.texts)


def test_spans_estimated_now_are_said_to_be_so(tmp_path: Path) -> None:
    """One recorded, one estimated for the report: the page says how many, and by which method and data."""
    elements = _page(tmp_path, line(span(1), span(2, {**CHAT, **RECORDED})))
    assert any(text.startswith("1 of 2 requests were estimated for this report") for text in elements.texts)
    assert "recorded, method ecologits-0.11, data 2026.11" in elements.texts


def test_words_explain_codes_that_exist() -> None:
    """No sentence about a code that the telemetry does not have."""
    constants = {value for value in vars(semconv).values() if isinstance(value, str)}
    assert {*words.REASONS, *words.ASSUMPTIONS} <= constants


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        (["modelled", None], "Modelled, not measured."),
        (["modelled", "measured", None], "The energy of 1 measured on the machine; that of the other 2 is modelled."),
        (
            ["measured", "provider", "provider"],
            "The energy of 1 measured on the machine, of 2 reported by the provider; that of no request is modelled.",
        ),
    ],
)
def test_what_was_metered_is_not_called_modelled(sources: list[str | None], sentence: str, tmp_path: Path) -> None:
    """The page says it by source; a request that does not say its source was modelled."""
    said = [{} if source is None else {"genai_impact.source": source} for source in sources]
    spans = [
        span(number, {**CHAT, **RECORDED, **each}, start_s=10 * number) for number, each in enumerate(said, start=1)
    ]
    assert [True] == [sentence in text for text in _page(tmp_path, line(*spans)).texts if "Energy is that of" in text]


@pytest.mark.parametrize(
    ("method", "words_of_ranges"),
    [
        ("ecologits-0.11", "the range of a sum is the sum of the ranges"),
        ("native-1", "wider than its own 90 % interval"),
    ],
)
def test_the_range_of_a_sum_does_not_pass_for_what_it_is_not(method: str, words_of_ranges: str, tmp_path: Path) -> None:
    """Under native-1 bounds are of 90 %, and their sum is not an interval of 90 %."""
    elements = _page(tmp_path, line(span(1, {**CHAT, **RECORDED, "genai_impact.method": method})))
    assert [True] == [words_of_ranges in text for text in elements.texts if "Energy is that of" in text]


def test_the_table_counts_what_was_metered(tmp_path: Path) -> None:
    """One column a source; what is in neither was modelled."""
    sources = ("measured", "provider", "modelled", "measured")
    spans = [
        span(number, {**CHAT, **RECORDED, "genai_impact.source": source}, start_s=10 * number)
        for number, source in enumerate(sources, start=1)
    ]
    traces = tmp_path / "traces.jsonl"
    traces.write_text(lines([line(*spans)]), encoding="utf-8")
    file = io.StringIO()
    write_table(read_files([str(traces)], Settings(), ("model",)).summary, file)
    [row] = csv.DictReader(io.StringIO(file.getvalue()))
    assert ("4", "2", "1") == (row["estimated"], row["measured"], row["provider_reported"])

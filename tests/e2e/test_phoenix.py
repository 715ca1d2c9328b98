"""Traces of the example application in a real backend, read back over its API with every attribute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.browser import LARGEST_PICTURE_BYTES, open_page, take_picture
from tests.e2e.collector import ROOT, running_collector
from tests.e2e.contract import COUNTERS, NOT_ESTIMATED_ATTRIBUTES, SPAN_ATTRIBUTES
from tests.e2e.openmetrics import scrape
from tests.e2e.phoenix import PROGRAM, running_phoenix
from tests.kit.answers import Answer
from tests.kit.app import run_app
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.e2e.collector import Collector
    from tests.e2e.openmetrics import Sample
    from tests.e2e.phoenix import Phoenix

CALLS = 6  # of examples/chat.py


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What Phoenix has of the application's spans, and what the Collector showed Prometheus of its metrics."""

    phoenix: Phoenix
    spans: list[dict[str, Any]]
    samples: list[Sample]

    @property
    def estimated(self) -> list[dict[str, Any]]:
        return [span["attributes"] for span in self.spans if "genai_impact.energy" in span["attributes"]]


@pytest.fixture(scope="module")
def stored(otelcol: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Stored]:
    """The example has run to its end: its spans are in Phoenix."""
    if not PROGRAM.is_file():
        pytest.fail("no Phoenix: `make e2e` installs it")
    folder = tmp_path_factory.mktemp("phoenix")
    with (
        running_phoenix(folder) as phoenix,
        running_collector(otelcol, folder / "collector.log", _settings(phoenix.otlp_endpoint)) as collector,
        ProviderServer(Answer(output_tokens=120)) as provider,
    ):
        run_app(ROOT / "examples" / "chat.py", provider=provider, environment=_environment(collector)).checked()
        spans = phoenix.wait_for(lambda found: len(_with_energy(found)) >= CALLS)
        yield Stored(phoenix=phoenix, spans=spans, samples=scrape(collector.prometheus_endpoint))


def _settings(otlp_endpoint: str) -> dict[str, str]:
    return {"OTELCOL_BACKEND_ENDPOINT": otlp_endpoint, "OTELCOL_METRICS_EXPORTER": "nop"}


def _environment(collector: Collector) -> dict[str, str]:
    return {
        "CHAT_MODEL": "gpt-4o-mini",
        "OTEL_SERVICE_NAME": "chat",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_METRICS_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.grpc_endpoint}",
    }


def _with_energy(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [span for span in spans if "genai_impact.energy" in span["attributes"]]


def _ours(attributes: dict[str, Any]) -> set[str]:
    return {name for name in attributes if name.startswith("genai_impact.")}


def test_every_call_is_there_with_the_whole_contract(stored: Stored) -> None:
    """Six calls, each with all sixteen attributes of the contract, figures as numbers and codes as a list."""
    json_types = {name: list if kind is tuple else kind for name, kind in SPAN_ATTRIBUTES.items()}
    assert CALLS == len(stored.estimated)
    for attributes in stored.estimated:
        assert json_types == {name: type(attributes[name]) for name in _ours(attributes)}
        assert "openai/gpt-4o-mini" == attributes["genai_impact.model"]
        assert 120 == attributes["gen_ai.usage.output_tokens"]


def test_phoenix_takes_them_for_calls_of_a_model(stored: Stored) -> None:
    """Its own view of the span is that of an LLM call with tokens, so our attributes stand beside its cost."""
    calls = _with_energy(stored.spans)
    assert {"LLM"} == {span["span_kind"] for span in calls}
    assert {120} == {span["attributes"].get("llm.token_count.completion") for span in calls}


def test_what_is_not_counted_says_why(stored: Stored) -> None:
    """The second span of a call, by the SDK itself, has the reason and no figure."""
    others = [span["attributes"] for span in stored.spans if "genai_impact.not_estimated" in span["attributes"]]
    assert {"duplicate"} == {attributes["genai_impact.not_estimated"] for attributes in others}
    assert all(NOT_ESTIMATED_ATTRIBUTES == _ours(attributes) for attributes in others)


@pytest.mark.parametrize("metric", COUNTERS)
def test_the_sums_are_those_of_the_metrics(stored: Stored, metric: str) -> None:
    """No figure was rounded, lost or counted twice on the way: spans in Phoenix add up to the counter in Prometheus."""
    name = COUNTERS[metric].prometheus_name
    counted = sum(sample.value for sample in stored.samples if sample.name == name)
    assert pytest.approx(counted, rel=1e-9, abs=0) == sum(attributes[metric] for attributes in stored.estimated)


def test_its_search_finds_by_our_attributes(stored: Stored) -> None:
    """The filters of docs/backends.md: by zone, by an amount, and by what has no estimate."""
    zones = [attributes["genai_impact.zone"] for attributes in stored.estimated]
    filters = {
        "attributes['genai_impact']['zone'] == 'USA'": zones.count("USA"),
        "attributes['genai_impact']['energy'] > 1": CALLS,
        "attributes['genai_impact']['energy'] > 1e9": 0,
        "attributes['genai_impact']['not_estimated'] == 'duplicate'": len(stored.spans) - CALLS,
    }
    assert filters == {condition: stored.phoenix.filtered(condition) for condition in filters}
    assert 0 < zones.count("USA") <= CALLS
    documented = (ROOT / "docs" / "backends.md").read_text(encoding="utf-8")
    assert [] == [condition for condition in filters if "1e9" not in condition and condition not in documented]


def test_its_page_shows_every_attribute(stored: Stored, browser: Browser, tmp_path: Path) -> None:
    """Whoever opens a trace reads them all, with their values, in the tab of attributes; docs/backends.md has the picture."""
    span = next(span for span in _with_energy(stored.spans) if span["name"] == "chat gpt-4o-mini")
    page = open_page(browser, stored.phoenix.page_of(span), width_px=1250, height_px=1150)
    page.get_by_role("tab", name="Attributes").click()
    page.get_by_text("genai_impact.energy_low", exact=True).wait_for()
    shown = set(page.locator("body").inner_text().split())
    codes: list[str] = span["attributes"]["genai_impact.assumptions"]
    names = _ours(span["attributes"]) - {"genai_impact.assumptions"}
    assert names | {f"genai_impact.assumptions.{place}" for place in range(len(codes))} <= shown
    assert str(span["attributes"]["genai_impact.energy"]) in shown
    page.get_by_text(re.compile(r"^genai_impact\.")).first.evaluate("each => each.scrollIntoView({block: 'start'})")
    assert 0 < take_picture(page.get_by_role("dialog"), "phoenix.png", tmp_path) < LARGEST_PICTURE_BYTES

"""The example application, with a real model, through a real Collector: what a user has behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.collector import ROOT
from tests.e2e.contract import (
    COUNTERS,
    ENERGY_BOUNDARIES_J,
    HISTOGRAM,
    HISTOGRAM_IN_PROMETHEUS,
    NOT_ESTIMATED_ATTRIBUTES,
    REQUEST_ATTRIBUTES,
    REQUESTS,
    REQUESTS_IN_PROMETHEUS,
    SPAN_ATTRIBUTES,
    number,
    ours,
    total,
    without_phase,
)
from tests.e2e.openmetrics import scrape
from tests.kit.app import AppResult, run_app
from tools.local_model import MODEL_NAME, running_model

if TYPE_CHECKING:
    from tests.e2e.collector import Collector
    from tests.e2e.openmetrics import Sample
    from tests.kit.otlp_records import SpanRecord
    from tests.kit.otlp_sink import OtlpSink

SERVICE = "chat-end-to-end"
CALLS_BY_PROVIDER = {"openai": 3, "anthropic": 3}
CALLS = sum(CALLS_BY_PROVIDER.values())


@pytest.fixture(scope="module")
def chat(collector: Collector, backend: OtlpSink, tmp_path_factory: pytest.TempPathFactory) -> AppResult:
    """The example has run to its end under `opentelemetry-instrument`, and its telemetry has arrived."""
    with running_model(tmp_path_factory.mktemp("model") / "log.txt") as model_url:
        environment = {
            "OPENAI_BASE_URL": f"{model_url}/v1",
            "OPENAI_API_KEY": "not-a-key",
            "ANTHROPIC_BASE_URL": model_url,
            "ANTHROPIC_API_KEY": "not-a-key",
            "CHAT_MODEL": MODEL_NAME,
            "OTEL_SERVICE_NAME": SERVICE,
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.grpc_endpoint}",
        }
        result = run_app(ROOT / "examples" / "chat.py", environment=environment, timeout_s=240).checked()
    backend.wait_for(lambda sink: bool(sink.points_of(REQUESTS)) and len(estimated(sink)) >= CALLS)
    return result


def estimated(sink: OtlpSink) -> list[SpanRecord]:
    return [span for span in sink.spans if "genai_impact.energy" in span.attributes]


def scraped(collector: Collector, name: str) -> list[Sample]:
    samples = scrape(collector.prometheus_endpoint)
    found = [sample for sample in samples if sample.name == name and sample.labels["service_name"] == SERVICE]
    assert found, f"no {name} among {sorted({sample.name for sample in samples})}"
    return found


def test_the_application_says_what_it_says_without_us(chat: AppResult) -> None:
    """Six headings, each with an answer of the model below it, and nothing on standard error."""
    headings_and_answers = [block.split("\n", 1) for block in chat.stdout.strip().split("## ")[1:]]
    assert CALLS == len(headings_and_answers)
    assert all(answer.strip() for _heading, answer in headings_and_answers), chat.stdout
    assert not chat.stderr


@pytest.mark.usefixtures("chat")
def test_every_call_arrives_once_with_the_whole_contract(backend: OtlpSink) -> None:
    """Three calls to each provider are estimated; each span has every attribute of the contract, with its type."""
    spans = estimated(backend)
    calls_by_provider = {
        provider: sum(span.attributes["gen_ai.provider.name"] == provider for span in spans)
        for provider in CALLS_BY_PROVIDER
    }
    assert CALLS_BY_PROVIDER == calls_by_provider
    assert CALLS == len(spans)
    for span in spans:
        types = {name: type(span.attributes[name]) for name in ours(span)}
        assert SPAN_ATTRIBUTES == types
        assert MODEL_NAME == span.attributes["genai_impact.model"]
        assert SERVICE == span.resource["service.name"]


@pytest.mark.usefixtures("chat")
def test_the_figures_are_in_order(backend: OtlpSink) -> None:
    """Something was consumed: 0 < low <= estimate <= high, and the embodied part is a part."""
    for span in estimated(backend):
        for criterion in ("genai_impact.energy", "genai_impact.gwp"):
            low, high = number(span, f"{criterion}_low"), number(span, f"{criterion}_high")
            assert 0 < low <= number(span, criterion) <= high
        assert 0 < number(span, "genai_impact.gwp_embodied") < number(span, "genai_impact.gwp")


@pytest.mark.usefixtures("chat")
def test_spans_that_are_not_counted_say_why(backend: OtlpSink) -> None:
    """Besides the six, spans of ours are duplicates and nothing else, without a figure that could be added up."""
    others = [span for span in backend.spans if ours(span) and span not in estimated(backend)]
    assert all(span.attributes["genai_impact.not_estimated"] == "duplicate" for span in others)
    assert all(ours(span) == NOT_ESTIMATED_ATTRIBUTES for span in others)


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("metric", COUNTERS)
def test_counters_at_the_backend_equal_the_sum_over_the_spans(backend: OtlpSink, metric: str) -> None:
    """Over OTLP each counter has the contract's kind, unit and attributes, and loses or invents nothing."""
    points = backend.points_of(metric)
    shapes = {(point.kind, point.monotonic, point.unit, point.scope) for point in points}
    assert {("sum", True, COUNTERS[metric].unit, "otel_genai_impact")} == shapes
    assert all(without_phase(point) == REQUEST_ATTRIBUTES for point in points)
    phases = {"usage", "embodied"} if COUNTERS[metric].phases else {"None"}
    assert phases == {str(point.attributes.get("genai_impact.phase")) for point in points}
    assert pytest.approx(total(estimated(backend), metric), rel=1e-9, abs=0) == backend.sum_of(metric)


@pytest.mark.usefixtures("chat")
def test_every_request_is_counted_exactly_once(collector: Collector, backend: OtlpSink) -> None:
    """Six requests at the backend, at Prometheus and in the histogram; the duplicates are in none of them."""
    assert {("sum", True, "{request}")} == {
        (point.kind, point.monotonic, point.unit) for point in backend.points_of(REQUESTS)
    }
    histogram_counts = scraped(collector, f"{HISTOGRAM_IN_PROMETHEUS}_count")
    assert CALLS == backend.sum_of(REQUESTS)
    assert CALLS == sum(sample.value for sample in scraped(collector, REQUESTS_IN_PROMETHEUS))
    assert CALLS == sum(sample.value for sample in histogram_counts)


@pytest.mark.usefixtures("chat")
@pytest.mark.parametrize("metric", COUNTERS)
def test_prometheus_has_the_sum_over_the_spans(collector: Collector, backend: OtlpSink, metric: str) -> None:
    """The scrape endpoint shows the contract's name and, summed over its series, what the spans say."""
    samples = scraped(collector, COUNTERS[metric].prometheus_name)
    expected = total(estimated(backend), metric)
    assert pytest.approx(expected, rel=1e-9, abs=0) == sum(sample.value for sample in samples)


@pytest.mark.usefixtures("chat")
def test_the_embodied_phase_is_what_the_spans_say(collector: Collector, backend: OtlpSink) -> None:
    """In Prometheus the phases of gwp are told apart by a label, and the embodied one is the spans' gwp_embodied."""
    samples = scraped(collector, COUNTERS["genai_impact.gwp"].prometheus_name)
    embodied = sum(sample.value for sample in samples if sample.labels["genai_impact_phase"] == "embodied")
    assert pytest.approx(total(estimated(backend), "genai_impact.gwp_embodied"), rel=1e-9, abs=0) == embodied


@pytest.mark.usefixtures("chat")
def test_the_histogram_has_the_contracts_shape(backend: OtlpSink) -> None:
    """Unit, boundaries, attributes; its sum is the energy of the spans."""
    points = backend.points_of(HISTOGRAM)
    assert {("histogram", "J")} == {(point.kind, point.unit) for point in points}
    assert {ENERGY_BOUNDARIES_J} == {point.histogram.bounds for point in points if point.histogram}
    assert all(set(point.attributes) == REQUEST_ATTRIBUTES for point in points)
    expected_j = total(estimated(backend), "genai_impact.energy")
    assert pytest.approx(expected_j, rel=1e-9, abs=0) == backend.sum_of(HISTOGRAM)


@pytest.mark.usefixtures("chat")
def test_exemplars_lead_to_the_spans(collector: Collector, backend: OtlpSink) -> None:
    """Each series has exemplars; each carries trace id, span id and energy of one of the six spans, at both ends."""
    energy_by_ids_j = {
        (span.trace_id, span.span_id): number(span, "genai_impact.energy") for span in estimated(backend)
    }
    points = backend.points_of(HISTOGRAM)
    at_backend = [exemplar for point in points for exemplar in point.exemplars]
    buckets = scraped(collector, f"{HISTOGRAM_IN_PROMETHEUS}_bucket")
    in_prometheus = [sample.exemplar for sample in buckets if sample.exemplar]
    assert all(point.exemplars for point in points)
    assert in_prometheus
    for exemplar in at_backend:
        assert energy_by_ids_j[exemplar.trace_id, exemplar.span_id] == exemplar.value
    for exemplar in in_prometheus:
        assert energy_by_ids_j[exemplar.labels["trace_id"], exemplar.labels["span_id"]] == exemplar.value

"""The processor as a guest: inert where told so, and silent where things break."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace import ConcurrentMultiSpanProcessor, ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision, Sampler, SamplingResult

from otel_genai_impact import ImpactSpanProcessor, _contain
from otel_genai_impact.telemetry import plans
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.context import Context


def test_disabled_is_inert(telemetry: Telemetry) -> None:
    """With `enabled=False` nothing is written or counted."""
    telemetry.processor.configure(enabled=False)
    assert telemetry.request() == {**CHAT, **USAGE}
    assert telemetry.points() == []


def test_unusable_settings_are_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    """Each line names the setting, the value and what is allowed; the defaults hold."""
    attributes = Telemetry({"zone": "ATLANTIS", "method": "guess", "detail": "huge", "colour": "green"}).request()
    assert attributes["genai_impact.zone"] == "USA"
    assert [record.message for record in caplog.records] == [
        "there is no setting 'colour'; the settings are enabled, method, zone, detail, histograms, metric_attributes, "
        "metric_values, summary, training_g_per_request, network_kwh_per_gb, config, strict, measured, powercap, count_unsampled, count_server_spans, across_processes",
        "keyword detail: 'huge' cannot be used, and is ignored; allowed is minimal, standard or full",
        "method (GENAI_IMPACT_METHOD): 'guess' cannot be used, and is ignored; allowed is ecologits-0.11, native-1",
        "zone (GENAI_IMPACT_ZONE): 'ATLANTIS' cannot be used, and is ignored; allowed is a zone of the inventory: there is no electricity "
        "zone 'ATLANTIS'; ISO 3166-1 alpha-3 codes such as FRA",
    ]


def test_a_failure_of_ours_is_contained(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks inside, the user's span ends and is exported as it is; the log says it once."""

    def broken(*_: object) -> Any:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(_contain, "reraise", False)
    monkeypatch.setattr(plans.Plans, "plan", broken)
    assert telemetry.request() == {**CHAT, **USAGE}
    assert telemetry.request() == {**CHAT, **USAGE}
    assert [record.message for record in caplog.records] == [
        "failed while estimating the impacts of a span; the application is not affected: "
        "RuntimeError('broken on purpose')"
    ]


def test_unknown_models_are_told_once(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """One line a name, with the nearest names that there are."""
    for _ in range(3):
        telemetry.request({"gen_ai.request.model": "gpt4o"})
    assert [record.message for record in caplog.records] == [
        "the inventory has no model 'gpt4o' of provider 'openai'; did you mean 'gpt-4o' or 'gpt-4' or 'gpt-5.4'?; "
        "its requests are counted, but not estimated"
    ]


def test_an_exporter_that_raises(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """It is the SDK's business; the request is counted all the same."""

    class Raises(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            raise OSError("the disk is full")

    telemetry.tracers.add_span_processor(SimpleSpanProcessor(Raises()))
    with caplog.at_level(logging.CRITICAL):
        telemetry.request()
    assert telemetry.total("genai_impact.requests") == 1


def test_a_provider_that_is_shut_down(telemetry: Telemetry) -> None:
    """Spans that end after the shutdown raise nothing."""
    span = telemetry.start(CHAT)
    telemetry.tracers.shutdown()
    telemetry.meters.shutdown()
    span.set_attributes(USAGE)
    span.end()
    telemetry.start(CHAT).end()


def test_processors_in_parallel() -> None:
    """Under the SDK's concurrent processor we run on a pool's thread, and the exporter sees what we wrote."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(active_span_processor=ConcurrentMultiSpanProcessor(2), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    provider.add_span_processor(ImpactSpanProcessor(meter_provider=Telemetry().meters))
    provider.get_tracer("test").start_span("chat gpt-4o", attributes={**CHAT, **USAGE}).end()
    assert "genai_impact.energy" in (exporter.get_finished_spans()[0].attributes or {})
    provider.shutdown()


class _PassesOn(SpanProcessor):
    """A processor of another library's, which passes the public calls on and knows no other."""

    def __init__(self, inner: SpanProcessor) -> None:
        self._inner = inner

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self._inner.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        self._inner.on_end(span)


def test_inside_a_processor_of_somebody_else() -> None:
    """Where `_on_ending` is not passed on, `on_end` does the work: later exporters see it, and it is counted once."""
    telemetry, exporter = Telemetry(), InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(_PassesOn(ImpactSpanProcessor(meter_provider=telemetry.meters)))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    for _ in range(2):
        provider.get_tracer("test").start_span("chat gpt-4o", attributes={**CHAT, **USAGE}).end()
    assert ["genai_impact.energy" in (span.attributes or {}) for span in exporter.get_finished_spans()] == [True, True]
    assert telemetry.total("genai_impact.requests") == 2


def test_two_of_ours_are_one_line_in_the_log(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """The second on a provider does nothing, whatever its settings, and the log says so."""
    telemetry.tracers.add_span_processor(ImpactSpanProcessor(zone="FRA"))
    assert telemetry.request()["genai_impact.zone"] == "USA"
    telemetry.request()
    assert caplog.messages == ["two of our span processors are on one tracer provider: the second does nothing"]


def test_changing_settings_loses_nothing(telemetry: Telemetry) -> None:
    """Requests that end while the settings change are counted, with the old ones or the new ones."""
    sent = 0
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            telemetry.processor.configure(meter_provider=telemetry.meters, zone="FRA")

    thread = threading.Thread(target=change)
    thread.start()
    for _ in range(300):
        telemetry.request()
        sent += 1
    stop.set()
    thread.join()
    assert telemetry.total("genai_impact.requests") == sent


class _RecordOnly(Sampler):
    def should_sample(
        self,
        parent_context: Any,
        trace_id: int,
        name: str,
        kind: Any = None,
        attributes: Any = None,
        links: Any = None,
        trace_state: Any = None,
    ) -> SamplingResult:
        return SamplingResult(Decision.RECORD_ONLY, attributes)

    def get_description(self) -> str:
        return "record only"


@pytest.mark.parametrize(("sampler", "counted"), [(_RecordOnly(), 1), (ALWAYS_OFF, 0)])
def test_what_is_recorded_is_counted(sampler: Sampler, counted: int) -> None:
    """A span that is recorded but not exported counts; one that is dropped never reaches a processor."""
    telemetry = Telemetry()
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    provider.add_span_processor(telemetry.processor)
    provider.get_tracer("test").start_span("chat gpt-4o", attributes={**CHAT, **USAGE}).end()
    assert telemetry.total("genai_impact.requests") == counted
    assert telemetry.spans == ()

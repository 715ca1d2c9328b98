"""A sampler drops spans, not requests: what is counted does not depend on what is exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from otel_genai_impact import CountUnsampledSampler, GenAIImpactInstrumentor
from tests.integration.spending import spend
from tests.kit.telemetry import CHAT, USAGE, points_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.trace import Span

REQUESTS = 1000


class Application:
    """One with a sampler, which we are attached to after it has a tracer."""

    def __init__(self, sampler: Sampler, **settings: Any) -> None:
        self.reader, self.exporter = InMemoryMetricReader(), InMemorySpanExporter()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.provider = TracerProvider(sampler, shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("there before us")
        GenAIImpactInstrumentor().instrument(
            tracer_provider=self.provider, meter_provider=self.meters, histograms="none", **settings
        )

    def request(self, **start: Any) -> Span:
        span = self.tracer.start_span("chat gpt-4o", attributes=CHAT, **start)
        span.set_attributes(USAGE)
        span.end()
        return span

    def totals(self) -> dict[str, float]:
        """Each metric's sum over all its points."""
        sums: dict[str, float] = {}
        for name, _, value in points_of(self.reader):
            sums[name] = sums.get(name, 0.0) + value
        return sums


@pytest.fixture(autouse=True)
def detached() -> Iterator[None]:
    """Nothing is left attached."""
    yield
    GenAIImpactInstrumentor().uninstrument()


@pytest.mark.parametrize("sampler", [TraceIdRatioBased(0.01), ParentBased(TraceIdRatioBased(0.01)), ALWAYS_OFF])
def test_counters_do_not_depend_on_the_sampler(sampler: Sampler) -> None:
    """At 1 % of the traces, or none, the counters are those of all to 1e-9; exported is what was exported before."""
    everything = Application(ALWAYS_ON)
    spend(everything.tracer, REQUESTS, seed=7)
    expected = everything.totals()
    assert expected["genai_impact.requests"] == REQUESTS
    GenAIImpactInstrumentor().uninstrument()

    sampled = Application(sampler)
    spend(sampled.tracer, REQUESTS, seed=7)
    assert sampled.totals() == pytest.approx(expected, rel=1e-9)
    exported = sampled.exporter.get_finished_spans()
    assert len(exported) < REQUESTS / 20
    bound = TraceIdRatioBased(0.01).bound if sampler is not ALWAYS_OFF else 0
    traces = [0 if span.context is None else span.context.trace_id for span in exported]
    assert all(0 < trace_id & (2**64 - 1) < bound for trace_id in traces)


def test_other_spans_are_dropped_as_before() -> None:
    """They are not even recorded."""
    application = Application(ALWAYS_OFF)
    span = application.tracer.start_span("GET /", attributes={"http.request.method": "GET"})
    assert not span.is_recording()
    assert not application.tracer.start_span("chatter").is_recording()


def test_a_span_is_known_by_its_name_where_it_starts_without_attributes() -> None:
    """Some instrumentations set them later."""
    span = Application(ALWAYS_OFF).tracer.start_span("chat gpt-4o")
    assert span.is_recording()
    assert not span.get_span_context().trace_flags.sampled


def test_below_a_caller_that_was_not_sampled() -> None:
    """The default sampler drops what a caller decided to drop: it is counted, and still says "not sampled"."""
    application = Application(ParentBased(ALWAYS_ON))
    caller = SpanContext(trace_id=5, span_id=6, is_remote=True, trace_flags=TraceFlags(0))
    span = application.request(context=set_span_in_context(NonRecordingSpan(caller)))
    assert not span.get_span_context().trace_flags.sampled
    assert application.totals()["genai_impact.requests"] == 1
    assert application.exporter.get_finished_spans() == ()


def test_it_can_be_switched_off() -> None:
    """Then the sampler decides alone, as without us."""
    application = Application(ALWAYS_OFF, count_unsampled=False)
    application.request()
    assert application.totals() == {}
    assert application.provider.sampler is ALWAYS_OFF


def test_detached_and_attached_again() -> None:
    """In between, nothing is recorded that is dropped; the sampler is wrapped once."""
    application = Application(ALWAYS_OFF)
    GenAIImpactInstrumentor().uninstrument()
    assert not application.request().get_span_context().trace_flags.sampled
    assert application.totals() == {}
    GenAIImpactInstrumentor().instrument(
        tracer_provider=application.provider, meter_provider=application.meters, histograms="none"
    )
    application.request()
    sampler = application.provider.sampler
    assert isinstance(sampler, CountUnsampledSampler)
    assert sampler.sampler is ALWAYS_OFF
    assert application.totals()["genai_impact.requests"] == 1


class _Adding(Sampler):
    """Drops, and would add an attribute and a state."""

    closed = False

    def should_sample(self, *arguments: Any, **more: Any) -> SamplingResult:
        return SamplingResult(Decision.DROP, {"sampler.name": "adding"}, trace.TraceState([("v", "1")]))

    def get_description(self) -> str:
        return "Adding"

    def close(self) -> None:
        self.closed = True


def test_what_the_sampler_adds_is_kept() -> None:
    """Its attributes and its trace state, and what it can do besides."""
    inner = _Adding()
    sampler: Any = CountUnsampledSampler(inner)
    result = sampler.should_sample(None, 1, "chat gpt-4o", None, CHAT, None)
    assert result.decision is Decision.RECORD_ONLY
    assert dict(result.attributes) == {**CHAT, "sampler.name": "adding"}
    assert result.trace_state.get("v") == "1"
    assert sampler.get_description() == "CountUnsampledSampler{Adding}"
    sampler.close()
    assert inner.closed


def test_attributes_that_are_none_of_ours_reach_nobody() -> None:
    """Whatever a tracer is given, the sampler's own answer comes back."""
    sampler = CountUnsampledSampler(ALWAYS_OFF)
    strange: Any = {object(): 1, None: None}
    assert sampler.should_sample(None, 1, "", None, strange, None).decision is Decision.DROP

"""What single steps cost: reading a span, telling whether its request was counted, and spans that are above requests."""

from __future__ import annotations

from itertools import count
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import set_span_in_context

from otel_genai_impact import ImpactSpanProcessor
from otel_genai_impact.telemetry.counting_once import CountingOnce
from otel_genai_impact.telemetry.request import read, what_of
from otel_genai_impact.telemetry.writing import parts_of
from tests.benchmarks.interleaving import Spread, interleaved, microseconds, ratio
from tests.benchmarks.rows import Row
from tests.benchmarks.spans import INSTRUMENTATION, SPANS_A_BLOCK, WARM_UP_REQUESTS, chat_spans_ns, tracer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.trace import Tracer

_ROOT: Final = Context()
_CHAT: Final = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "server.address": "api.openai.com",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 350,
}
_OPENINFERENCE: Final = {
    "openinference.span.kind": "LLM",
    "llm.provider": "openai",
    "llm.model_name": "gpt-4o",
    "llm.token_count.prompt": 120,
    "llm.token_count.completion": 350,
    "llm.token_count.total": 470,
    "output.value": "yes",
}
_CHAIN: Final = {"openinference.span.kind": "CHAIN", "input.value": "why", "output.value": "yes"}
_HTTP: Final = {"http.request.method": "GET", "http.response.status_code": 200}

_ids: Final = count()


def read_ns(attributes: Mapping[str, Any]) -> float:
    """What it takes to read one span."""
    start = perf_counter_ns()
    for _ in range(SPANS_A_BLOCK):
        read("chat gpt-4o", attributes)
    return (perf_counter_ns() - start) / SPANS_A_BLOCK


def seen_ns(once: CountingOnce, spans: list[ReadableSpan]) -> float:
    """What it takes to tell whether the requests of these spans were counted, each with an id of its own."""
    request = read("chat gpt-4o", _CHAT)
    assert request is not None
    requests = [what_of(request._replace(response_id=f"r{next(_ids)}")) for _ in spans]
    parts = [parts_of(span) for span in spans]
    start = perf_counter_ns()
    for span, its_parts, what in zip(spans, parts, requests, strict=True):
        once.first_seen_as(span, its_parts, what)
    return (perf_counter_ns() - start) / len(spans)


def twins_ns(of: tuple[Tracer, Tracer]) -> float:
    """What a pair of spans takes that two instrumentations make of one request, one after the other, beside each other."""
    start = perf_counter_ns()
    for _ in range(SPANS_A_BLOCK):
        first, second = (each.start_span("chat gpt-4o", _ROOT, attributes=_CHAT) for each in of)
        first.end()
        second.end()
    return (perf_counter_ns() - start) / SPANS_A_BLOCK


def above_ns(of: Tracer) -> float:
    """What a span of no request takes, below another one, while requests wait below that."""
    root = of.start_span("POST /answer", _ROOT, attributes=_HTTP)
    below = set_span_in_context(root, _ROOT)
    of.start_span("chat gpt-4o", below, attributes=_CHAT).end()
    start = perf_counter_ns()
    for _ in range(SPANS_A_BLOCK):
        of.start_span("GET", below, attributes=_HTTP).end()
    taken = (perf_counter_ns() - start) / SPANS_A_BLOCK
    root.end()
    return taken


def _spans(provider: TracerProvider) -> list[ReadableSpan]:
    spans = [provider.get_tracer(INSTRUMENTATION).start_span("chat gpt-4o", _ROOT) for _ in range(SPANS_A_BLOCK)]
    for span in spans:
        span.end()
    return [span for span in spans if isinstance(span, ReadableSpan)]


def measure(*, rounds: int = 60, warm_up: int = WARM_UP_REQUESTS) -> list[Row]:
    """Each in bare chat spans, or against the same spans without us; for information."""
    meters = MeterProvider(metric_readers=[InMemoryMetricReader()], shutdown_on_exit=False)

    def provider(*processors: SpanProcessor) -> TracerProvider:
        made = TracerProvider(sampler=ALWAYS_ON, shutdown_on_exit=False)
        for processor in (SpanProcessor(), *processors):
            made.add_span_processor(processor)
        return made

    bare, once = tracer(), CountingOnce()
    without = provider()
    with_us = provider(ImpactSpanProcessor(meter_provider=meters, histograms="none"))
    pairs = {of: (of.get_tracer("one"), of.get_tracer("two")) for of in (without, with_us)}
    for _ in range(warm_up // SPANS_A_BLOCK + 1):
        seen_ns(once, _spans(without))
        twins_ns(pairs[with_us])
    blocks: dict[str, Callable[[], float]] = {
        "bare chat": lambda: chat_spans_ns(bare),
        "the conventions": lambda: read_ns(_CHAT),
        "OpenInference": lambda: read_ns(_OPENINFERENCE),
        "a chain": lambda: read_ns(_CHAIN),
        "counting once": lambda: seen_ns(once, _spans(without)),
        "twins": lambda: twins_ns(pairs[without]),
        "twins, with us": lambda: twins_ns(pairs[with_us]),
        "other span": lambda: above_ns(without.get_tracer("app")),
        "other span, with us": lambda: above_ns(with_us.get_tracer("app")),
    }
    taken_ns = interleaved(blocks, rounds=rounds)
    meters.shutdown()

    def in_bare_spans(name: str, what: str) -> Row:
        return Row(name=name, unit="x", spread=ratio(taken_ns[what], taken_ns["bare chat"]))

    return [
        in_bare_spans("reading a GenAI span of the conventions, in bare spans", "the conventions"),
        in_bare_spans("reading a span of OpenInference, in bare spans", "OpenInference"),
        in_bare_spans("reading a span of a chain, in bare spans", "a chain"),
        in_bare_spans("telling whether a request was counted, in bare spans", "counting once"),
        Row(
            name="two spans of one request beside each other, with us",
            unit="x",
            spread=ratio(taken_ns["twins, with us"], taken_ns["twins"]),
        ),
        Row(
            name="span below one that has requests below it, with us",
            unit="x",
            spread=ratio(taken_ns["other span, with us"], taken_ns["other span"]),
            absolute={f"{name}, us": value for name, value in microseconds(taken_ns).items()},
        ),
        Row(
            name="the same pair: added, in bare spans",
            unit="x",
            spread=_added(taken_ns),
        ),
    ]


def _added(taken_ns: Mapping[str, list[float]]) -> Spread:
    rounds = zip(taken_ns["twins, with us"], taken_ns["twins"], taken_ns["bare chat"], strict=True)
    return Spread.of([(with_us - without) / span for with_us, without, span in rounds])

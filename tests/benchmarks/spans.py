"""What we add to a span: providers that differ in our processor alone, spans as real instrumentations make them."""

from __future__ import annotations

from itertools import count
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final

from opentelemetry.context import Context, get_current
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind

from otel_genai_impact import ImpactSpanProcessor, budget
from otel_genai_impact.telemetry.scope import SCOPES
from tests.benchmarks.interleaving import interleaved, microseconds, ratio
from tests.benchmarks.rows import Row, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Tracer
    from opentelemetry.util.types import Attributes

HISTOGRAMS_OFF: Final = Target(limit=1.4)
HISTOGRAMS_DEFAULT: Final = Target(limit=2.6)
IN_A_BUDGET: Final = Target(limit=0.1)
NOT_GENAI: Final = Target(limit=1.02)

# A multiple of the requests after which the ledger posts its queue: each block pays for it.
SPANS_A_BLOCK: Final = 256
# More than we remember to count each request once: from there on, remembering one means forgetting another.
WARM_UP_REQUESTS: Final = 10_240

# More than a block has: the batch is exported when it is flushed, by the thread that is measured.
MOST_IN_A_BATCH: Final = 1024

INSTRUMENTATION: Final = "opentelemetry.instrumentation.genai.openai"

_ROOT: Final = Context()
_CHAT_AT_START: Final[Attributes] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "server.address": "api.openai.com",
}
_HTTP_AT_START: Final[Attributes] = {
    "http.request.method": "GET",
    "url.full": "https://example.com/items?page=2",
    "server.address": "example.com",
    "server.port": 443,
}
_HTTP_AT_END: Final[dict[str, str | int]] = {"http.response.status_code": 200, "network.protocol.version": "1.1"}

_response_number = count()


class Encoding(SpanExporter):
    """Makes OTLP of spans, and sends it nowhere: what every exporter does, without the network."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        encode_spans(spans).SerializeToString()
        return SpanExportResult.SUCCESS


def tracer(
    *processors: SpanProcessor, meter_provider: MeterProvider | None = None, first: SpanProcessor | None = None
) -> Tracer:
    """A tracer whose spans go to `first`, which does nothing if not given, and to these.

    Doing nothing makes the bare span as cheap as it can be, and so the ratios as large.
    """
    provider = TracerProvider(sampler=ALWAYS_ON, shutdown_on_exit=False, meter_provider=meter_provider)
    for processor in (first or SpanProcessor(), *processors):
        provider.add_span_processor(processor)
    return provider.get_tracer(INSTRUMENTATION)


def batches() -> BatchSpanProcessor:
    """What applications export with. It waits until it is flushed."""
    return BatchSpanProcessor(Encoding(), schedule_delay_millis=1e9, max_export_batch_size=MOST_IN_A_BATCH)


def chat_answers(spans: int) -> list[dict[str, str | int | tuple[str, ...]]]:
    """What the official OpenAI instrumentation 1.3b0 sets on the spans of so many chats, when they are answered."""
    # Each request has an answer with an id of its own.
    return [
        {
            "gen_ai.response.model": "gpt-4o-2024-08-06",
            "gen_ai.response.id": f"chatcmpl-{next(_response_number):024d}",
            "gen_ai.response.finish_reasons": ("stop",),
            "openai.response.service_tier": "default",
            "gen_ai.usage.input_tokens": 120,
            "gen_ai.usage.output_tokens": 350,
        }
        for _ in range(spans)
    ]


def chat_spans(
    of: Tracer, answers: Sequence[Mapping[str, str | int | tuple[str, ...]]], context: Context = _ROOT
) -> None:
    """Spans of chats that are answered so."""
    for answer in answers:
        span = of.start_span("chat gpt-4o", context, SpanKind.CLIENT, _CHAT_AT_START)
        span.set_attributes(answer)
        span.end()


def chat_spans_ns(of: Tracer, spans: int = SPANS_A_BLOCK, context: Context = _ROOT) -> float:
    """What a span of a chat takes."""
    answers = chat_answers(spans)
    start = perf_counter_ns()
    chat_spans(of, answers, context)
    return (perf_counter_ns() - start) / spans


def chat_spans_in_budget_ns(of: Tracer) -> float:
    """The same, in a budget."""
    with budget("benchmark", gwp_g=1e9, on_exceeded="observe"):
        return chat_spans_ns(of, context=get_current())


def chat_spans_without_budgets_ns(of: Tracer) -> float:
    """The same, as in a process that never had a budget."""
    had_one, SCOPES.begun = SCOPES.begun, False
    try:
        return chat_spans_ns(of)
    finally:
        SCOPES.begun = had_one


def http_spans(of: Tracer, spans: int) -> None:
    """Spans of an HTTP client."""
    for _ in range(spans):
        span = of.start_span("GET", _ROOT, SpanKind.CLIENT, _HTTP_AT_START)
        span.set_attributes(_HTTP_AT_END)
        span.end()


def http_spans_ns(of: Tracer, spans: int = SPANS_A_BLOCK) -> float:
    """What a span of an HTTP client takes."""
    start = perf_counter_ns()
    http_spans(of, spans)
    return (perf_counter_ns() - start) / spans


def exported_http_spans_ns(of: Tracer, batch: BatchSpanProcessor, spans: int = SPANS_A_BLOCK) -> float:
    """What a span of an HTTP client takes, until it is encoded."""
    start = perf_counter_ns()
    http_spans(of, spans)
    batch.force_flush()
    return (perf_counter_ns() - start) / spans


def measure(*, rounds: int = 80, http_rounds: int = 250, warm_up: int = WARM_UP_REQUESTS) -> list[Row]:
    """A chat with histograms off and with the default one, and a span that is none of ours."""
    meter_provider = MeterProvider(metric_readers=[InMemoryMetricReader()], shutdown_on_exit=False)
    bare = tracer()
    off = tracer(ImpactSpanProcessor(meter_provider=meter_provider, histograms="none"))
    default = tracer(ImpactSpanProcessor(meter_provider=meter_provider))
    chat_spans_ns(default, warm_up)

    chats_ns = interleaved(
        {
            "bare": lambda: chat_spans_ns(bare),
            "histograms off": lambda: chat_spans_without_budgets_ns(off),
            "default": lambda: chat_spans_without_budgets_ns(default),
            "budgets elsewhere": lambda: chat_spans_ns(off),
            "in a budget": lambda: chat_spans_in_budget_ns(off),
        },
        rounds=rounds,
    )
    bare_again = tracer()
    idle = tracer(SpanProcessor())
    batch, batch_with_us = batches(), batches()
    exporting = tracer(first=batch)
    exporting_with_us = tracer(ImpactSpanProcessor(meter_provider=meter_provider), first=batch_with_us)
    http_ns = interleaved(
        {
            "bare": lambda: http_spans_ns(bare),
            "bare again": lambda: http_spans_ns(bare_again),
            "idle": lambda: http_spans_ns(idle),
            "with us": lambda: http_spans_ns(default),
            "exported": lambda: exported_http_spans_ns(exporting, batch),
            "exported, with us": lambda: exported_http_spans_ns(exporting_with_us, batch_with_us),
        },
        rounds=http_rounds,
    )
    for done in (batch, batch_with_us, meter_provider):
        done.shutdown()
    absolute = {f"{name}, us": value for name, value in microseconds(chats_ns).items()}
    return [
        Row(
            name="GenAI span with us, histograms off",
            unit="x",
            spread=ratio(chats_ns["histograms off"], chats_ns["bare"]),
            target=HISTOGRAMS_OFF,
            absolute=absolute,
        ),
        Row(
            name="GenAI span with us, default histogram",
            unit="x",
            spread=ratio(chats_ns["default"], chats_ns["bare"]),
            target=HISTOGRAMS_DEFAULT,
        ),
        _what_a_budget_adds(chats_ns, to="histograms off"),
        _what_a_budget_adds(chats_ns, to="budgets elsewhere"),
        Row(
            name="span that is no GenAI request, with us",
            unit="x",
            spread=ratio(http_ns["with us"], http_ns["bare"]),
            target=NOT_GENAI,
            absolute={f"{name}, us": value for name, value in microseconds(http_ns).items()},
        ),
        Row(
            name="the same where spans are exported: encoded as OTLP, not sent",
            unit="x",
            spread=ratio(http_ns["exported, with us"], http_ns["exported"]),
            target=NOT_GENAI,
        ),
        Row(
            name="control: that span without us, twice",
            unit="x",
            spread=ratio(http_ns["bare again"], http_ns["bare"]),
        ),
        Row(
            name="control: that span with one more processor that does nothing",
            unit="x",
            spread=ratio(http_ns["idle"], http_ns["bare"]),
        ),
    ]


def _what_a_budget_adds(chats_ns: dict[str, list[float]], *, to: str) -> Row:
    rounds = zip(chats_ns["in a budget"], chats_ns[to], strict=True)
    return Row(
        name=f"what a budget adds to that with {to}, in bare spans",
        unit="x",
        spread=ratio([within - without for within, without in rounds], chats_ns["bare"]),
        target=IN_A_BUDGET,
    )

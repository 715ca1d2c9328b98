"""What it takes to count the spans that a sampler drops, and what our sampler adds to the others."""

from __future__ import annotations

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler

from otel_genai_impact import CountUnsampledSampler, ImpactSpanProcessor
from tests.benchmarks.interleaving import Spread, interleaved, microseconds, ratio
from tests.benchmarks.rows import Row
from tests.benchmarks.spans import WARM_UP_REQUESTS, chat_spans_ns, http_spans_ns, tracer


def measure(*, rounds: int = 80, warm_up: int = WARM_UP_REQUESTS) -> list[Row]:
    """A dropped chat that is counted, and spans that are none of ours with our sampler and without; for information."""
    meters = MeterProvider(metric_readers=[InMemoryMetricReader()], shutdown_on_exit=False)

    def sampled(sampler: Sampler) -> TracerProvider:
        provider = TracerProvider(sampler, shutdown_on_exit=False)
        provider.add_span_processor(SpanProcessor())
        return provider

    counting = sampled(CountUnsampledSampler(ALWAYS_OFF))
    counting.add_span_processor(ImpactSpanProcessor(meter_provider=meters))
    bare, dropped, counted = tracer(), sampled(ALWAYS_OFF).get_tracer("app"), counting.get_tracer("app")
    ours, theirs = sampled(CountUnsampledSampler(ALWAYS_ON)).get_tracer("app"), sampled(ALWAYS_ON).get_tracer("app")
    chat_spans_ns(counted, warm_up)
    taken_ns = interleaved(
        {
            "bare chat": lambda: chat_spans_ns(bare),
            "dropped chat": lambda: chat_spans_ns(dropped),
            "dropped chat, counted": lambda: chat_spans_ns(counted),
            "dropped HTTP": lambda: http_spans_ns(dropped),
            "dropped HTTP, our sampler": lambda: http_spans_ns(counted),
            "kept HTTP": lambda: http_spans_ns(theirs),
            "kept HTTP, our sampler": lambda: http_spans_ns(ours),
        },
        rounds=rounds,
    )
    meters.shutdown()
    rounds_of = (taken_ns[name] for name in ("dropped chat, counted", "dropped chat", "bare chat"))
    return [
        Row(
            name="GenAI span that the sampler drops: to count it, in bare spans",
            unit="x",
            spread=Spread.of([(counted - gone) / span for counted, gone, span in zip(*rounds_of, strict=True)]),
            absolute={f"{name}, us": value for name, value in microseconds(taken_ns).items()},
        ),
        Row(
            name="other span that the sampler drops, with our sampler",
            unit="x",
            spread=ratio(taken_ns["dropped HTTP, our sampler"], taken_ns["dropped HTTP"]),
        ),
        Row(
            name="other span that the sampler keeps, with our sampler",
            unit="x",
            spread=ratio(taken_ns["kept HTTP, our sampler"], taken_ns["kept HTTP"]),
        ),
    ]

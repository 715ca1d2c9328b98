"""Run in a fresh interpreter: the peak of its resident memory after some requests over 20 models, and one collection.

`memory.py with 10000` or `memory.py without 10000`. The requests are made either way; `with` and `without` is us.

Resident memory, and not what tracemalloc counts, because it is what a container's limit is compared with: it has the
code, the allocator's waste and the peaks in it. Read from /proc, which begins anew in each program; what `getrusage`
says of a child begins with what its parent had.
"""

from __future__ import annotations

import json
import sys
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import wrapt
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_IMPORTED_ANYWAY: Final = (wrapt, BaseInstrumentor)
_STATUS: Final = Path("/proc/self/status")
_MODELS: Final = {
    "openai": ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "o3", "o4-mini"),
    "anthropic": ("claude-sonnet-4-5", "claude-opus-4-1", "claude-haiku-4-5", "claude-opus-4-5"),
    "mistral_ai": ("mistral-large-latest", "mistral-small-latest", "codestral-latest", "ministral-8b-latest"),
    "gcp.gemini": ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-2.0-flash"),
}


def peak_kib() -> int | None:
    """The most resident memory so far; None where there is no /proc."""
    if not _STATUS.exists():
        return None
    lines = _STATUS.read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def request(tracer: Tracer, number: int, provider: str, model: str) -> None:
    names = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model}
    span = tracer.start_span(f"chat {model}", kind=SpanKind.CLIENT, attributes=names)
    span.set_attributes({
        "gen_ai.response.model": model,
        "gen_ai.response.id": f"chatcmpl-{number:024d}",
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 350 + number % 100,
    })  # fmt: skip
    span.end()


def main(us: str, requests: int) -> None:
    reader = InMemoryMetricReader()
    meter_provider = MeterProvider(metric_readers=[reader])
    provider = TracerProvider(sampler=ALWAYS_ON)
    provider.add_span_processor(SpanProcessor())
    if us == "with":
        from otel_genai_impact import _plugin

        provider.add_span_processor(_plugin.ImpactSpanProcessor(meter_provider=meter_provider))
    tracer = provider.get_tracer("benchmark")
    pairs = [(provider, model) for provider, models in _MODELS.items() for model in models]
    for number, (name, model) in enumerate(islice(cycle(pairs), requests)):
        request(tracer, number, name, model)
    reader.get_metrics_data()
    print(json.dumps({"peak_kib": peak_kib()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

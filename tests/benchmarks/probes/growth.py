"""Run in a fresh interpreter: resident memory after some spans, and after many more.

`growth.py 100000 1000000`. Of four spans one is of a server, one of a tool below it, and two are one request's, seen by two
instrumentations; each answer has an id of its own, every third has no usage at first, and every tenth model is new.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import set_span_in_context

from otel_genai_impact import ImpactSpanProcessor

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_STATUS: Final = Path("/proc/self/status")
_ROOT: Final = Context()
_SPANS_A_CALL: Final = 4


def resident_kib() -> int | None:
    """The memory of its own that the process has now, swapped out or not; None where there is no /proc.

    Pages of files come and go with the machine's load.
    """
    gc.collect()
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "VmSwap:"))) or None


def call(framework: Tracer, sdk: Tracer, number: int) -> None:
    """A request to a server, which calls a tool, which asks a model."""
    model = f"model-{number}" if number % 10 == 0 else "gpt-4o"
    names = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model}
    usage = {"gen_ai.usage.input_tokens": 120, "gen_ai.usage.output_tokens": 350 + number % 100}
    server = framework.start_span("POST /answer", _ROOT, attributes={"http.request.method": "POST"})
    tool = framework.start_span(
        "execute_tool", set_span_in_context(server, _ROOT), attributes={"gen_ai.operation.name": "execute_tool"}
    )
    below = set_span_in_context(tool, _ROOT)
    outer, inner = (tracer.start_span(f"chat {model}", below, attributes=names) for tracer in (framework, sdk))
    for span in (inner, outer):
        span.set_attribute("gen_ai.response.id", f"chatcmpl-{number:024d}")
        span.set_attributes(usage if span is outer or number % 3 else {})
        span.end()
    tool.end()
    server.end()


def main(before: int, spans: int) -> None:
    reader = InMemoryMetricReader()
    meter_provider = MeterProvider(metric_readers=[reader])
    provider = TracerProvider(sampler=ALWAYS_ON)
    provider.add_span_processor(ImpactSpanProcessor(meter_provider=meter_provider))
    framework, sdk = provider.get_tracer("framework"), provider.get_tracer("sdk")
    start, measured = perf_counter(), list[int | None]()
    for first, last in ((0, before), (before, spans)):
        for number in range(first // _SPANS_A_CALL, last // _SPANS_A_CALL):
            call(framework, sdk, number)
        reader.get_metrics_data()
        measured.append(resident_kib())
    print(json.dumps({"before_kib": measured[0], "after_kib": measured[1], "took_s": perf_counter() - start}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

"""Run under callgrind: does one thing so many times, and ends. `parts.py THING TIMES`; tests/benchmarks/parts.py asks."""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).parents[3]))

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import SpanProcessor

from otel_genai_impact import ImpactSpanProcessor
from otel_genai_impact.telemetry.ledger import LEDGER
from otel_genai_impact.telemetry.request import NAMES, read, what_of
from otel_genai_impact.telemetry.writing import quick_parts_of, write
from tests.benchmarks.spans import chat_spans_ns, http_spans_ns, tracer

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import Span

# As many spans are made in each process, so that what making them takes is the same in all of them.
MOST: Final = 768


class _OfItsOwn(SpanProcessor):
    """Does nothing, in methods of its own."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None: ...

    def _on_ending(self, span: Span) -> None: ...

    def on_end(self, span: Any) -> None: ...


class _Kept(SpanProcessor):
    """Keeps the spans."""

    def __init__(self) -> None:
        self.spans: list[Any] = []

    def on_end(self, span: Any) -> None:
        self.spans.append(span)


def _ours() -> ImpactSpanProcessor:
    return ImpactSpanProcessor(meter_provider=MeterProvider(shutdown_on_exit=False), histograms="none")


def _parts() -> dict[str, Callable[[int], object]]:  # noqa: C901 -- one step after another
    """Each step of the way of a request, on spans that are made before."""
    processor, kept = _ours(), _Kept()
    chat_spans_ns(tracer(processor), 1)  # its plan is kept
    chat_spans_ns(tracer(kept), MOST)
    recorder, spans = processor._recorder, kept.spans
    read_of = [(quick_parts_of(span), span._attributes._dict) for span in spans]
    request = read(read_of[0][0][0], read_of[0][1])
    if request is None:
        raise LookupError("the span of a chat is no request")
    what, known, key = what_of(request), recorder.plans.known, request[NAMES]
    plan = known[key, ()]
    estimate = plan.estimate(350, 1.0)

    def first_seen(times: int) -> None:
        for span, (parts, _) in islice(zip(spans, read_of, strict=True), times):
            recorder._once.first_seen_as(span, parts, what)

    def reading(times: int) -> None:
        for parts, attributes in islice(read_of, times):
            read(parts[0], attributes, parts[6])

    def estimating(times: int) -> None:
        for _ in range(times):
            known[request[NAMES], ()].estimate(350, 1.0)

    def counting(times: int) -> None:
        for _ in range(times):
            LEDGER.add(plan.row, estimate, 120, 350)

    def writing(times: int) -> None:
        for span in islice(spans, times):
            write(span, plan.attributes, recorder.estimated._fill, estimate)

    def all_of_it(times: int) -> None:
        for span in islice(spans, times):
            processor.on_start(span, parent_context=None)
            processor._on_ending(span)
            processor.on_end(span)

    return {
        "parts": lambda times: [*map(quick_parts_of, islice(spans, times))],
        "read": reading, "first_seen": first_seen, "estimate": estimating, "count": counting, "write": writing,
        "all": all_of_it,
    }  # fmt: skip


def _call(processor: SpanProcessor, times: int) -> None:
    """What a processor is called for by a span that is no GenAI request."""
    kept = _Kept()
    http_spans_ns(tracer(kept), 1)
    (span,) = kept.spans
    for _ in range(times):
        processor.on_start(span, parent_context=None)
        processor._on_ending(span)
        processor.on_end(span)


def main(thing: str, times: int) -> None:
    processors: dict[str, tuple[SpanProcessor, ...]] = {
        "bare": (),
        "idle": (SpanProcessor(),),
        "own": (_OfItsOwn(),),
        "ours": (_ours(),),
    }
    kind, _, which = thing.partition(":")
    if kind == "part":
        do = _parts()[which]
    elif kind == "calls":
        do = partial(_call, processors[which][0])
    else:
        do = partial(chat_spans_ns if kind == "chat" else http_spans_ns, tracer(*processors[which]))
        do(256)
    gc.disable()
    do(times)
    os._exit(0)  # no more than that


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

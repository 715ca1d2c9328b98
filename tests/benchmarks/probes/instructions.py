"""Run under `valgrind --tool=callgrind --dump-before=getppid`: blocks of spans, each between two calls of `getppid`.

`instructions.py FOLDER SPANS`. Everything is imported once; then each contender runs in a fork, alone, as its classes would be
in a process: the interpreter makes code faster for the classes that it has seen. It runs in a thread, as a server has
its requests: in the main thread we leave what goes into histograms for later. What a fork is called stands in FOLDER,
under its process id. `getppid` does nothing that matters here, and callgrind knows it by name: it counts anew there.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from otel_genai_impact import ImpactSpanProcessor
from tests.benchmarks.spans import batches, chat_answers, chat_spans, http_spans, tracer

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer


# Two postings of the ledger's queue; the interpreter has made its code as fast as it will by then.
FEW_SPANS: Final = 512


class OfItsOwnClass(SpanProcessor):
    """Does nothing, in methods of its own: what no processor that looks at spans can be below."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        pass

    def _on_ending(self, span: Span) -> None:
        pass

    def on_end(self, span: ReadableSpan) -> None:
        pass


def with_us(histograms: str) -> Tracer:
    meters = MeterProvider(metric_readers=[InMemoryMetricReader()], shutdown_on_exit=False)
    return tracer(ImpactSpanProcessor(meter_provider=meters, histograms=histograms))


def doing_nothing() -> Tracer:
    return tracer(OfItsOwnClass())


TRACERS: Final[dict[str, Callable[[], Tracer]]] = {
    "bare": tracer,
    "a processor that does nothing": doing_nothing,
    "with us, histograms off": lambda: with_us("none"),
    "with us, default histogram": lambda: with_us("energy"),
}


def other_spans(of: Tracer, spans: int) -> None:
    http_spans(of, FEW_SPANS)
    os.getppid()
    http_spans(of, spans)
    os.getppid()


def genai_spans(of: Tracer, spans: int) -> None:
    """In a young process: what remembers requests is not full yet, which would take callgrind minutes."""
    chat_spans(of, chat_answers(FEW_SPANS))
    answers = chat_answers(spans)
    os.getppid()
    chat_spans(of, answers)
    os.getppid()


def exported_spans(*processors: SpanProcessor, spans: int) -> None:
    """Other spans, encoded as what is sent, by the same thread."""
    batch = batches()
    of = tracer(*processors, first=batch)
    http_spans(of, FEW_SPANS)
    batch.force_flush()
    os.getppid()
    http_spans(of, spans)
    batch.force_flush()
    os.getppid()


def contenders(spans: int) -> dict[str, Callable[[], None]]:
    """By what they are called."""
    made: dict[str, Callable[[], None]] = {}
    for kind, block in (("other span", other_spans), ("GenAI span", genai_spans)):
        for name, make in TRACERS.items():
            made[f"{kind}, {name}"] = lambda block=block, make=make: block(make(), spans)
    made["exported other span, bare"] = lambda: exported_spans(spans=spans)
    made["exported other span, a processor that does nothing"] = lambda: exported_spans(OfItsOwnClass(), spans=spans)
    made["exported other span, with us"] = lambda: exported_spans(ImpactSpanProcessor(), spans=spans)
    return made


def main(folder: Path, spans: int) -> None:
    gc.disable()
    for name, run in contenders(spans).items():
        child = os.fork()
        if child == 0:
            (folder / f"{os.getpid()}.name").write_text(name, encoding="utf-8")
            thread = Thread(target=run)
            thread.start()
            thread.join()
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError(f"{name}: failed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""Millions of spans through the span processor: what it keeps, what it exports, and what each span costs."""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otel_genai_impact import ImpactSpanProcessor, semconv
from tests.kit.telemetry import points_of
from tests.soak.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["fleet", "attacker"]

WARM_UP: Final = 100_000
MOST_GROWTH_MIB: Final = 2.0
MOST_SERIES: Final = 1000
_logger: Final = logging.getLogger("otel_genai_impact")
_STATUS: Final = Path("/proc/self/status")
ROUNDS: Final = 60
MOST_LOG_LINES: Final = 200
_BLOCK: Final = 300
_COLLECT_EVERY: Final = 50_000


class Cost(NamedTuple):
    """What a span costs with us, in spans without, and how far two blocks of the very same code are apart."""

    ratio: float
    noise: float


class Soaked(NamedTuple):
    """What came of a run."""

    kind: Kind
    spans: int
    requests: int
    counted: int
    series: int
    log_lines: int
    rss_mib: tuple[float, ...]
    first: Cost
    last: Cost
    took_s: float

    @property
    def growth_mib(self) -> float:
        """How much the process has grown since it was warm."""
        return max(self.rss_mib[1:]) - self.rss_mib[0]

    @property
    def broken(self) -> list[str]:
        """The promises that did not hold."""
        flat = self.last.ratio <= self.first.ratio * (1 + self.first.noise + self.last.noise)
        promises = {
            f"memory grew by {self.growth_mib:.2f} MiB": self.growth_mib < MOST_GROWTH_MIB,
            f"{self.log_lines} lines in the log": self.log_lines <= MOST_LOG_LINES,
            f"{self.series} series": self.series <= MOST_SERIES,
            f"{self.counted} requests counted of {self.requests}": self.counted == self.requests,
            f"a span costs {self.last.ratio:.2f} at the end, {self.first.ratio:.2f} at first": flat,
        }
        return [broken for broken, holds in promises.items() if not holds]


class _Log(logging.Handler):
    """Counts the lines that we log."""

    lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self.lines += 1


class _Soak:
    """An application with our processor, and the same without."""

    def __init__(self, kind: Kind) -> None:
        self.reader = InMemoryMetricReader()
        self._meters = MeterProvider([self.reader], shutdown_on_exit=False)
        observed, bare = (TracerProvider(sampler=ALWAYS_ON, shutdown_on_exit=False) for _ in range(2))
        observed.add_span_processor(ImpactSpanProcessor(meter_provider=self._meters, metric_attributes="tenant"))
        self.observed, self.bare = Stream(observed, Random(1)), Stream(bare, Random(2))
        self._kind = kind

    def step(self, stream: Stream) -> Callable[[], None]:
        return stream.of_a_fleet if self._kind == "fleet" else stream.of_an_attacker

    def go_on(self, until: int) -> None:
        """Make spans until there are so many, and collect the metrics now and then."""
        step, stream = self.step(self.observed), self.observed
        while stream.spans < until:
            stop = min(until, stream.spans + _COLLECT_EVERY)
            while stream.spans < stop:
                step()
            self.reader.get_metrics_data()

    def cost(self, rounds: int) -> Cost:
        """The cost of a span now: blocks with us and twice without, one after the other, many times."""
        ratios, controls = list[float](), list[float]()
        gc.collect()
        gc.disable()
        try:
            for _ in range(rounds):
                ours, control, again = (
                    _ns_a_span(self.step(each), each) for each in (self.observed, self.bare, self.bare)
                )
                ratios.append(ours / control)
                controls.append(again / control)
        finally:
            gc.enable()
        low, _, high = quantiles(controls, n=4)
        return Cost(median(ratios), (high - low) / median(controls))

    def requests_by_series(self) -> list[float]:
        """What each series of the counter of requests says."""
        return [value for name, _, value in points_of(self.reader) if name == semconv.REQUESTS]


def soak(
    kind: Kind,
    spans: int,
    warm_up: int = WARM_UP,
    rounds: int = ROUNDS,
    tell: Callable[[int, float], None] | None = None,
) -> Soaked:
    """So many spans, of which the first ones are to fill what is bounded. Tells after them and each tenth how large the process is."""
    start, run, log = perf_counter_ns(), _Soak(kind), _Log()
    _logger.addHandler(log)
    _logger.propagate = False
    run.go_on(warm_up // 2)
    first = run.cost(rounds)
    run.go_on(warm_up)
    rss = [resident_mib()]
    if tell is not None:
        tell(run.observed.spans, rss[0])
    while run.observed.spans < spans:
        run.go_on(min(spans, run.observed.spans + max(spans // 10, 1)))
        rss.append(resident_mib())
        if tell is not None:
            tell(run.observed.spans, rss[-1])
    last, series = run.cost(rounds), run.requests_by_series()
    took_s = (perf_counter_ns() - start) / 1e9
    return Soaked(
        kind,
        run.observed.spans,
        run.observed.requests,
        int(sum(series)),
        len(series),
        log.lines,
        tuple(rss),
        first,
        last,
        took_s,
    )


def resident_mib() -> float:
    """The memory of its own that the process has now, swapped out or not: pages of files come and go with the machine's load."""
    gc.collect()
    lines = _STATUS.read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "VmSwap:"))) / 1024


def _ns_a_span(step: Callable[[], None], stream: Stream) -> float:
    before, start = stream.spans, perf_counter_ns()
    while stream.spans < before + _BLOCK:
        step()
    return (perf_counter_ns() - start) / (stream.spans - before)

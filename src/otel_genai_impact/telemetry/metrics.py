"""The metrics: ordinary synchronous counters, fed from the ledger at each collection, and the histograms.

One observable counter a MeterProvider, which never yields a point, has the callback that moves what the ledger has
into the counters. Counters that observe the ledger themselves would be wrong in three ways: after a collection that
timed out, in a forked child, and after a second registration.
"""

from __future__ import annotations

import gc
from collections import deque
from threading import Lock, get_ident, main_thread
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import ref

from opentelemetry import metrics
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, NonRecordingSpan, set_span_in_context

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained
from otel_genai_impact._version import __version__
from otel_genai_impact.telemetry import ledger
from otel_genai_impact.telemetry.ledger import LEDGER, Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opentelemetry.metrics import CallbackOptions, Counter, Histogram, Meter, MeterProvider, Observation
    from opentelemetry.trace import SpanContext

    from otel_genai_impact.telemetry.ledger import MetricAttributes

_EMPTY: Final = Context()
# The SDK takes an empty context for none given, and the current one instead: whoever collects inside a span would lend
# the counters its exemplars.
_NO_SPAN: Final = set_span_in_context(INVALID_SPAN, _EMPTY)


class _CounterOf(NamedTuple):
    """Which counter a column of the ledger feeds, less another column if there is one."""

    column: int
    name: str
    unit: str
    description: str
    phase: str | None = None
    less: int | None = None


_ENERGY = "Energy of the data centre for GenAI requests, PUE included"
_GWP = "Greenhouse gas emissions of GenAI requests, CO2eq"
_BOUND = "; sum of the requests' {} bounds, not a bound of the sum"
_ADPE = "Abiotic depletion of elements by GenAI requests, Sbeq"
_PE = "Primary energy of GenAI requests"
_WCF = "Water consumption of GenAI requests"
_REQUESTS = "GenAI requests, each exactly once, estimated or not"
_USAGE, _EMBODIED = semconv.PHASE_USAGE, semconv.PHASE_EMBODIED

COUNTERS: Final = (
    _CounterOf(ledger.REQUESTS, semconv.REQUESTS, semconv.UNIT_REQUEST, _REQUESTS),
    _CounterOf(ledger.ENERGY, semconv.ENERGY, semconv.UNIT_ENERGY, _ENERGY),
    _CounterOf(ledger.ENERGY_LOW, semconv.ENERGY_LOW, semconv.UNIT_ENERGY, _ENERGY + _BOUND.format("lower")),
    _CounterOf(ledger.ENERGY_HIGH, semconv.ENERGY_HIGH, semconv.UNIT_ENERGY, _ENERGY + _BOUND.format("upper")),
    _CounterOf(ledger.GWP, semconv.GWP, semconv.UNIT_MASS, _GWP, _USAGE, ledger.GWP_EMBODIED),
    _CounterOf(ledger.GWP_EMBODIED, semconv.GWP, semconv.UNIT_MASS, _GWP, _EMBODIED),
    _CounterOf(ledger.GWP_LOW, semconv.GWP_LOW, semconv.UNIT_MASS, _GWP + _BOUND.format("lower")),
    _CounterOf(ledger.GWP_HIGH, semconv.GWP_HIGH, semconv.UNIT_MASS, _GWP + _BOUND.format("upper")),
    _CounterOf(ledger.ADPE, semconv.ADPE, semconv.UNIT_MASS, _ADPE, _USAGE, ledger.ADPE_EMBODIED),
    _CounterOf(ledger.ADPE_EMBODIED, semconv.ADPE, semconv.UNIT_MASS, _ADPE, _EMBODIED),
    _CounterOf(ledger.PE, semconv.PE, semconv.UNIT_ENERGY, _PE, _USAGE, ledger.PE_EMBODIED),
    _CounterOf(ledger.PE_EMBODIED, semconv.PE, semconv.UNIT_ENERGY, _PE, _EMBODIED),
    _CounterOf(ledger.WCF, semconv.WCF, semconv.UNIT_WATER, _WCF),
)


class Metrics:
    """Our instruments on one MeterProvider, and the account of the ledger that feeds them.

    They outlive `uninstrument()`: what was counted until then is still collected.
    """

    def __init__(self, provider: MeterProvider | None) -> None:
        self._provider: Final = None if provider is None else ref(provider)
        self.account: Final[Account] = LEDGER.open_account()
        meter = (
            metrics.get_meter(semconv.SCOPE, __version__)
            if provider is None
            else provider.get_meter(semconv.SCOPE, __version__)
        )
        from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics  # not for those who only import us

        self.budgets: Final = BudgetMetrics(meter)
        by_name: dict[str, Counter] = {}
        for counter in COUNTERS:
            if counter.name not in by_name:
                by_name[counter.name] = meter.create_counter(counter.name, counter.unit, counter.description)
        self._counters: Final = tuple((counter, by_name[counter.name]) for counter in COUNTERS)
        self.energy_histogram: Final = _Histogram(
            meter,
            semconv.REQUEST_ENERGY,
            semconv.UNIT_ENERGY,
            "Energy of one GenAI request",
            semconv.REQUEST_ENERGY_BOUNDARIES_J,
        )
        self.gwp_histogram: Final = _Histogram(
            meter,
            semconv.REQUEST_GWP,
            semconv.UNIT_MASS,
            "Greenhouse gas emissions of one GenAI request, CO2eq",
            semconv.REQUEST_GWP_BOUNDARIES_G,
        )
        # A name of its own: of two observable instruments of one name on one provider, the SDK forgets the second's
        # callback. That may be where the global provider is set after both were made.
        meter.create_observable_counter(
            f"{semconv.LEDGER}_{len(LEDGER.accounts)}",
            [self._move],
            "1",
            "Never has a point; moves the ledger into the counters",
        )

    @property
    def provider(self) -> MeterProvider | None:
        """The MeterProvider: the global one of now, where none was given; None if it is gone."""
        return metrics.get_meter_provider() if self._provider is None else self._provider()

    def start_anew(self) -> None:
        """In a forked child: what waits for recording is the parent's. The ledger is set back by itself."""
        self.energy_histogram.start_anew()
        self.gwp_histogram.start_anew()
        self.budgets.start_anew()

    def _move(self, _options: CallbackOptions) -> Iterable[Observation]:
        with contained("moving the ledger into the counters"):
            for attributes, amounts in LEDGER.collect(self.account):
                self._add(attributes, amounts)
            self.energy_histogram.record()
            self.gwp_histogram.record()
            self.budgets.move()
        return ()

    def _add(self, attributes: Mapping[str, Any], amounts: list[float]) -> None:
        for of, counter in self._counters:
            amount = amounts[of.column] if of.less is None else amounts[of.column] - amounts[of.less]
            if amount > 0:
                counter.add(
                    int(amount) if of.column == ledger.REQUESTS else amount,
                    attributes if of.phase is None else {**attributes, semconv.PHASE: of.phase},
                    _NO_SPAN,
                )


class _Histogram:
    """A histogram that is safe to record into from everywhere a span can end.

    Recording costs the SDK about as much as a bare span, and half of that if some are recorded in a row; and it takes
    plain locks, which the SDK also holds while it collects. Garbage collection or a signal handler may end a span at such
    a moment, and its recording would wait for itself for ever. So the hot path only puts into a queue. It is recorded
    before each collection, and when it has grown: never inside garbage collection, and in the main thread, which is the
    one that handles signals, only where collections are far too rare.
    """

    _BATCH: Final = 64
    _MOST_IN_MAIN_THREAD: Final = 4096
    _MOST_QUEUED: Final = 10_000

    def __init__(self, meter: Meter, name: str, unit: str, description: str, boundaries: tuple[float, ...]) -> None:
        self.instrument: Final[Histogram] = meter.create_histogram(
            name, unit, description, explicit_bucket_boundaries_advisory=boundaries
        )
        self._queue: deque[tuple[float, MetricAttributes, SpanContext]] = deque(maxlen=self._MOST_QUEUED)
        self._lock = Lock()

    def put(self, amount: float, attributes: MetricAttributes, context: SpanContext) -> None:
        """Record one request, soon, with the ids of its span for an exemplar."""
        self._queue.append((amount, attributes, context))
        queued = len(self._queue)
        if queued >= self._BATCH:
            thread = get_ident()
            may_handle_signals = thread == main_thread().ident and queued < self._MOST_IN_MAIN_THREAD
            if not may_handle_signals and thread != _garbage_collection.thread:
                self.record(self._BATCH)

    def record(self, at_most: int = _MOST_QUEUED) -> None:
        """Record what is queued, unless somebody does so already, maybe this very thread."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            for _ in range(min(at_most, len(self._queue))):
                amount, attributes, context = self._queue.popleft()
                self.instrument.record(amount, attributes, set_span_in_context(NonRecordingSpan(context), _EMPTY))
        finally:
            self._lock.release()

    def start_anew(self) -> None:
        """In a forked child: what is queued is the parent's."""
        self._queue.clear()
        self._lock = Lock()


class _GarbageCollection:
    """Which thread is collecting garbage at this moment; None if none does."""

    thread: int | None = None

    def __call__(self, phase: str, _info: dict[str, int]) -> None:
        self.thread = get_ident() if phase == "start" else None


_garbage_collection: Final = _GarbageCollection()
gc.callbacks.append(_garbage_collection)

_ALL: Final[list[ref[Metrics]]] = []


def all_metrics() -> list[Metrics]:
    """Our instruments on all MeterProviders that still are there."""
    known = [(reference, reference()) for reference in _ALL]
    _ALL[:] = [reference for reference, instruments in known if instruments is not None]
    return [instruments for _, instruments in known if instruments is not None]


def metrics_of(provider: MeterProvider | None) -> Metrics:
    """Our instruments on a MeterProvider, made once; None is the global one, which may be set later."""
    wanted = metrics.get_meter_provider() if provider is None else provider
    for known in all_metrics():
        if known.provider is wanted:
            return known
    made = Metrics(provider)
    _ALL.append(ref(made))
    return made

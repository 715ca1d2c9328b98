"""Spans end everywhere: in garbage collection, in signal handlers, on any thread, while we hold our own lock."""

from __future__ import annotations

import gc
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.telemetry import ledger
from otel_genai_impact.telemetry.ledger import Account, Ledger
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import Span


class _EndsWhenCollected:
    """An abandoned stream: a reference cycle whose span ends in garbage collection."""

    def __init__(self, telemetry: Telemetry, span: Span) -> None:
        self._itself = self
        self._end: Callable[[], object] = lambda: telemetry.end(span, USAGE)

    def __del__(self) -> None:
        self._end()


def _locked_histogram(telemetry: Telemetry) -> Any:
    """The lock that the SDK holds while it records into, or collects, the stream of the energy histogram."""
    storage = next(iter(telemetry.meters._measurement_consumer._reader_storages.values()))  # type: ignore[attr-defined]
    streams: dict[Any, Any] = storage._instrument_view_instrument_matches
    (match,) = next(matches for known, matches in streams.items() if known.name == "genai_impact.request.energy")
    (aggregation,) = match._attributes_aggregation.values()
    return aggregation._lock


def test_garbage_collection_inside_the_histograms_lock(telemetry: Telemetry) -> None:
    """While the SDK holds a histogram's lock, garbage collection may end a span of the same attributes: no deadlock."""
    telemetry.request()
    telemetry.points()
    lock = _locked_histogram(telemetry)

    def collect_garbage_with_the_lock_held() -> None:
        for _ in range(63):
            telemetry.request()
        _EndsWhenCollected(telemetry, telemetry.start(CHAT))
        with lock:
            gc.collect()  # the 64th, which would record

    thread = threading.Thread(target=collect_garbage_with_the_lock_held, daemon=True)
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert telemetry.total("genai_impact.requests") == 65
    assert telemetry.histogram_points("genai_impact.request.energy")[0].count == 65


def test_a_signal_inside_the_histograms_lock(telemetry: Telemetry) -> None:
    """While the main thread collects, a signal handler may end any number of spans: no deadlock."""
    telemetry.request()
    telemetry.points()
    with _locked_histogram(telemetry):  # as in a collection, in the main thread
        for _ in range(200):
            telemetry.request()
    assert telemetry.total("genai_impact.requests") == 201
    assert telemetry.histogram_points("genai_impact.request.energy")[0].count == 201


def test_a_signal_during_a_recording_of_ours(telemetry: Telemetry) -> None:
    """A signal handler that ends a span while its thread records others waits for nothing, and nothing is lost."""
    histogram = telemetry.processor._recorder.estimated._energy_histogram
    assert histogram is not None
    with histogram._lock:
        histogram.record()
        for _ in range(100):
            telemetry.request()
        assert len(histogram._queue) == 100
    telemetry.points()
    assert telemetry.histogram_points("genai_impact.request.energy")[0].count == 100


def test_many_requests_are_recorded_before_a_collection(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue does not wait for a collection when it has 64; in the main thread it does so much longer."""
    histogram = telemetry.processor._recorder.estimated._energy_histogram
    assert histogram is not None

    def request() -> None:
        for _ in range(70):
            telemetry.request()

    thread = threading.Thread(target=request)
    thread.start()
    thread.join()
    assert len(histogram._queue) == 70 - 64
    request()
    assert len(histogram._queue) == 70 - 64 + 70
    monkeypatch.setattr(type(histogram), "_MOST_IN_MAIN_THREAD", 70)
    telemetry.request()
    assert len(histogram._queue) == 70 - 64 + 70 + 1 - 64


def test_signals_lose_no_count() -> None:
    """A handler that counts, at any point of the code that counts, loses nothing and waits for nothing."""
    counted = Ledger()
    row = counted.open_account().row({"a": 1})
    in_handler = 0

    def count(_number: int, _frame: object) -> None:
        nonlocal in_handler
        in_handler += 1
        counted.add(row, None, 1, 1)

    previous = signal.signal(signal.SIGALRM, count)
    signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    try:
        outside = 0
        while in_handler < 300:
            counted.add(row, None, 1, 1)
            outside += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    counted.totals()
    assert row.sums[ledger.REQUESTS] == outside + in_handler


def test_ctrl_c_while_posting_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception out of a signal handler, in the middle of posting: what is not posted waits again."""
    counted = Ledger()
    account = counted.open_account()
    rows = [account.row({"a": number}) for number in range(3)]
    post, interrupted = ledger.Row.post, 0

    def interrupt_once(row: ledger.Row, entries: Any) -> None:
        nonlocal interrupted
        interrupted += 1
        if interrupted == 2:
            raise KeyboardInterrupt
        post(row, entries)

    monkeypatch.setattr(ledger.Row, "post", interrupt_once)
    for row in rows:
        counted.add(row, None, 1, 0)
    with pytest.raises(KeyboardInterrupt):
        counted.totals()
    assert [row.sums[ledger.REQUESTS] for row in counted.totals()] == [1, 1, 1]


def test_a_span_that_ends_while_the_ledger_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the ledger's lock held by this very thread, a request is queued, and collected the next time."""
    counted = Ledger()
    account = counted.open_account()
    row = account.row({"a": 1})
    with counted._lock:
        for _ in range(1000):
            counted.add(row, None, 0, 0)
    assert [amounts[ledger.REQUESTS] for _, amounts in counted.collect(account)] == [1000]
    monkeypatch.setattr(ledger, "_LOCK_TIMEOUT_S", 0.01)
    with counted._lock:
        assert counted.collect(account) == []
        assert counted.totals() == [row]


def test_threads_lose_no_count() -> None:
    """Four threads that count and one that collects: every request arrives once."""
    counted = Ledger()
    account = counted.open_account()
    stop = threading.Event()
    collected: list[float] = []

    def count() -> None:
        for number in range(5000):
            counted.add(account.row({"row": number % 7}), None, 1, 0)

    def collect() -> None:
        while not stop.is_set():
            collected.extend(amounts[ledger.REQUESTS] for _, amounts in counted.collect(account))

    collector = threading.Thread(target=collect)
    workers = [threading.Thread(target=count) for _ in range(4)]
    for thread in (collector, *workers):
        thread.start()
    for worker in workers:
        worker.join()
    stop.set()
    collector.join()
    collected.extend(amounts[ledger.REQUESTS] for _, amounts in counted.collect(account))
    assert sum(collected) == 20_000


def test_rows_are_shared_by_equal_attributes() -> None:
    """Order does not matter, values do."""
    account = Account()
    assert account.row({"a": 1, "b": 2}) is account.row({"b": 2, "a": 1})
    assert account.row({"a": 1, "b": 2}) is not account.row({"a": 1, "b": 3})

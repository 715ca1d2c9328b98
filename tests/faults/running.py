"""Faults of what runs: the clock, the SDK, garbage collection, signals, logging, and ours."""

from __future__ import annotations

import gc
import logging
import signal
import time
from contextlib import contextmanager
from itertools import count
from threading import Event
from typing import TYPE_CHECKING, Final
from unittest import mock

from opentelemetry.sdk import trace as sdk_trace

from otel_genai_impact.telemetry import estimated_recording, recording
from tests.faults.fault import fault

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from tests.faults.scene import Scene

_HOUR_NS: Final = 3_600_000_000_000


def _at_times(time_ns: Callable[[], int]) -> mock._patch[object]:
    """The clock that the SDK's spans are timed by."""
    return mock.patch.object(sdk_trace, "time_ns", time_ns)


@fault("the clock jumps an hour back")
def clock_back(_scene: Scene) -> Iterator[None]:
    yield
    with _at_times(lambda: time.time_ns() - _HOUR_NS):
        yield


@fault("the clock jumps to and fro while calls run")
def clock_unsteady(_scene: Scene) -> Iterator[None]:
    yield
    asked = count()
    with _at_times(lambda: time.time_ns() - next(asked) % 3 * _HOUR_NS):
        yield


@fault("a connection breaks inside a stream, and the SDK raises", strikes_all=True, ways=("stream that breaks",))
def stream_breaks(scene: Scene) -> Iterator[None]:
    yield
    yield


@fault("calls are cancelled", strikes_all=True, ways=("cancelled", "async"))
def cancelled(scene: Scene) -> Iterator[None]:
    yield
    yield


@fault("streams are abandoned to garbage collection", strikes_all=True, ways=("stream abandoned", "chat"))
def abandoned(scene: Scene) -> Iterator[None]:
    yield
    yield


@fault("garbage collection ends spans, at any moment", strikes_all=True)
def collected_anywhere(scene: Scene) -> Iterator[None]:
    class Ends:
        """In a cycle, so that garbage collection finds it, wherever that may run."""

        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            if len(made) < most:
                made.append(scene.request())
                Ends()

    yield
    made, most = list[None](), 300
    before = gc.get_threshold()
    gc.set_threshold(10)
    for _ in range(3):
        Ends()
    yield
    most = 0
    gc.set_threshold(*before)
    gc.collect()


@fault("a signal handler ends spans, at any moment", strikes_all=True)
def signals(scene: Scene) -> Iterator[None]:
    yield
    depth = 0

    def handle(_number: int, _frame: object) -> None:
        nonlocal depth
        if depth < 2:  # it may come again before it has ended
            depth += 1
            scene.request()
            depth -= 1

    previous = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


class _Handler(logging.Handler):
    """A handler of the application's that does this with each record."""

    def __init__(self, handling: Callable[[], object]) -> None:
        super().__init__(logging.DEBUG)
        self._handling = handling

    def emit(self, record: logging.LogRecord) -> None:
        self._handling()


@contextmanager
def _logging_to(handling: Callable[[], object]) -> Generator[None]:
    ours = logging.getLogger("otel_genai_impact")
    handler, level = _Handler(handling), ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        ours.removeHandler(handler)
        ours.setLevel(level)


@fault("a logging handler makes requests to a model, and logs")
def logging_recursion(scene: Scene) -> Iterator[None]:
    def ask() -> None:
        scene.request("nobody-knows-it-either")
        logging.getLogger("otel_genai_impact").warning("once more")

    asked = Event()

    def ask_once_in_a_while() -> None:
        if not asked.is_set():
            asked.set()
            ask()
            asked.clear()

    yield
    with _logging_to(ask_once_in_a_while):
        scene.request("and-another-unknown-one")
        yield


@fault("a logging handler raises")
def logging_raises(scene: Scene) -> Iterator[None]:
    yield
    with _logging_to(mock.Mock(side_effect=OSError("the disk is full"))):
        scene.request("an-unknown-one-to-log")
        yield


@fault("reading a span raises, by a fault of ours")
def ours_raises(scene: Scene) -> Iterator[None]:
    yield
    with mock.patch.object(recording, "read", side_effect=RecursionError("a fault of ours")):
        yield


@fault("writing on a span raises, by a fault of ours")
def writing_raises(scene: Scene) -> Iterator[None]:
    yield
    raising = mock.Mock(side_effect=MemoryError("a fault of ours"))
    with mock.patch.object(recording, "write", raising), mock.patch.object(estimated_recording, "write", raising):
        yield

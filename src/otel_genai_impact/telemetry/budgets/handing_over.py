"""Handing over: calling what the user gave for the moment when a budget is used up.

The request that uses it up ends inside the user's call, maybe in an event loop, a signal handler or garbage collection:
what is called there must not fail, take long, or never return. So it runs in a thread of its own. The call itself goes on
at once; the end of the budget's block waits a while for what was called.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import Context, copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._contain import log_once

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_MOST_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """What the user's function is told.

    Attributes:
        budget: the budget's name.
        key: of which key, where it has one for each.
        criterion: `energy`, `gwp`, `wcf` or `requests`.
        unit: of the limit and of what was used.
        limit: what may be used.
        used: the estimate of what was used.
        used_high: its upper bound, by which the limit is judged.
        trace_id: of the request that used it up, in hexadecimal; None if unknown.
        span_id: the same.
    """

    budget: str
    key: str | None
    criterion: str
    unit: str
    limit: float
    used: float
    used_high: float
    trace_id: str | None = None
    span_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that is to be made."""

    function: Callable[[Exceeded], object]
    exceeded: Exceeded
    loop: asyncio.AbstractEventLoop | None
    context: Context
    done: Event


class _Calls:
    """A thread that starts a thread for each call: nothing is started where a span ends."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Call] = SimpleQueue()
        self._thread: Thread | None = None
        self._free = BoundedSemaphore(_MOST_AT_ONCE)

    def prepare(self) -> None:
        """Begin to wait for calls. Where the user's code enters a budget, not where a request ends."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._run, args=(self._queue,), name="genai-impact-hand-over", daemon=True)
            self._thread.start()

    def make(
        self, function: Callable[[Exceeded], object], exceeded: Exceeded, loop: asyncio.AbstractEventLoop | None
    ) -> Event:
        """Make a call soon; gives what says when it is done. May be used from everywhere a span can end."""
        done = Event()
        self._queue.put(Call(function=function, exceeded=exceeded, loop=loop, context=copy_context(), done=done))
        return done

    def start_anew(self) -> None:
        """In a forked child: the thread is not here, and what it was to do is the parent's business."""
        self._queue, self._free = SimpleQueue(), BoundedSemaphore(_MOST_AT_ONCE)
        if self._thread is not None:
            self._thread = None
            self.prepare()

    def _run(self, queue: SimpleQueue[Call]) -> None:
        while True:
            call = queue.get()
            if not self._free.acquire(blocking=False):
                call.done.set()
                log_once(
                    logging.ERROR,
                    f"{_MOST_AT_ONCE} functions that budgets call have not returned: no more are called",
                )
                continue
            Thread(target=self._make, args=(call, self._free), name="genai-impact-hand-over-call", daemon=True).start()

    @staticmethod
    def _make(call: Call, free: BoundedSemaphore) -> None:
        try:
            result = call.context.run(call.function, call.exceeded)
            if asyncio.iscoroutine(result):
                _run_coroutine(result, call.loop)
        except BaseException as error:  # noqa: BLE001 - the user's function, in a thread of ours: it ends here
            name = getattr(call.function, "__qualname__", repr(call.function))
            line = f"{name}, called because budget {call.exceeded.budget!r} is used up, failed: {error!r}"
            log_once(logging.ERROR, line, exc_info=error, about="hand-over")
        finally:
            free.release()
            call.done.set()


def _run_coroutine(coroutine: Coroutine[Any, Any, object], loop: asyncio.AbstractEventLoop | None) -> None:
    """Where the budget was entered in an event loop, there; else in one of its own."""
    if loop is not None and loop.is_running():
        asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    else:
        asyncio.run(coroutine)


CALLS: Final = _Calls()

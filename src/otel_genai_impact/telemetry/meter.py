"""Measures what this machine uses while requests to models on it run, and gives each its share.

Counters are read when such a request begins or ends, in the thread that begins or ends it, and once a second in between, for
counters that overflow and GPUs that only tell their power. A span may end inside garbage collection or a signal handler, on
a thread that holds our lock: then it is not waited for, and the request stays modelled.
"""

from __future__ import annotations

import atexit
import logging
import os
import weakref
from collections import deque
from threading import Event, Lock, Thread, get_ident
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.trace import get_current_span

from otel_genai_impact._contain import contained, log_once
from otel_genai_impact.telemetry.sharing import Shares, Used

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry.context import Context

    from otel_genai_impact.telemetry.energy_counters import Counter

_TICK_S: Final = 1.0
_IDLE_TICKS: Final = 60
_LOCK_TIMEOUT_S: Final = 1.0


class _Entry:
    """A request that runs: what it need not pay, and how many spans report it, one within the other."""

    __slots__ = ("begin", "spans")

    def __init__(self, begin: Used) -> None:
        self.begin = begin
        self.spans = 1


class Meter:
    """What requests on this machine use. One for the process, whatever the number of tracer providers.

    Args:
        open_counters: opens what can be read, in the process that reads it.
    """

    def __init__(self, open_counters: Callable[[], Sequence[Counter]]) -> None:
        self._open = open_counters
        self._stop = Event()
        self.start_anew()
        atexit.register(self._stop.set)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.start_anew)

    def start_anew(self) -> None:
        """As at first; also in a forked child, where requests, threads and open counters are the parent's."""
        self.shares = Shares()
        self._counters: Sequence[Counter] | None = None
        self._entries: weakref.WeakKeyDictionary[Any, tuple[_Entry, weakref.finalize[..., Any]]] = (
            weakref.WeakKeyDictionary()
        )
        self._left: deque[_Entry] = deque()
        self._lock = Lock()
        self._owner: int | None = None
        self._read_at_s = 0.0
        self._thread: Thread | None = None

    def began(self, span: Any, parent_context: Context | None) -> None:
        """The span of a request on this machine begins. One within another, of one request, shares its place."""
        if self._counters is not None and not self._counters:
            return
        around = self._entries.get(get_current_span(parent_context))
        if span in self._entries or not self._acquire():
            return
        try:
            if not self._settle():
                return
            if around is not None and around[0].spans:
                entry = around[0]
                entry.spans += 1
            else:
                entry = _Entry(self.shares.so_far)
                self.shares.running += 1
            # One that is dropped and never ends must not take its part for ever.
            dropped = weakref.finalize(span, self._left.append, entry)
            dropped.atexit = False
            self._entries[span] = entry, dropped
            self._watch()
        finally:
            self._release()

    def ended(self, span: Any) -> Used | None:
        """What the request used that ends with this span; None if it was not measured."""
        entry, dropped = self._entries.pop(span, (None, None))
        if entry is None or dropped is None:
            return None
        dropped.detach()
        if not self._acquire():
            self._left.append(entry)
            return None
        try:
            self._settle()
            used = self.shares.since(entry.begin)
            # What the spans around it still use is theirs.
            entry.begin = self.shares.so_far
            return used
        finally:
            # Also if a counter cannot be read any more: it must not take its part for ever.
            self._leave(entry)
            self._release()

    def settle(self) -> None:
        """Read the counters now."""
        if self._acquire():
            try:
                self._settle()
            finally:
                self._release()

    def _settle(self) -> bool:
        """Divide what was used since the last time; whether there is a counter at all. Only with the lock held."""
        now_s = monotonic()
        if self._counters is None:
            self._counters = self._open()
            self._read_at_s = now_s = monotonic()
        elapsed_s = now_s - self._read_at_s
        energy_j = sum(counter.energy_j(elapsed_s) for counter in self._counters)
        self._read_at_s = now_s
        self.shares.use(Used(energy_j, elapsed_s))
        while self._left:
            self._leave(self._left.popleft())
        return bool(self._counters)

    def _leave(self, entry: _Entry) -> None:
        entry.spans -= 1
        if entry.spans == 0:
            self.shares.running -= 1

    def _acquire(self) -> bool:
        if self._owner == get_ident() or not self._lock.acquire(timeout=_LOCK_TIMEOUT_S):
            log_once(
                logging.INFO, "a request on this machine began or ended while its energy was read: it stays modelled"
            )
            return False
        self._owner = get_ident()
        return True

    def _release(self) -> None:
        self._owner = None
        self._lock.release()

    def _watch(self) -> None:
        if self._thread is None and not self._stop.is_set():
            self._thread = Thread(target=self._tick, name="genai-impact-meter", daemon=True)
            self._thread.start()

    def _tick(self) -> None:
        """Read once a second as long as requests run, and a minute more."""
        idle_ticks = 0
        while not self._stop.wait(_TICK_S):
            with contained("reading energy counters"):
                for counter in self._counters or ():
                    counter.sample()
                self.settle()
            idle_ticks = 0 if self.shares.running else idle_ticks + 1
            if idle_ticks >= _IDLE_TICKS:
                break
        self._thread = None

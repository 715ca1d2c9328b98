"""Requests that two processes saw, a client and the gateway that it called: known by the entry in the trace state.

Where processes are told to (`across_processes`), the client's request starts an entry that travels with the trace context
(`telemetry/callers.py`). A gateway that runs this package marks its span as a duplicate itself. One that does not passes the
entry on, and its span of the same request, estimated for the report, must not count again. It ends first, so it waits for
the client's, which has the figures that were counted, and whom they are for; if that is in no file, it counts at last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.telemetry.callers import KEY
from otel_genai_impact.telemetry.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact.cli.report.records import CountedRequest

MOST_WAITING: Final = 10_000


class _Waiting(NamedTuple):
    process: object
    request: CountedRequest


class Callers:
    """What was counted by callers a short while ago, and what waits for its caller.

    Attributes:
        absorbed: how many requests waited for a caller that came.
    """

    def __init__(self) -> None:
        self.absorbed = 0
        self._counted: Memory[object] = Memory()
        self._waiting: dict[tuple[str, str], _Waiting] = {}

    def counts(self, span: ReadableSpan, kind: str, process: object) -> None:
        """A request whose figures were recorded is counted: of another process's that waits it is the caller."""
        key = _key(span, kind)
        if key is None:
            return
        waiting = self._waiting.get(key)
        if waiting is not None and waiting.process != process:
            del self._waiting[key]
            self.absorbed += 1
        else:
            self._counted.put(key, process)

    def is_counted(self, span: ReadableSpan, kind: str, process: object) -> bool:
        """Whether a request that nobody recorded is one that its caller counts. Once: a gateway's further ones are its own."""
        key = _key(span, kind)
        caller = None if key is None else self._counted.get(key)
        if caller is None or caller == process:
            return False
        self._counted.pop(key)
        return True

    def waits(self, span: ReadableSpan, kind: str, process: object, request: CountedRequest) -> bool:
        """Whether such a request has a caller that may still come. Then it waits, and is not to be counted now."""
        key = _key(span, kind)
        if key is None or key in self._waiting or len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting[key] = _Waiting(process, request)
        return True

    def rest(self) -> Iterator[CountedRequest]:
        """What waited for a caller that is in no file."""
        while self._waiting:
            yield self._waiting.popitem()[1].request


def _key(span: ReadableSpan, kind: str) -> tuple[str, str] | None:
    """Of `theirs~ours` ours: who passes an entry on without one of its own has that of its caller."""
    context = span.context
    entry = context.trace_state.get(KEY) if context is not None and context.trace_state else None
    return None if entry is None else (entry.rpartition("~")[2], kind)

"""Requests that go from one process of one's own to another one: the caller says that it counts them.

A client and the gateway that it calls both see a request. Where both are told to (`across_processes`), the client puts an entry
of ours into the `tracestate` of each request's span, which travels with the trace context. It is a random number of this process and
one of the request, and says nothing else. Who finds one of another process leaves one request of that kind to the caller.

An entry is `theirs~ours` where this process was itself called with one: what it calls must not take the caller's for its own.
"""

from __future__ import annotations

from os import urandom
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.sdk.trace.sampling import SamplingResult
from opentelemetry.trace import TraceState, get_current_span

from otel_genai_impact.telemetry.operations import starts_request

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.util.types import Attributes

KEY: Final = "genai-impact"
_SEPARATOR: Final = "~"
_LONGEST: Final = 64
_MOST_ENTRIES: Final = 32  # that a trace state may have; some releases of the API drop all of them where there are more


class _Process:
    """What this process is called."""

    def __init__(self) -> None:
        self.name = urandom(8).hex()

    def request(self) -> str:
        """What a request of it is called. Not counted: where threads do not take turns, two would have one number."""
        return f"{self.name}-{urandom(6).hex()}"


_process = _Process()


def start_anew() -> None:
    """In a forked child: it is another process."""
    global _process  # noqa: PLW0603
    _process = _Process()


def marked(result: Any, parent: Context | None, name: str, attributes: Attributes) -> SamplingResult:
    """The decision about a span that starts (a `SamplingResult`), with our entry if it is a request's or below one."""
    above = get_current_span(parent).get_span_context().trace_state
    inherited = above.get(KEY) if above else None
    if starts_request(name, attributes or {}):
        ours = _process.request()
        theirs = _of_caller(inherited)
        entry = ours if theirs is None else f"{theirs}{_SEPARATOR}{ours}"
    elif inherited is None:
        return result
    else:
        entry = inherited  # some samplers drop what was inherited
    state = result.trace_state or TraceState()
    if state.get(KEY) == entry or (KEY not in state and len(state) >= _MOST_ENTRIES):
        return result
    return SamplingResult(result.decision, result.attributes, state.update(KEY, entry))


def caller_of(state: TraceState | None) -> str | None:
    """What another process called this one with, if it counts the request; None if there is nothing."""
    return _of_caller(state.get(KEY)) if state else None


def _of_caller(entry: str | None) -> str | None:
    if entry is None:
        return None
    theirs, _, last = entry.rpartition(_SEPARATOR)
    found = theirs.rpartition(_SEPARATOR)[2] if last.startswith(_process.name) else last
    return found if 0 < len(found) <= _LONGEST else None

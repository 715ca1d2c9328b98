"""The scope: whom a request is for, and which budgets it is taken from.

One key in OpenTelemetry's context holds it, so that it goes wherever the trace goes: into tasks, into threads that get the
context, into contexts that are handed on by hand. It stays in this process: no propagator sends it.

A span keeps the scope that it *started* in. It may end much later, where another scope holds: a stream that is read after
its block, garbage collection, the pool thread of another library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opentelemetry import context as context_api

from otel_genai_impact.telemetry.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextvars import Token

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan

SCOPE_KEY: Final = context_api.create_key("genai_impact_scope")
ON_SPAN: Final = "_genai_impact_scope"


class Scope(NamedTuple):
    """What holds for the requests that start now. Never changed: what is entered makes another one.

    Attributes:
        attribution: whom they are for, as attributes: outer and inner ones, the inner value where both name one.
        budgets: those that they are taken from, the outermost first.
    """

    attribution: Mapping[str, str] = {}
    budgets: tuple[Any, ...] = ()


NO_SCOPE: Final = Scope()


class _Use:
    """Whether anything was ever entered. Until then, spans need not look."""

    __slots__ = ("begun",)

    def __init__(self) -> None:
        self.begun = False


SCOPES: Final = _Use()
# For who passes a copy of the span on to us when it ends, alone: by the ids of the span.
_of_copies: Final[Memory[Scope]] = Memory()
OF_COPIES: Final = _of_copies.table


def current(context: Context | None = None) -> Scope:
    """The scope of a context, of the current one where none is given."""
    found = context_api.get_value(SCOPE_KEY, context)
    return found if isinstance(found, Scope) else NO_SCOPE


def enter(scope: Scope, context: Context | None = None) -> Token[Context]:
    """From here on this scope holds, in this context (the current one if none), until `leave` gets what this gives."""
    SCOPES.begun = True
    return context_api.attach(context_api.set_value(SCOPE_KEY, scope, context))


def leave(scope: Scope, token: Token[Context]) -> None:
    """Go back to what held before.

    Where another context is current by now, there is nothing to go back to: frameworks may run the two halves of a generator
    in two threads, or in two tasks.
    """
    if current() is scope:
        context_api.detach(token)


def remember_copy(span: Any, scope: Scope) -> None:
    """Keep the scope of a span of which we will be given a copy when it ends, which has its ids alone."""
    ids = span.get_span_context()
    _of_copies.put((ids.trace_id, ids.span_id), scope)


def of_span(span: ReadableSpan) -> Scope | None:
    """The scope that a span started in; None if there was none. May be asked again."""
    # Not by its `__dict__`, which the interpreter would have to make: all other attributes are slower from then on.
    found = getattr(span, ON_SPAN, None)
    if found is None and OF_COPIES:
        ids = span.context
        found = None if ids is None else _of_copies.get((ids.trace_id, ids.span_id))
    return found

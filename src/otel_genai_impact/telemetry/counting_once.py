"""Counting once: telling the spans apart that report the same request.

The Anthropic SDK emits spans of its own inside those of the official instrumentation: one call, two spans, one in the
other. The first to end is the request; the other is its duplicate. Two spans report one request if

- one encloses the other (whichever ends first), with any number of other spans in between, and they do not have
  response ids that differ; or
- they have the same response id and come from different instrumentations; or
- they are siblings by all that can be told (`siblings.py`).

Embeddings inside a chat are a request of their own: only spans of the same kind of operation are compared.

Where the first to end did not say what was used and its twin does, the twin is the request: what was counted for the
first is kept until then, to be taken back.

Everything here is bounded, and safe to re-enter (from garbage collection or a signal handler) without a lock: a lost
race makes at worst one duplicate more or less to be seen, never an exception or a wait.
"""

from __future__ import annotations

from threading import get_ident
from time import time_ns
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from opentelemetry.trace import StatusCode

from otel_genai_impact.telemetry import memory
from otel_genai_impact.telemetry.memory import Memory
from otel_genai_impact.telemetry.scope import of_span
from otel_genai_impact.telemetry.siblings import REMEMBERED_FOR_NS, Leaf, Siblings
from otel_genai_impact.telemetry.writing import rewritable

if TYPE_CHECKING:
    from weakref import ref

    from opentelemetry.attributes import BoundedAttributes
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext

    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.ledger import Row
    from otel_genai_impact.telemetry.request import Request, What
    from otel_genai_impact.telemetry.writing import Parts

_MOST_COVERING: Final = 8
_ERROR: Final = StatusCode.ERROR

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


# What a span's request is, if it is not the twin of another one. No Enum: on the hot path a member costs more than a
# global.
FIRST: Final = "first"
BEFORE: Final = "before"


class Provisional(NamedTuple):
    """What was counted for a request that did not say what it used.

    Attributes:
        row: the ledger's row.
        input_tokens: what was added there.
        output_tokens: what was added there.
        parent_id: of the span above it; 0 if there is none. Its context would keep a kilobyte alive with it.
        is_remote: whether that is called remote.
        began_ns: when its span started.
        ended_ns: when its span ended.
        written: what its exporters read.
        budgets: it was taken from these.
    """

    row: Row
    input_tokens: int
    output_tokens: int
    parent_id: int
    is_remote: bool
    began_ns: int
    ended_ns: int
    written: ref[BoundedAttributes] | None
    budgets: tuple[Block, ...]


class CountingOnce:
    """What is remembered of the requests that were counted a short while ago.

    Attributes:
        below: by span id, the requests counted below a span that has not ended yet.
        counted: by span id, the requests themselves.
        siblings: the requests themselves, to find those beside a span.
    """

    def __init__(self) -> None:
        self.below: Final[Memory[tuple[Leaf, ...]]] = Memory()
        self.counted: Final[Memory[Leaf]] = Memory()
        self.siblings: Final = Siblings()
        # What is looked at for each request, without a step in between.
        self._covered: Final = self.below.table
        self._counted: Final = self.counted.table
        self._recent: Final = self.siblings.recent
        # Few are without usage: so that it is as full soon as it will ever be, it is no larger than it need be.
        self._provisional: Final[Memory[Provisional]] = Memory(generations=1)
        self._of_callers: Final[Memory[int]] = Memory()

    def passed(self, span: ReadableSpan) -> None:
        """A span ended that is no request: what was counted below it was counted below its parent, too."""
        # Most spans are no requests, and most of the time nothing is remembered here.
        context, parent = span.context, span.parent
        if self.below and context is not None:
            leaves = self.below.pop(context.span_id)
            if leaves is not None and parent is not None and not parent.is_remote:
                self._cover(parent, leaves)

    def first_seen_as(self, span: ReadableSpan, parts: Parts, what: What) -> Literal["first", "before"] | Leaf:
        """What the request that a span reports is: to be counted now, seen with this very span, or the twin of another.

        The second happens where two processors are on one provider: the second must do nothing.
        """
        _, _, context, parent, began_ns, ended_ns, scope = parts
        kind, model, response_id, input_tokens, output_tokens = what
        span_id = 0 if context is None else context.span_id
        closed_ns = ended_ns or 0 if response_id is not None else _closed_ns(ended_ns or 0)
        tokens = (input_tokens, output_tokens)
        leaf: Leaf = _new(
            Leaf, (kind, scope, response_id, closed_ns, began_ns or 0, span_id, model, tokens, get_ident())
        )
        counted = self._counted
        # In one step, so that of two threads one has it. An equal leaf is the same span; another one is a span with the
        # same id, as there are where the application seeds `random` anew for each request.
        known = counted.setdefault(span_id, leaf)
        if known is not leaf:
            if known.began_ns == leaf.began_ns and known.tokens == leaf.tokens:
                return BEFORE
            counted[span_id] = leaf
        below = (self.below.pop(span_id) or ()) if self._covered else ()
        twin = None if parent is None and not below else self._twin_by_nesting(leaf, below, parent)
        if twin is None:
            siblings = self.siblings
            if scope is siblings.only_scope:
                self._recent.append(leaf)
                if siblings.several:  # since a moment ago, in another thread
                    siblings.index(leaf)
            else:
                twin = siblings.twin_of(leaf, failed=span.status.status_code is _ERROR)
        if len(counted) >= 2 * memory.GENERATION:
            self.counted.forget()
        if parent is not None and not parent.is_remote:
            self._cover(parent, (*below, leaf) if twin is None else below or (twin,))
        return FIRST if twin is None else twin

    def is_counted_by(self, caller: str, span: ReadableSpan, request: Request) -> bool:
        """Whether a caller that counts its request counts this one: of each kind one, and no attempt that failed."""
        if span.status.status_code is _ERROR and not request.output_tokens:
            return True
        key, of_callers = (caller, request.kind), self._of_callers
        span_id = 0 if span.context is None else span.context.span_id
        return of_callers.setdefault(key, span_id) == span_id

    def counted_without_usage(self, span: ReadableSpan, row: Row, input_tokens: int, output_tokens: int) -> None:
        """A request was counted that did not say what it used: a twin that does may take its place."""
        context, parent = span.context, span.parent
        leaf = None if context is None else self.counted.get(context.span_id)
        if leaf is None:
            return
        scope = of_span(span)
        counted = Provisional(
            row=row,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            parent_id=0 if parent is None else parent.span_id,
            is_remote=parent is not None and parent.is_remote,
            began_ns=leaf.began_ns,
            ended_ns=leaf.ended_ns,
            written=rewritable(span),
            budgets=() if scope is None else scope.budgets,
        )
        self._provisional.put(leaf.span_id, counted)
        if span.status.status_code is not _ERROR:
            self.siblings.without_usage.append(leaf)

    def lacks_usage(self, first: Leaf) -> bool:
        """Whether a request was counted without its usage, so that a twin may take its place."""
        counted = self._provisional.get(first.span_id)
        return counted is not None and counted.ended_ns == first.ended_ns

    def take_back(self, first: Leaf, span: ReadableSpan) -> Provisional | None:
        """What was counted for a request, whose place this span takes; None if it is to stay. Given to one span only."""
        if not self.lacks_usage(first):
            return None
        counted = self._provisional.pop(first.span_id)
        leaf = None if counted is None or span.context is None else self.counted.get(span.context.span_id)
        if leaf is not None:
            self.siblings.replace(first, leaf)
        return counted

    def _twin_by_nesting(self, leaf: Leaf, below: tuple[Leaf, ...], parent: SpanContext | None) -> Leaf | None:
        # Of an attempt that failed and one that did not, the span above both reports the second.
        inner = [counted for counted in below if counted.may_be(leaf)]
        if inner:
            twin = next((counted for counted in inner if counted.has_usage), inner[0])
            self.siblings.absorb(twin, leaf)
            return twin
        # The parent, if it was counted, ended first, and was still running when this span started.
        outer = None if parent is None else self.counted.get(parent.span_id)
        if outer is None or outer.has_the_scope_of(leaf) or leaf.began_ns > outer.ended_ns:
            return None
        if not outer.may_be(leaf):
            return None
        self.siblings.absorb(outer, leaf)
        return outer

    def _cover(self, parent: SpanContext, leaves: tuple[Leaf, ...]) -> None:
        known = self.below.get(parent.span_id)
        self.below.put(parent.span_id, leaves if known is None else (known + leaves)[-_MOST_COVERING:])


COUNTING_ONCE: Final = CountingOnce()
"""One for the process: a request may be reported to two tracer providers."""


def _closed_ns(ended_ns: int) -> int:
    """When a span was ended, whatever end it was given.

    Some are given that of the function that returned a stream, and are ended when the stream is (OpenInference's of
    LlamaIndex): what the stream asked for comes after their end. That matters for spans without a response id, which alone
    are compared by their times.
    """
    now_ns = time_ns()
    return now_ns if 0 <= now_ns - ended_ns < REMEMBERED_FOR_NS else ended_ns

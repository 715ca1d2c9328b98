"""Counting once: telling the spans apart that report the same request.

The Anthropic SDK emits spans of its own inside those of the official instrumentation: one call, two spans, one in the
other. The first to end is the request; the other is its duplicate. Two spans report one request if

- one encloses the other (whichever ends first), with any number of other spans in between, and they do not have
  response ids that differ; or
- they have the same response id and come from different instrumentations.

Embeddings inside a chat are a request of their own: only spans of the same kind of operation are compared.

Everything here is bounded, and safe to re-enter (from garbage collection or a signal handler) without a lock: a lost
race makes at worst one duplicate more or less to be seen, never an exception or a wait.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span
    from opentelemetry.trace import SpanContext

_MOST_REMEMBERED: Final = 4096
_MOST_COVERING: Final = 8
_REMEMBERED_FOR_S: Final = 300.0


class _Leaf(NamedTuple):
    """A request that was counted."""

    kind: str
    scope: str
    response_id: str | None
    ended_ns: int
    remembered_s: float

    def may_be(self, kind: str, response_id: str | None) -> bool:
        same_id = self.response_id is None or response_id is None or self.response_id == response_id
        return self.kind == kind and same_id


class CountingOnce:
    """What is remembered of the requests that were counted a short while ago."""

    def __init__(self) -> None:
        # By span id: the requests counted below a span that has not ended yet.
        self._below: dict[int, tuple[_Leaf, ...]] = {}
        # By span id: requests that were counted, to find children that outlive them.
        self._counted: dict[int, _Leaf] = {}
        # By response id.
        self._by_response_id: dict[str, _Leaf] = {}

    def passed(self, span: Span) -> None:
        """A span ended that is no request: what was counted below it was counted below its parent, too."""
        # Most spans are no requests, and most of the time nothing is remembered here.
        if self._below:
            leaves = self._below.pop(span.get_span_context().span_id, None)
            if leaves is not None:
                self._cover_parent(span.parent, leaves)

    def is_duplicate(self, span: Span, kind: str, response_id: str | None) -> bool:
        """Whether the request that this span reports was counted already. If not, it is now."""
        span_id = span.get_span_context().span_id
        now = monotonic()
        below = self._below.pop(span_id, ())
        same = _first(leaf for leaf in below if leaf.may_be(kind, response_id) and _fresh(leaf, now))
        same = same or self._enclosing(span, kind, response_id, now) or self._sibling(span, kind, response_id, now)
        if same is not None:
            # One twin is absorbed once: the next span with this id is a request of its own.
            if response_id is not None:
                self._by_response_id.pop(response_id, None)
            self._cover_parent(span.parent, below or (same,))
            return True
        leaf = _Leaf(kind, _scope(span), response_id, span.end_time or 0, now)
        if response_id is not None:
            _remember(self._by_response_id, response_id, leaf)
        _remember(self._counted, span_id, leaf)
        self._cover_parent(span.parent, (*below, leaf))
        return False

    def _enclosing(self, span: Span, kind: str, response_id: str | None, now: float) -> _Leaf | None:
        """The parent, if it was counted, ended first, and was still running when this span started."""
        parent = span.parent
        leaf = None if parent is None else self._counted.get(parent.span_id)
        if leaf is None or not leaf.may_be(kind, response_id) or not _fresh(leaf, now):
            return None
        return leaf if leaf.scope != _scope(span) and (span.start_time or 0) <= leaf.ended_ns else None

    def _sibling(self, span: Span, kind: str, response_id: str | None, now: float) -> _Leaf | None:
        """A request with the same response id from another instrumentation."""
        leaf = None if response_id is None else self._by_response_id.get(response_id)
        if leaf is None or leaf.kind != kind or leaf.scope == _scope(span) or not _fresh(leaf, now):
            return None
        return leaf

    def _cover_parent(self, parent: SpanContext | None, leaves: tuple[_Leaf, ...]) -> None:
        if parent is None or parent.is_remote:
            return
        known = self._below.get(parent.span_id)
        _remember(self._below, parent.span_id, leaves if known is None else (known + leaves)[-_MOST_COVERING:])


def _first(leaves: Any) -> _Leaf | None:
    return next(leaves, None)


def _scope(span: Span) -> str:
    scope = span.instrumentation_scope
    return "" if scope is None else scope.name


def _fresh(leaf: _Leaf, now: float) -> bool:
    return now - leaf.remembered_s < _REMEMBERED_FOR_S


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    memory[key] = value
    if len(memory) > _MOST_REMEMBERED:
        try:
            memory.pop(next(iter(memory)), None)
        except (RuntimeError, StopIteration):
            return  # another thread changed it at this moment; the next one evicts

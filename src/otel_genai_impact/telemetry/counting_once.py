"""Counting once: telling the spans apart that report the same request.

The Anthropic SDK emits spans of its own inside those of the official instrumentation: one call, two spans, one in the
other. The first to end is the request; the other is its duplicate. Two spans report one request if

- one encloses the other (whichever ends first), with any number of other spans in between, and they do not have
  response ids that differ; or
- they have the same response id and come from different instrumentations; or
- they come from different instrumentations, ask for the same model, have the same token counts (or none), one lies within
  the other in time, and at most one of them has a response id. Each span absorbs one of another instrumentation that
  way, so that ten equal requests at once stay ten.

Embeddings inside a chat are a request of their own: only spans of the same kind of operation are compared.

Everything here is bounded, and safe to re-enter (from garbage collection or a signal handler) without a lock: a lost
race makes at worst one duplicate more or less to be seen, never an exception or a wait.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from otel_genai_impact.telemetry.memory import Memory

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext

    from otel_genai_impact.telemetry.request import Request

_MOST_COVERING: Final = 8
_REMEMBERED_FOR_NS: Final = 300_000_000_000
# Instrumentations of one call do not take their times at the very same moment.
_SLACK_NS: Final = 5_000_000
_MOST_ALIKE: Final = 128
_MOST_RECENT: Final = 512
_NO_SCOPE: Final = object()  # that of no span

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


# What a span's request is. No Enum: on the hot path a member costs more than a global.
Seen = Literal["first", "as a twin", "before"]
FIRST: Final = "first"
AS_A_TWIN: Final = "as a twin"
BEFORE: Final = "before"


class _Leaf(NamedTuple):
    """A request that was counted, or the twin of one."""

    kind: str
    scope: InstrumentationScope | None
    response_id: str | None
    ended_ns: int
    began_ns: int
    span_id: int
    model: str | None
    tokens: tuple[int | None, int | None]

    def may_be(self, other: _Leaf) -> bool:
        """Whether both may report one request, where one encloses the other."""
        same_id = self.response_id is None or other.response_id is None or self.response_id == other.response_id
        return self.kind == other.kind and same_id and abs(other.ended_ns - self.ended_ns) < _REMEMBERED_FOR_NS

    def has_the_scope_of(self, other: _Leaf) -> bool:
        """Whether both come from one instrumentation."""
        mine, its = self.scope, other.scope
        return mine is its or (mine is not None and its is not None and mine.name == its.name)

    def is_beside(self, other: _Leaf) -> bool:
        """Whether both may report one request although neither span knows of the other: one lies within the other."""
        if self.kind != other.kind or (self.response_id is not None and other.response_id is not None):
            return False
        if self.model is not None and other.model is not None and not _is_the_same(self.model, other.model):
            return False
        if self.began_ns > other.ended_ns or other.began_ns > self.ended_ns:
            return False
        first, last = self.began_ns - other.began_ns, self.ended_ns - other.ended_ns
        return (first <= _SLACK_NS and last >= -_SLACK_NS) or (first >= -_SLACK_NS and last <= _SLACK_NS)


def _is_the_same(model: str, other: str) -> bool:
    """Whether two names are of one model: some instrumentations put the provider before it."""
    return model == other or model.rpartition("/")[2] == other.rpartition("/")[2]


class CountingOnce:
    """What is remembered of the requests that were counted a short while ago.

    Attributes:
        below: by span id, the requests counted below a span that has not ended yet.
        counted: by span id and by response id, the requests themselves.
        alike: by their token counts, the requests themselves, where there are several instrumentations.
        absorbed: by a request's span id and the name of another instrumentation, the span of that one.
    """

    def __init__(self) -> None:
        self.below: Final[Memory[tuple[_Leaf, ...]]] = Memory()
        self.counted: Final[Memory[_Leaf]] = Memory()
        self.alike: Final[Memory[deque[_Leaf]]] = Memory()
        self.absorbed: Final[Memory[int]] = Memory()
        # Most processes have one instrumentation, and nothing can be beside it: until another one is seen, the last
        # requests are only kept in their order.
        self._only_scope: object = _NO_SCOPE
        self._several = False
        self._recent: Final[deque[_Leaf]] = deque(maxlen=_MOST_RECENT)

    def passed(self, span: ReadableSpan) -> None:
        """A span ended that is no request: what was counted below it was counted below its parent, too."""
        # Most spans are no requests, and most of the time nothing is remembered here.
        context, parent = span.context, span.parent
        if self.below and context is not None:
            leaves = self.below.pop(context.span_id)
            if leaves is not None and parent is not None and not parent.is_remote:
                self._cover(parent, leaves)

    def first_seen_as(self, span: ReadableSpan, request: Request) -> Seen:
        """What the request that a span reports is: to be counted now, counted already, or seen with this very span.

        The last happens where two processors are on one provider: the second must do nothing.
        """
        context, parent = span.context, span.parent
        span_id = 0 if context is None else context.span_id
        scope, response_id = span.instrumentation_scope, request.response_id
        leaf: _Leaf = _new(
            _Leaf,
            (
                request.kind, scope, response_id, span.end_time or 0, span.start_time or 0, span_id,
                request.request_model, (request.input_tokens, request.output_tokens),
            ),
        )  # fmt: skip
        counted = self.counted
        younger, elder = counted.younger, counted.elder
        # In one step, so that of two threads one has it. An equal leaf is the same span; another one is a span with the
        # same id, as there are where the application seeds `random` anew for each request.
        known = elder.get(span_id) or younger.setdefault(span_id, leaf)
        if known is not leaf:
            if known == leaf:
                return BEFORE
            younger[span_id] = leaf
        waiting = self.below
        below = (waiting.pop(span_id) or ()) if waiting.younger or waiting.elder else ()
        twin = None if parent is None and not below else self._twin_by_nesting(leaf, below, span)
        if response_id is not None:
            sibling = younger.get(response_id) or elder.get(response_id)
            if sibling is None and twin is None:
                younger[response_id] = leaf
            else:
                twin = self._twin_by_id(leaf, response_id, sibling, twin)
        if twin is None:
            if scope is self._only_scope:
                self._recent.append(leaf)
            else:
                twin = self._twin_beside(leaf)
        counted.age()
        if parent is not None and not parent.is_remote:
            self._cover(parent, (*below, leaf) if twin is None else below or (twin,))
        return FIRST if twin is None else AS_A_TWIN

    def _twin_by_nesting(self, leaf: _Leaf, below: tuple[_Leaf, ...], span: ReadableSpan) -> _Leaf | None:
        for inner in below:
            if inner.may_be(leaf):
                return inner
        # The parent, if it was counted, ended first, and was still running when this span started.
        outer = None if span.parent is None else self.counted.get(span.parent.span_id)
        if outer is None or outer.has_the_scope_of(leaf) or (span.start_time or 0) > outer.ended_ns:
            return None
        return outer if outer.may_be(leaf) else None

    def _twin_by_id(self, leaf: _Leaf, response_id: str, sibling: _Leaf | None, twin: _Leaf | None) -> _Leaf | None:
        """The twin that is known already, or else the sibling with this id; and remember who has this id now."""
        if twin is None and sibling is not None and not sibling.has_the_scope_of(leaf) and sibling.may_be(leaf):
            twin = sibling
        if twin is None:
            self.counted.put(response_id, leaf)
        elif sibling is not None:
            # It is absorbed once: the next span with this id is a request of its own.
            self.counted.pop(response_id)
        return twin

    def _twin_beside(self, leaf: _Leaf) -> _Leaf | None:
        """The request of another instrumentation that this span reports, too, or None; then it is remembered itself."""
        if not self._several:
            first = self._recent[0] if self._recent else leaf
            if first.has_the_scope_of(leaf):
                self._only_scope = leaf.scope
                self._recent.append(leaf)
                return None
            self._several, self._only_scope = True, _NO_SCOPE
            for recent in list(self._recent):
                self._remember(recent)
        twin = self._absorbing(leaf)
        if twin is None:
            self._remember(leaf)
        return twin

    def _remember(self, leaf: _Leaf) -> None:
        # In one step, so that two threads get the same.
        self.alike.younger.setdefault(leaf.tokens, deque(maxlen=_MOST_ALIKE)).append(leaf)
        self.alike.age()

    def _absorbing(self, leaf: _Leaf) -> _Leaf | None:
        """Of the requests that are alike, the one that absorbs this span; each only one of each other instrumentation."""
        name = "" if leaf.scope is None else leaf.scope.name
        absorbed = self.absorbed
        for alike in (self.alike.younger.get(leaf.tokens), self.alike.elder.get(leaf.tokens)):
            # A copy: other threads add to it meanwhile.
            for other in list(alike or ()):
                if other.has_the_scope_of(leaf) or not other.is_beside(leaf):
                    continue
                by = (other.span_id, name)
                if by not in absorbed.elder and absorbed.younger.setdefault(by, leaf.span_id) == leaf.span_id:
                    absorbed.age()
                    return other
        return None

    def _cover(self, parent: SpanContext, leaves: tuple[_Leaf, ...]) -> None:
        known = self.below.get(parent.span_id)
        self.below.put(parent.span_id, leaves if known is None else (known + leaves)[-_MOST_COVERING:])

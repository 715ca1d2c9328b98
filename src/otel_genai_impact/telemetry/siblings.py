"""Siblings: spans of one request that neither enclose each other nor share a response id.

Two instrumentations that know nothing of each other report one call. What is left to tell by is who, when and what:
different instrumentations, one span within the other in time, the same model, and equal token counts, or counts on one
side only. Each span absorbs one of each other instrumentation, so that ten equal requests at once stay ten.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.telemetry.memory import Memory, of_this_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

REMEMBERED_FOR_NS: Final = 300_000_000_000
# Instrumentations of one call do not take their times at the very same moment.
_SLACK_NS: Final = 5_000_000
_MOST_ALIKE: Final = 128
_MOST_LOOKS: Final = 64
_MOST_RECENT: Final = 512
_NO_SCOPE: Final = object()  # that of no span


class Leaf(NamedTuple):
    """A request that was counted, or the twin of one; `thread` is where its span ended."""

    kind: str
    scope: InstrumentationScope | None
    response_id: str | None
    ended_ns: int
    began_ns: int
    span_id: int
    model: str | None
    tokens: tuple[int | None, int | None]
    thread: int = 0

    @property
    def has_usage(self) -> bool:
        """Whether it says what it used. A 0 for everything stands for unknown in some dialects."""
        received, generated = self.tokens
        return generated is not None and generated >= 0 and bool(generated or (received or 0) > 0)

    def may_be(self, other: Leaf) -> bool:
        """Whether both may report one request, where one encloses the other, or the answer's id is the same.

        Then either has ended shortly before the other, or one ran while the other did, however long: a stream may take
        its time, and a process may be stopped between the two.
        """
        if self.kind != other.kind:
            return False
        if self.response_id is not None and other.response_id is not None and self.response_id != other.response_id:
            return False
        return abs(other.ended_ns - self.ended_ns) < REMEMBERED_FOR_NS or self.overlaps(other)

    def overlaps(self, other: Leaf) -> bool:
        """Whether each began before the other ended."""
        return self.began_ns <= other.ended_ns and other.began_ns <= self.ended_ns

    def has_the_scope_of(self, other: Leaf) -> bool:
        """Whether both come from one instrumentation."""
        mine, its = self.scope, other.scope
        return mine is its or (mine is not None and its is not None and mine.name == its.name)

    def is_beside(self, other: Leaf) -> bool:
        """Whether both may report one request although neither span knows of the other: one lies within the other."""
        if self.kind != other.kind or (self.response_id is not None and other.response_id is not None):
            return False
        if self.model is not None and other.model is not None and not _is_the_same(self.model, other.model):
            return False
        if not self.overlaps(other):
            return False
        first, last = self.began_ns - other.began_ns, self.ended_ns - other.ended_ns
        return (first <= _SLACK_NS and last >= -_SLACK_NS) or (first >= -_SLACK_NS and last <= _SLACK_NS)

    def distance(self, other: Leaf) -> tuple[bool, int]:
        """How far apart both are: in another thread is farther than any time (ns)."""
        apart_ns = abs(self.began_ns - other.began_ns) + abs(self.ended_ns - other.ended_ns)
        return self.thread != other.thread, apart_ns


def _is_the_same(model: str, other: str) -> bool:
    """Whether two names are of one model: some instrumentations put the provider before it."""
    return model == other or model.rpartition("/")[2] == other.rpartition("/")[2]


class Siblings:
    """The last requests, to find a span's sibling among.

    Attributes:
        only_scope: of the only instrumentation so far. Most processes have one, and nothing can be beside it: until
            another one is seen, the last requests are only kept in their order.
        several: whether there were several instrumentations. Who adds to `recent` looks at it afterwards, and not before.
        recent: the last requests.
        alike: by their token counts, the requests themselves, where there are several instrumentations.
        by_id: by their response ids, the same.
        absorbed: by a request's span id and the name of another instrumentation, the span of that one.
        without_usage: the last requests that did not say what they used, and have been replaced by none that did.
    """

    def __init__(self) -> None:
        self.only_scope: object = _NO_SCOPE
        self.recent: Final[deque[Leaf]] = deque(maxlen=_MOST_RECENT)
        self.alike: Final[Memory[dict[tuple[int, int], Leaf]]] = Memory()
        self.by_id: Final[Memory[Leaf]] = Memory()
        self.absorbed: Final[Memory[int]] = Memory()
        self.without_usage: Final[deque[Leaf]] = deque(maxlen=_MOST_RECENT)
        self.several = self._is_indexed = False

    def twin_of(self, leaf: Leaf, *, failed: bool) -> Leaf | None:
        """The request of another instrumentation that this span reports, too, or None; then it is remembered itself.

        Args:
            leaf: what the span reports.
            failed: whether its request failed. What failed beside a request that did not is another attempt.
        """
        if not self._is_indexed:
            if self._is_of_the_only_one(leaf):
                return None
            # In this order: who does not see the first of it is seen by the last. Threads that meet here all do the same.
            self.several, self.only_scope = True, _NO_SCOPE
            for recent in of_this_moment(self.recent):
                self.index(recent)
            self._is_indexed = True
        twin = self._of_the_same_answer(leaf) or self._beside(leaf, failed=failed)
        if twin is None:
            self.remember(leaf)
        return twin

    def _is_of_the_only_one(self, leaf: Leaf) -> bool:
        """Remember a request, unless there is one of another instrumentation; then, or where that comes meanwhile, False."""
        recent = self.recent
        if self.several or (recent and not recent[0].has_the_scope_of(leaf)):
            return False
        self.only_scope = leaf.scope
        recent.append(leaf)
        # Another thread may be here with a request of another instrumentation: only now it is told who was first.
        return not self.several and recent[0].has_the_scope_of(leaf)

    def _of_the_same_answer(self, leaf: Leaf) -> Leaf | None:
        sibling = None if leaf.response_id is None else self.by_id.get(leaf.response_id)
        if sibling is None or sibling.has_the_scope_of(leaf) or not sibling.may_be(leaf):
            return None
        return sibling if self.absorb(sibling, leaf) else None

    def _beside(self, leaf: Leaf, *, failed: bool) -> Leaf | None:
        return self._of_those_alike(leaf) or self._with_usage_on_one_side(leaf, failed=failed)

    def _of_those_alike(self, leaf: Leaf) -> Leaf | None:
        """One with the same token counts. Another thread's span may take it meanwhile, and leave one that is newer: look again."""
        newest: Leaf | None = None
        for _ in range(_MOST_LOOKS):
            known = self.alike.get(leaf.tokens)
            alike = of_this_moment(known.values()) if known else ()
            if not alike or alike[-1] is newest:
                break
            newest = alike[-1]
            twin = self._absorbing(leaf, alike)
            if twin is not None:
                return twin
        return None

    def remember(self, leaf: Leaf) -> None:
        """A request was counted: others may be beside it."""
        self.recent.append(leaf)
        if self.several:
            self.index(leaf)

    def replace(self, leaf: Leaf, twin: Leaf) -> None:
        """A twin took the place of a request that did not say what it used: now others may be beside that one."""
        # What failed, or is long gone, is not there; and others may add to it meanwhile.
        with suppress(ValueError, IndexError):
            self.without_usage.remove(leaf)
        self.remember(twin)

    def absorb(self, leaf: Leaf, twin: Leaf) -> bool:
        """Make one out of two; False if the one has absorbed another span of the twin's instrumentation already."""
        by = (leaf.span_id, "" if twin.scope is None else twin.scope.name)
        return self.absorbed.setdefault(by, twin.span_id) == twin.span_id

    def index(self, leaf: Leaf) -> None:
        """Let spans of other instrumentations find a request that is in `recent`. May be said twice."""
        alike = self.alike.setdefault(leaf.tokens, {})
        alike[leaf.span_id, leaf.began_ns] = leaf
        if len(alike) > _MOST_ALIKE:
            with suppress(RuntimeError, StopIteration):  # another thread changes it, too
                alike.pop(next(iter(alike)), None)
        if leaf.response_id is not None:
            self.by_id.put(leaf.response_id, leaf)

    def _with_usage_on_one_side(self, leaf: Leaf, *, failed: bool) -> Leaf | None:
        """The twin where only one of both says what was used. Then both must say the model."""
        if leaf.model is None or failed:
            return None
        # What ended before this began is not beside it: of hundreds that leaves a few.
        began_ns, last = leaf.began_ns, self.without_usage if leaf.has_usage else self.recent
        late = [other for other in of_this_moment(last) if other.ended_ns >= began_ns and other.model is not None]
        return self._absorbing(leaf, late if leaf.has_usage else [other for other in late if other.has_usage])

    def _absorbing(self, leaf: Leaf, others: Iterable[Leaf]) -> Leaf | None:
        """Of these requests, the one that absorbs this span; each only one of each other instrumentation.

        The nearest one comes first: where many are alike, another one would be the only one left for another span.
        """
        beside = [other for other in others if not other.has_the_scope_of(leaf) and other.is_beside(leaf)]
        if len(beside) > 1:
            beside.sort(key=leaf.distance)
        return next((other for other in beside if self.absorb(other, leaf)), None)

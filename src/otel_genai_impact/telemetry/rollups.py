"""Roll-ups: what the requests below a span came to, in this process, for the span to say when it ends.

Each request is added to its parent; a span that ends takes what was added to it, and passes it on to its own parent. So
nothing is searched for, and a trace may be as long as it likes. A request that ends after its parent, but began before
the parent ended, is added to the nearest ancestor that is still open; one that began later belongs to none.

Bounded, and safe to re-enter (from garbage collection or a signal handler) without a lock: adding is one append.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact import semconv
from otel_genai_impact.telemetry import memory
from otel_genai_impact.telemetry.memory import Memory, of_this_moment
from otel_genai_impact.telemetry.writing import IS_REMOTE, SPAN_ID

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.util.types import AttributeValue

_MOST_GONE: Final = 16
_ADDED_UP_FROM: Final = 256


class Sums(NamedTuple):
    """What requests came to: energy (J), greenhouse gases (g CO2eq), water (L) of those with an estimate."""

    energy_j: float
    gwp_g: float
    wcf_l: float
    requests: int
    not_estimated: int

    def attributes(self) -> dict[str, AttributeValue]:
        """As span attributes. Where nothing could be estimated there are no figures: unknown is not 0."""
        counts: dict[str, AttributeValue] = {
            semconv.ROLLUP_REQUESTS: self.requests,
            semconv.ROLLUP_NOT_ESTIMATED: self.not_estimated,
        }
        if self.not_estimated == self.requests:
            return counts
        return {
            semconv.ROLLUP_ENERGY: self.energy_j,
            semconv.ROLLUP_GWP: self.gwp_g,
            semconv.ROLLUP_WCF: self.wcf_l,
            **counts,
        }


WITHOUT_ESTIMATE: Final = Sums(0.0, 0.0, 0.0, 1, 1)
_TAKEN_BACK: Final = Sums(0.0, 0.0, 0.0, -1, -1)


_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class _Gone(NamedTuple):
    """A span that ended: its parent, 0 if there is none, whether that is called remote, and when it ended."""

    parent_id: int
    is_remote: bool
    ended_ns: int


class RollUps:
    """What was added to spans that have not ended yet.

    Attributes:
        waiting: by span id; what is in it is added up by whoever takes it.
        elsewhere: the same of spans that are called remote. Nearly all of them are, and nobody takes it; but Logfire hands
            contexts on to threads as if to other processes.
    """

    def __init__(self) -> None:
        self.waiting: Final[Memory[deque[Sums]]] = Memory()
        self.elsewhere: Final[Memory[deque[Sums]]] = Memory()
        self._gone: Final[Memory[_Gone]] = Memory()
        self._gone_by_id: Final = self._gone.table

    def count(self, span: ReadableSpan, sums: Sums) -> None:
        """Add a request to what is above its span, with what was below it."""
        self._pass_on(span, sums)

    def take_back(self, parent_id: int, began_ns: int, *, is_remote: bool) -> None:
        """A request without an estimate was counted below this span, and is counted elsewhere now."""
        self._add(parent_id, _TAKEN_BACK, began_ns, is_remote=is_remote)

    def gone(self, span: Any) -> None:
        """A span ended with nothing below it yet: what ends later may have begun below it. The SDK's own spans alone."""
        context, parent = span._context, span._parent  # noqa: SLF001
        parent_id, is_remote = (0, False) if parent is None else (parent[SPAN_ID], parent[IS_REMOTE])
        gone = self._gone_by_id
        gone[context[SPAN_ID]] = _new(_Gone, (parent_id, is_remote, span._end_time or 0))  # noqa: SLF001
        if len(gone) >= 2 * memory.GENERATION:
            self._gone.forget()

    def ended(self, span: ReadableSpan) -> Sums | None:
        """What was counted below a span, which goes on to its parent, too; None if there was nothing."""
        return self._pass_on(span, None)

    def _pass_on(self, span: ReadableSpan, own: Sums | None) -> Sums | None:
        context, parent = span.context, span.parent
        if context is None:
            return None
        found = [] if own is None else [own]
        for waiting in (self.waiting, self.elsewhere):
            if waiting.table:
                below = waiting.pop(context.span_id)
                if below is not None:
                    found += of_this_moment(below)
        sums = _sum(found) if found else None
        parent_id, is_remote = (0, False) if parent is None else (parent.span_id, parent.is_remote)
        self._gone.put(context.span_id, _Gone(parent_id, is_remote, span.end_time or 0))
        if sums is not None:
            self._add(parent_id, sums, span.start_time or 0, is_remote=is_remote)
        return sums

    def _add(self, span_id: int, sums: Sums, started_ns: int, *, is_remote: bool) -> None:
        for _ in range(_MOST_GONE):
            gone = self._gone.get(span_id)
            # A span of this id that was gone before is another one: some applications make their ids again.
            if gone is None or started_ns > gone.ended_ns:
                break
            span_id, is_remote = gone.parent_id, gone.is_remote
        if span_id == 0:
            return
        waiting = self.elsewhere if is_remote else self.waiting
        known = waiting.get(span_id)
        if known is None:
            known = waiting.setdefault(span_id, deque())
        else:
            waiting.used(span_id)
        known.append(sums)
        if len(known) >= _ADDED_UP_FROM:
            _add_up(known)


ROLL_UPS: Final = RollUps()
"""One for the process: a request may be below a span of another tracer provider."""


def _add_up(many: deque[Sums]) -> None:
    """Make one of many, while others may add more, or do the same."""
    taken: list[Sums] = []
    for _ in range(len(many)):
        try:
            taken.append(many.popleft())
        except IndexError:
            break
    if taken:
        many.append(_sum(taken))


def _sum(sums: list[Sums]) -> Sums:
    if len(sums) == 1:
        return sums[0]
    energy, gwp, wcf, requests, not_estimated = zip(*sums, strict=True)
    return Sums(sum(energy), sum(gwp), sum(wcf), sum(requests), sum(not_estimated))

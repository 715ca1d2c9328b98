"""The metrics of budgets: what was used, by the name of the budget, its limits, and how often they were reached."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, set_span_in_context

from otel_genai_impact import semconv
from otel_genai_impact.telemetry.budgets.amounts import CRITERIA, NOTHING, Amounts
from otel_genai_impact.telemetry.budgets.book import BOOK

if TYPE_CHECKING:
    from opentelemetry.metrics import Counter, Meter, UpDownCounter

    from otel_genai_impact.telemetry.budgets.amounts import Criterion, Limit
    from otel_genai_impact.telemetry.budgets.block import Block

_NO_SPAN: Final = set_span_in_context(INVALID_SPAN, Context())
_MOST_NAMES: Final = 100
_POST_WHEN_QUEUED: Final = 256
_PATIENCE_S: Final = 1.0


class Declared:
    """The budgets of this process, by the name that the metrics have, and their limits: the last ones that were given."""

    def __init__(self) -> None:
        self.limits: dict[str, dict[Criterion, float]] = {}

    def add(self, name: str, limits: tuple[Limit, ...]) -> str:
        """Take note of a budget; gives its name in the metrics: of the first hundred names, each keeps its own."""
        if name not in self.limits and len(self.limits) >= _MOST_NAMES:
            name = semconv.OTHER
        self.limits.setdefault(name, {}).update({limit.criterion: limit.amount for limit in limits})
        return name


DECLARED: Final = Declared()


class BudgetMetrics:
    """What the budgets of one MeterProvider come to, until its counters collect it.

    Attributes:
        queue: what was used, by whom; the hot path only appends to it.
        exceeded: budgets that were used up, and by which criterion.
    """

    def __init__(self, meter: Meter) -> None:
        self.queue: Final[deque[tuple[tuple[Block, ...], Amounts]]] = deque()
        self.exceeded: Final[deque[tuple[str, str]]] = deque()
        self._meter = meter
        self._lock = Lock()
        self._sums: dict[str, Amounts] = {}
        self._used: dict[str, Counter] = {}
        self._limit: dict[str, UpDownCounter] = {}
        self._exceeded: Counter | None = None
        self._told_limits: dict[tuple[str, Criterion], float] = {}

    def count(self, blocks: tuple[Block, ...], amounts: Amounts) -> None:
        """Count what a request used. Waits for nobody."""
        self.queue.append((blocks, amounts))
        if len(self.queue) >= _POST_WHEN_QUEUED and self._lock.acquire(blocking=False):
            try:
                self._add_up()
            finally:
                self._lock.release()

    def move(self) -> None:
        """Move what was counted into the counters, at a collection. Nothing is made where there are no budgets."""
        if not DECLARED.limits:
            return
        BOOK.settle()
        exceeded = self._exceeded or self._make_instruments()
        sums = self._take()
        for name, limits in list(DECLARED.limits.items()):
            used = sums.get(name, NOTHING)
            for criterion in CRITERIA.values():
                attributes = _attributes(name, criterion.name)
                self._used[criterion.name].add(used[criterion.column], attributes, _NO_SPAN)
                if criterion in limits:
                    change = limits[criterion] - self._told_limits.get((name, criterion), 0.0)
                    self._told_limits[name, criterion] = limits[criterion]
                    self._limit[criterion.name].add(change, attributes, _NO_SPAN)
                    # A series that begins with 1 would look to Prometheus as if nothing had happened.
                    exceeded.add(0, attributes, _NO_SPAN)
        while self.exceeded:
            name, criterion_name = self.exceeded.popleft()
            exceeded.add(1, _attributes(name, criterion_name), _NO_SPAN)

    def start_anew(self) -> None:
        """In a forked child: what was counted is the parent's, and the counters begin with nothing."""
        self.queue.clear()
        self.exceeded.clear()
        self._sums = {}
        self._lock = Lock()
        self._told_limits.clear()

    def _take(self) -> dict[str, Amounts]:
        """What was counted since the last time. A counter cannot go down: what was taken back waits for the next request."""
        if not self._lock.acquire(timeout=_PATIENCE_S):
            return {}
        try:
            self._add_up()
            sums = self._sums
            self._sums = {name: _below_nothing(used) for name, used in sums.items() if min(used) < 0}
        finally:
            self._lock.release()
        return {name: used.minus(_below_nothing(used)) for name, used in sums.items()}

    def _add_up(self) -> None:
        queue, sums = self.queue, self._sums
        by_blocks: dict[tuple[Block, ...], list[Amounts]] = {}
        for _ in range(len(queue)):
            blocks, amounts = queue.popleft()
            known_entries = by_blocks.get(blocks)
            if known_entries is None:
                by_blocks[blocks] = [amounts]
            else:
                known_entries.append(amounts)
        for blocks, entries in by_blocks.items():
            together = Amounts._make(map(sum, zip(*entries, strict=True)))
            # Two blocks of one name, one in the other: the request counts once for the name.
            for name in {block.metric_name for block in blocks}:
                known = sums.get(name)
                sums[name] = together if known is None else known.plus(together)

    def _make_instruments(self) -> Counter:
        for criterion in CRITERIA.values():
            self._used[criterion.name] = self._meter.create_counter(
                criterion.used_name, criterion.unit, "What the requests in budgets of this name used, estimates"
            )
            self._limit[criterion.name] = self._meter.create_up_down_counter(
                criterion.limit_name, criterion.unit, "What one block, or one key in one window, of this name may use"
            )
        self._exceeded = self._meter.create_counter(
            semconv.BUDGET_EXCEEDED, semconv.UNIT_EVENT, "How often a budget of this name was used up"
        )
        return self._exceeded


def _attributes(name: str, criterion: str) -> dict[str, Any]:
    return {semconv.BUDGET_NAME: name, semconv.BUDGET_CRITERION: criterion}


def _below_nothing(used: Amounts) -> Amounts:
    return Amounts._make(min(amount, 0) for amount in used)

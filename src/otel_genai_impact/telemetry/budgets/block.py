"""A block: what `with budget(...) as block` gives, to ask and to be asked."""

from __future__ import annotations

import logging
from math import nan
from typing import TYPE_CHECKING, Any, Final, Literal

from otel_genai_impact._contain import log_once
from otel_genai_impact.telemetry.budgets.accounts import Account, Watch
from otel_genai_impact.telemetry.budgets.amounts import CRITERIA, NOT_ESTIMATED, Amounts, Limit
from otel_genai_impact.telemetry.budgets.book import BOOK
from otel_genai_impact.telemetry.budgets.forecast import HISTORY
from otel_genai_impact.telemetry.budgets.handing_over import CALLS, Exceeded

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from threading import Event

    from opentelemetry.trace import SpanContext

    from otel_genai_impact.telemetry.budgets.book import Counted
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

Action = Literal["observe", "warn", "hand_over", "refuse"]

REQUESTS_ALONE: Final = frozenset({CRITERIA["requests"]})


class BudgetExceeded(RuntimeError):  # noqa: N818 -- the name says what happened
    """A request was refused, before it was sent: its budget is used up. Raised only where the user asked for it.

    Attributes:
        exceeded: which budget and criterion, the limit and what was used.
    """

    def __init__(self, exceeded: Exceeded) -> None:
        self.exceeded: Final = exceeded
        of = "" if exceeded.key is None else f" of {exceeded.key!r}"
        super().__init__(
            f"budget {exceeded.budget!r}{of} has no {exceeded.criterion} left: at most {exceeded.used_high:g} of "
            f"{exceeded.limit:g} {exceeded.unit} used (estimate {exceeded.used:g}); no request was sent"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.exceeded,)


class Block:
    """One entering of a budget, and what was used since; where it has a key, what was used by all that have that key.

    Attributes:
        name: of the budget.
        key: of whom, where the budget has a key or a window; else None.
        limits: what may be used.
        account: the sums.
        counts: False where a block around this one has the same account, and counts already.
        action: what happens when a limit is reached.
        metric_name: the name that the metrics have.
        bounds_water: whether the upper bound of water is worked out: where this budget, or one around it, limits water.
        chain: those that a request in this block is taken from, the outermost first, this one last.
        watches: what the book looks at with each request in this block, of the whole chain; None where the sums have to be
            known with each request, since others add to them, they end with a window, or the upper bound of water counts.
        queue: what requests in this block used and the book has not added up. The book's.
        queued_for: whose metrics these count for, those of the first request; None before that.
    """

    def __init__(
        self,
        *,
        name: str,
        metric_name: str,
        key: str | None,
        limits: tuple[Limit, ...],
        account: Account,
        counts: bool,
        action: Action,
        hand_over: Callable[[Exceeded], object] | None,
        loop: asyncio.AbstractEventLoop | None,
        bounds_water: bool,
        above: tuple[Block, ...] = (),
    ) -> None:
        self.name: Final = name
        self.metric_name: Final = metric_name
        self.key: Final = key
        self.limits: Final = limits
        self.account: Final = account
        self.counts: Final = counts
        self.action: Final[Action] = action
        self._hand_over: Final = hand_over
        self._loop: Final = loop
        self.bounds_water: Final = bounds_water
        self.calls: Final[list[Event]] = []
        self.chain: Final = (*above, self)
        self.queue: Final[list[Counted]] = []
        self.queued_for: BudgetMetrics | None = None
        self.own_watches: Final = tuple(map(Watch, limits))
        self.watches: Final = (
            tuple(watch for block in self.chain for watch in block.own_watches)
            if not bounds_water and all(type(block.account) is Account for block in self.chain)
            else None
        )

    @property
    def used(self) -> Amounts:
        """What was used until now: the estimates, the sums of the upper bounds (`high`), and how many requests.

        The upper bound of water is nan where no limit of water asks for it.
        """
        used = BOOK.used(self.account)
        return used if self.bounds_water else used._replace(wcf_high_l=nan)

    @property
    def exceeded(self) -> bool:
        """Whether a limit is reached."""
        used = self.used
        return any(limit.is_used_up(used) for limit in self.limits)

    @property
    def remaining(self) -> dict[str, float]:
        """What is left by each limit, by its keyword: `{"gwp_g": 1.5}`. Never below 0."""
        used = self.used
        return {limit.criterion.keyword: max(0.0, limit.amount - used[limit.column]) for limit in self.limits}

    @property
    def is_enforceable(self) -> bool:
        """Whether what was used is all known: each request was estimated, or only requests are limited."""
        return not self.used[NOT_ESTIMATED] or {limit.criterion for limit in self.limits} <= REQUESTS_ALONE

    def forecast(self, max_output_tokens: int | None = None) -> Amounts | None:
        """What the next request will use, by what those of budgets of this name did; None if there were none.

        Args:
            max_output_tokens: how many it may generate at most; the mean of those before where not given.
        """
        return HISTORY.forecast(self.name, self.used, max_output_tokens)

    def check(self, max_output_tokens: int | None = None) -> None:
        """For requests that are not refused by themselves: call this before one, whatever happens when a limit is reached.

        Args:
            max_output_tokens: of the next request: then also what that is forecast to use has to be left.

        Raises:
            BudgetExceeded: a limit is reached, or would be passed by the next request.
        """
        self.refresh()
        refusal = self.refusal(max_output_tokens)
        if refusal is not None:
            raise refusal

    def refusal(self, max_output_tokens: int | None = None) -> BudgetExceeded | None:
        """What `check` raises, by what this process knows; None if nothing."""
        if max_output_tokens is None and BOOK.is_far(self):
            return None
        used = self.used
        coming = self.forecast(max_output_tokens) if max_output_tokens is not None else None
        for limit in self.limits:
            too_much = coming is not None and used[limit.column] + coming[limit.column] > limit.amount
            if too_much or limit.is_used_up(used):
                return BudgetExceeded(self.told_of(limit, used))
        return None

    def refresh(self) -> None:
        """Ask what other processes have used, where they share the account; waits a moment at most."""
        self.account.refresh()

    def told_of(self, limit: Limit, used: Amounts, by: SpanContext | None = None) -> Exceeded:
        """What is said of a limit that was reached."""
        return Exceeded(
            budget=self.name,
            key=self.key,
            criterion=limit.criterion.name,
            unit=limit.criterion.unit,
            limit=limit.amount,
            used=used[limit.criterion.column],
            used_high=used[limit.criterion.high],
            trace_id=None if by is None else f"{by.trace_id:032x}",
            span_id=None if by is None else f"{by.span_id:016x}",
        )

    def signal(self, limit: Limit, used: Amounts, told: BudgetMetrics, by: SpanContext | None = None) -> None:
        """A limit was reached: count it, and do what the user asked for. Once for each time that it is reached."""
        told.exceeded.append((self.metric_name, limit.criterion.name))
        exceeded = self.told_of(limit, used, by)
        if self.action == "warn":
            log_once(
                logging.WARNING,
                f"budget {self.name!r} used up{'' if by is None else f' by {exceeded.trace_id}-{exceeded.span_id}'}: "
                f"{exceeded.used:g} of {limit.amount:g} {limit.criterion.unit} of {limit.criterion.name}",
                about=f"budget {self.name}",
            )
        if self._hand_over is not None:
            self.calls.append(CALLS.make(self._hand_over, exceeded, self._loop))

    def close(self) -> None:
        """The block is left. What still runs in it is added to it when it ends."""
        if self.key is None:
            HISTORY.add(self.name, self.used)
        self._tell_what_is_unknown()

    def _tell_what_is_unknown(self) -> None:
        """At the end of the block: a budget that cannot be enforced says so, once for each name."""
        used = self.used
        if used[NOT_ESTIMATED] and self.limits and not self.is_enforceable:
            log_once(
                logging.WARNING,
                f"budget {self.name!r} cannot be enforced",
                lambda: (
                    f"budget {self.name!r} cannot be enforced: {used.not_estimated} of {used.requests} requests could not "
                    "be estimated, and what they used is unknown; genai_impact.not_estimated on their spans says why"
                ),
            )

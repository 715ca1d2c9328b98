"""The book: adds what a request used to the accounts of all its budgets, in one step.

Whether a limit is reached is known when the span has ended, so that the very next call can be stopped. For that one number
for each limit is kept hot: a `Watch`. All else that a request used waits in a queue of its block, and is added up, many
requests together, when somebody looks at sums, when a limit is near, or when many wait. One lock for all budgets of the
process is held for that. Accounts that others add to, or that end with a window, have each request added at once.

To put a request into its queue takes no lock: each step of it is one that threads cannot come between, where they take
turns (PEP 703 tells where they do not: there, each is added at once, too). The order of the steps matters. A request is in
its queue first, then its queue is among those that wait, then the watches have it; who adds up takes a queue off that list
first, then empties it, sets the watches to what the sums say, and looks at the list again. So what comes in between is
found by that last look, and a watch may show a request twice for a moment, which asks the sums early, but never too little.

Garbage collection or a signal handler may end a span while this very thread holds the lock: that request is in its queue,
or waits in another one, and whoever holds the lock empties both before letting go.
"""

from __future__ import annotations

import sys
from collections import deque
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.telemetry.budgets.amounts import NOTHING, Amounts, Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from otel_genai_impact.impacts.estimate import Bounds, Estimate
    from otel_genai_impact.telemetry.budgets.accounts import Account
    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics
    from otel_genai_impact.telemetry.ledger import Row

_PATIENCE_S: Final = 1.0
_POST_WHEN_QUEUED: Final = 256
_MOST_QUEUES: Final = 256
_TAKE_TURNS: Final[bool] = getattr(sys, "_is_gil_enabled", lambda: True)()


class Reached(NamedTuple):
    """A limit that is reached after a request.

    Attributes:
        block: whose limit.
        limit: which.
        used: of the block, with this request.
        is_first: whether it was this request that reached it.
    """

    block: Block
    limit: Limit
    used: Amounts
    is_first: bool


_Entry = tuple[tuple["Block", ...], Amounts, "BudgetMetrics"]
# The ledger's row, the estimate, input and output tokens.
Counted = tuple["Row", "Estimate", int, int]


class Book:
    """Who may change accounts."""

    def __init__(self) -> None:
        # Who has it may get it again: `_is_busy` says whether this very thread is in the middle of something.
        self._lock = RLock()
        self._is_busy = False
        self._waiting: deque[_Entry] = deque()
        # Those whose queues are not empty, or were not a moment ago.
        self._queues: dict[Block, None] = {}

    def charge(
        self, block: Block, counted: Counted, told: BudgetMetrics, bounds: Callable[..., Bounds], of: tuple[Any, ...]
    ) -> list[Reached] | None:
        """Add what a request in a block used to all its budgets; gives the limits that are reached.

        Args:
            block: the innermost.
            counted: the request, as the ledger has it.
            told: counts for the metrics.
            bounds: gives the bounds that an estimate leaves out,
            of: of this.
        """
        if block.queued_for is not told and not self._may_queue(block, told):
            amounts = Amounts.of_requests([counted])
            if block.bounds_water:
                amounts = amounts._replace(wcf_high_l=bounds(*of).wcf_high)
            return self.spend(block.chain, amounts, told)
        queue, queues = block.queue, self._queues
        queue.append(counted)
        queues[block] = None
        to_do = len(queue) >= _POST_WHEN_QUEUED or len(queues) > _MOST_QUEUES or self._waiting
        for watch in block.watches or ():
            at = watch.at
            used = watch.used = watch.used + (counted[1][at] if at >= 0 else 1)
            if used >= watch.near:
                to_do = True
        return self.spend(block.chain, NOTHING, told) if to_do else None

    def spend(self, blocks: tuple[Block, ...], amounts: Amounts, told: BudgetMetrics) -> list[Reached]:
        """Add amounts to budgets at once; gives the limits that are reached."""
        if not self._begin():
            self._waiting.append((blocks, amounts, told))
            return []
        try:
            self._post_queues()
            reached = _post(blocks, amounts, told)
            self._post_all()
        finally:
            self._end()
        return reached

    def used(self, account: Account) -> Amounts:
        """What was added to an account until now."""
        if not self._begin():
            return self._used_as_known(account)
        try:
            self._post_all()
            return account.now()
        finally:
            self._end()

    def settle(self) -> None:
        """Add up all that waits."""
        if self._begin():
            try:
                self._post_all()
            finally:
                self._end()

    def is_far(self, block: Block) -> bool:
        """Whether no limit of a block is near, as its watches say; False where it has none. Waits for nobody."""
        return block.watches is not None and not self._waiting and all(w.used < w.near for w in block.own_watches)

    @contextmanager
    def held(self) -> Generator[None]:
        """Nothing is added meanwhile. Not to be used where a span ends."""
        with self._lock:
            self._is_busy = True
            try:
                yield
            finally:
                self._is_busy = False

    def start_anew(self) -> None:
        """In a forked child: a thread that held the lock is not here. Its blocks go on from what the parent used."""
        self._lock = RLock()
        self._is_busy = False
        self._waiting.clear()
        self._post_queues()

    def _begin(self) -> bool:
        """Take the lock; False where this very thread has it, or who has it does not give it back."""
        # Nearly always free: then there is nothing to wait for.
        if not (self._lock.acquire(False) or self._lock.acquire(timeout=_PATIENCE_S)):
            return False
        if self._is_busy:
            self._lock.release()
            return False
        self._is_busy = True
        return True

    def _end(self) -> None:
        self._is_busy = False
        self._lock.release()

    def _may_queue(self, block: Block, told: BudgetMetrics) -> bool:
        """The first request of a block says whose metrics its queue counts for; whether these are that."""
        if _TAKE_TURNS and block.watches is not None and block.queued_for is None and self._begin():
            try:
                if block.queued_for is None:
                    block.queued_for = told
            finally:
                self._end()
        return block.queued_for is told

    def _used_as_known(self, account: Account) -> Amounts:
        """Where this very thread is adding: what was added, and what waits for that."""
        used = account.now()
        for block in list(self._queues):
            if any(charged.account is account for charged in block.chain):
                used = used.plus(Amounts.of_requests(block.queue))
        return used

    def _post_all(self) -> None:
        """Add up all that waits, and what comes to wait meanwhile."""
        while self._queues or self._waiting:
            self._post_queues()
            self._post_waiting()

    def _post_queues(self) -> None:
        """Add what waits to the accounts, the requests of one block together. No limit is reached by it: `charge` looks."""
        queues = self._queues
        while queues:
            block, _ = queues.popitem()
            requests = block.queue[:]
            del block.queue[: len(requests)]
            if not requests or block.queued_for is None:
                continue
            amounts = Amounts.of_requests(requests)
            for charged in block.chain:
                charged.account.sums = charged.account.sums.plus(amounts)
                _wind(charged)
            block.queued_for.count(block.chain, amounts)

    def _post_waiting(self) -> None:
        while self._waiting:
            blocks, amounts, told = self._waiting.popleft()
            for reached in _post(blocks, amounts, told):
                # Its span has gone on meanwhile; the signals come all the same.
                if reached.is_first and reached.block.account.decides:
                    reached.block.signal(reached.limit, reached.used, told)


def _post(blocks: tuple[Block, ...], amounts: Amounts, told: BudgetMetrics) -> list[Reached]:
    for block in blocks:
        if block.counts:
            block.account.add(amounts, block, told)
            _wind(block)
    told.count(blocks, amounts)
    return _reached(blocks)


def _wind(block: Block) -> None:
    """Let the watches of a block show what its sums say."""
    sums = block.account.sums
    for watch in block.own_watches:
        watch.used = sums[watch.column]


def _reached(blocks: tuple[Block, ...]) -> list[Reached]:
    """The limits of these that are reached, each told of as the first time once."""
    reached: list[Reached] = []
    for block in blocks:
        account = block.account
        sums = account.now()
        for limit in block.limits:
            if sums[limit.column] >= limit.amount:
                reached.append(Reached(block, limit, sums, limit not in account.crossed))
                account.crossed.add(limit)
    return reached


BOOK: Final = Book()

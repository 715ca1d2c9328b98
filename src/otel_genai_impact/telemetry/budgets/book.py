"""The book: adds what a request used to the accounts of all its budgets, in one step.

One lock for all budgets of the process, held for some microseconds. Whether a limit is reached is known when the span has
ended, so that the very next call can be stopped. For that one number for each limit is kept hot: a `Watch`. All else that
a request used waits in a queue of its block, and is added up, many requests together, when somebody looks at sums, when a
limit is near, or when many wait. Accounts that others add to, or that end with a window, have each request added at once.

Garbage collection or a signal handler may end a span while this very thread holds the lock: that request waits in a queue
of its own, which whoever holds the lock empties before letting go.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.telemetry.budgets.amounts import WCF_HIGH, Amounts, Limit

if TYPE_CHECKING:
    from collections.abc import Generator

    from otel_genai_impact.impacts.estimate import Estimate
    from otel_genai_impact.telemetry.budgets.accounts import Account
    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

_PATIENCE_S: Final = 1.0
_POST_WHEN_QUEUED: Final = 256
_MOST_QUEUES: Final = 256


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
Queued = tuple["Estimate", float, int]
_Queue = tuple["Block", "BudgetMetrics", list[Queued]]


class Book:
    """Who may change accounts."""

    def __init__(self) -> None:
        # Who has it may get it again: `_is_busy` says whether this very thread is in the middle of something.
        self._lock = RLock()
        self._is_busy = False
        self._waiting: deque[_Entry] = deque()
        self._queues: list[_Queue] = []

    def charge(
        self, block: Block, estimate: Estimate, wcf_high_l: float, output_tokens: int, told: BudgetMetrics
    ) -> list[Reached] | None:
        """Add what a request in a block used to all its budgets; gives the limits that are reached."""
        watches = block.watches
        if watches is None or not self._lock.acquire(False):
            return self.spend(block.chain, Amounts.of_requests([(estimate, wcf_high_l, output_tokens)]), told)
        if self._is_busy:
            self._lock.release()
            return self.spend(block.chain, Amounts.of_requests([(estimate, wcf_high_l, output_tokens)]), told)
        self._is_busy = True
        try:
            if block.queued_for is not told:
                self._begin_queue(block, told)
            queue = block.queue
            queue.append((estimate, wcf_high_l, output_tokens))
            to_do = len(queue) >= _POST_WHEN_QUEUED or self._waiting
            for watch in watches:
                at = watch.at
                used = watch.used = watch.used + (estimate[at] if at >= 0 else wcf_high_l if at == WCF_HIGH else 1)
                if used >= watch.near:
                    to_do = True
            return self._settled(block) if to_do else None
        finally:
            self._is_busy = False
            self._lock.release()

    def spend(self, blocks: tuple[Block, ...], amounts: Amounts, told: BudgetMetrics) -> list[Reached]:
        """Add amounts to budgets at once; gives the limits that are reached."""
        if not self._begin():
            self._waiting.append((blocks, amounts, told))
            return []
        try:
            self._post_queues()
            reached = _post(blocks, amounts, told)
            self._post_waiting()
        finally:
            self._end()
        return reached

    def used(self, account: Account) -> Amounts:
        """What was added to an account until now."""
        if not self._begin():
            return self._used_as_known(account)
        try:
            self._post_queues()
            self._post_waiting()
            return account.now()
        finally:
            self._end()

    def settle(self) -> None:
        """Add up all that waits."""
        if self._begin():
            try:
                self._post_queues()
                self._post_waiting()
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

    def _begin_queue(self, block: Block, told: BudgetMetrics) -> None:
        """The first request of a block since all was added up. However many blocks there are, few wait."""
        if len(self._queues) >= _MOST_QUEUES:
            self._post_queues()
        queue: list[Queued] = []
        # First into the list: a process that is forked in between finds all that waits there.
        self._queues.append((block, told, queue))
        block.queue = queue
        block.queued_for = told

    def _used_as_known(self, account: Account) -> Amounts:
        """Where this very thread is adding: what was added, and what waits for that."""
        used = account.now()
        for block, _, queue in list(self._queues):
            if queue and any(charged.account is account for charged in block.chain):
                used = used.plus(Amounts.of_requests(queue))
        return used

    def _settled(self, block: Block) -> list[Reached]:
        """Add up what waits, then say which limits of a block are reached."""
        self._post_queues()
        self._post_waiting()
        return _reached(block.chain)

    def _post_queues(self) -> None:
        """Add what waits to the accounts, the requests of one block together. No limit is reached by it: `charge` looks."""
        queues = self._queues
        while queues:
            block, told, queue = queues[-1]
            block.queued_for = None
            queues.pop()
            if not queue:
                continue
            amounts = Amounts.of_requests(queue)
            for charged in block.chain:
                charged.account.sums = charged.account.sums.plus(amounts)
                _wind(charged)
            told.count(block.chain, amounts)

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

"""The book: adds what a request used to the accounts of all its budgets, in one step.

One lock for all budgets of the process, held for some microseconds. What is added is in the sums when the span has
ended, so that the very next call can be stopped. Garbage collection or a signal handler may end a span while this very
thread holds the lock: that request waits in a queue, which whoever holds the lock empties before letting go.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.telemetry.budgets.amounts import NOTHING, Amounts, Limit

if TYPE_CHECKING:
    from collections.abc import Generator

    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

_PATIENCE_S: Final = 1.0


class Account:
    """The sums of one block. Read and changed by the book alone."""

    __slots__ = ("crossed", "sums")

    def __init__(self) -> None:
        self.sums = NOTHING
        # The limits that were reached, so that each is told of once.
        self.crossed: set[Limit] = set()

    def add(self, amounts: Amounts, block: Block, told: BudgetMetrics) -> Amounts:  # noqa: ARG002 -- others need them
        """Add what a request of a block used; gives the sums."""
        sums = self.sums = self.sums.plus(amounts)
        return sums

    def now(self) -> Amounts:
        """The sums of this moment."""
        return self.sums

    def refresh(self) -> None:
        """Ask what others have added."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes add to it."""
        return False

    @property
    def decides(self) -> bool:
        """Whether these sums say that a limit is reached. Not those that are one process's view of what many share."""
        return True


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


class Book:
    """Who may change accounts."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._owner = 0
        self._waiting: deque[_Entry] = deque()

    def spend(self, blocks: tuple[Block, ...], amounts: Amounts, told: BudgetMetrics) -> list[Reached]:
        """Add what a request used to its budgets; gives the limits that are reached."""
        thread = get_ident()
        lock = self._lock
        # Nearly always free: then there is nothing to wait for.
        if self._owner == thread or not (lock.acquire(False) or lock.acquire(timeout=_PATIENCE_S)):
            self._waiting.append((blocks, amounts, told))
            return []
        self._owner = thread
        try:
            reached = _post(blocks, amounts, told)
            if self._waiting:
                self._post_waiting()
        finally:
            self._owner = 0
            lock.release()
        return reached

    def used(self, account: Account) -> Amounts:
        """What was added to an account until now."""
        if not self._begin():
            return account.now()
        try:
            self._post_waiting()
            return account.now()
        finally:
            self._owner = 0
            self._lock.release()

    @contextmanager
    def held(self) -> Generator[None]:
        """Nothing is added meanwhile. Not to be used where a span ends."""
        with self._lock:
            self._owner = get_ident()
            try:
                yield
            finally:
                self._owner = 0

    def start_anew(self) -> None:
        """In a forked child: a thread that held the lock is not here, and what waits is the parent's."""
        self._lock = Lock()
        self._owner = 0
        self._waiting.clear()

    def _begin(self) -> bool:
        if self._owner == get_ident() or not self._lock.acquire(timeout=_PATIENCE_S):
            return False
        self._owner = get_ident()
        return True

    def _post_waiting(self) -> None:
        while self._waiting:
            blocks, amounts, told = self._waiting.popleft()
            for reached in _post(blocks, amounts, told):
                # Its span has gone on meanwhile; the signals come all the same.
                if reached.is_first and reached.block.account.decides:
                    reached.block.signal(reached.limit, reached.used, told)


def _post(blocks: tuple[Block, ...], amounts: Amounts, told: BudgetMetrics) -> list[Reached]:
    reached: list[Reached] = []
    for block in blocks:
        account = block.account
        if not block.counts:
            sums = account.now()
        elif type(account) is Account:  # as its `add` does it
            sums = account.sums = account.sums.plus(amounts)
        else:
            sums = account.add(amounts, block, told)
        for limit in block.limits:
            if sums[limit.column] >= limit.amount:
                reached.append(Reached(block, limit, sums, limit not in account.crossed))
                account.crossed.add(limit)
    told.count(blocks, amounts)
    return reached


BOOK: Final = Book()

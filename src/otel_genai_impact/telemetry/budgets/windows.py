"""Budgets per key over a window, in this process: one account for each user, tenant or conversation."""

from __future__ import annotations

import logging
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from otel_genai_impact._contain import log_once
from otel_genai_impact.telemetry.budgets.accounts import Account
from otel_genai_impact.telemetry.budgets.amounts import NOTHING, Amounts

if TYPE_CHECKING:
    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

_MOST_ACCOUNTS: Final = 10_000


class WindowAccount(Account):
    """Sums that begin anew when their window is over. A window begins with its first request.

    By the clock that only goes forward: nobody gets a new budget by setting the time.
    """

    __slots__ = ("_ends_at_s", "_window_s")

    def __init__(self, window_s: float | None) -> None:
        super().__init__()
        self._window_s = window_s
        self._ends_at_s: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether what it has counts no longer."""
        return self._ends_at_s is not None and monotonic() >= self._ends_at_s

    def now(self) -> Amounts:
        """The sums of the window of this moment."""
        if self.is_over:
            self.sums, self._ends_at_s = NOTHING, None
            self.crossed.clear()
        return self.sums

    def add(self, amounts: Amounts, block: Block, told: BudgetMetrics) -> Amounts:
        """Add what a request used; the first one begins a window."""
        self.now()
        if self._ends_at_s is None and self._window_s is not None:
            self._ends_at_s = monotonic() + self._window_s
        return super().add(amounts, block, told)


class Windows:
    """The accounts by budget and key. Bounded: keys come from strangers."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str, float | None], WindowAccount] = {}
        self._lock = Lock()

    def account(self, name: str, key: str, window_s: float | None) -> WindowAccount:
        """The account of a key."""
        which = (name, key, window_s)
        with self._lock:
            found = self._accounts.get(which)
            if found is None:
                if len(self._accounts) >= _MOST_ACCOUNTS:
                    self._make_room()
                found = self._accounts[which] = WindowAccount(window_s)
            return found

    def _make_room(self) -> None:
        """Forget what is over, else the oldest tenth."""
        over = [which for which, account in self._accounts.items() if account.is_over]
        if not over:
            over = list(self._accounts)[: _MOST_ACCOUNTS // 10]
            log_once(
                logging.WARNING,
                f"budgets have more than {_MOST_ACCOUNTS} keys at once in this process: the oldest begin anew; "
                "give them a window_s, or keep them in Redis (docs/budgets.md)",
            )
        for which in over:
            del self._accounts[which]

    def start_anew(self) -> None:
        """In a forked child: a thread that held the lock is not here."""
        self._lock = Lock()


WINDOWS: Final = Windows()

"""Budgets per key that many processes share, in Redis.

A request is added to what this process knows at once, and sent to Redis by a thread of ours: nothing waits where a span
ends. What Redis answers is what all processes used; that says who reached a limit, so that one process tells of it. Before
a request that may be refused, Redis is asked, which takes a moment at most.

Where Redis is away each process goes on with what it knows and says so once; what it could not send is sent later.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opentelemetry.instrumentation.utils import suppress_instrumentation

from otel_genai_impact._contain import contained, log_once
from otel_genai_impact.telemetry.budgets.accounts import Account
from otel_genai_impact.telemetry.budgets.amounts import NOTHING, REQUESTS, Amounts, Limit
from otel_genai_impact.telemetry.budgets.book import BOOK
from otel_genai_impact.telemetry.budgets.in_redis import PATIENCE_S, SCRIPT, client_of, name_in_redis

if TYPE_CHECKING:
    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

DEFAULT_WINDOW_S: Final = 86_400.0
_TRY_AGAIN_AFTER_S: Final = 2.0
_MOST_ACCOUNTS: Final = 10_000
_WHOLE: Final = tuple(isinstance(amount, int) for amount in NOTHING)


class _Unsent(NamedTuple):
    amounts: Amounts
    block: Block
    told: BudgetMetrics


class SharedAccount(Account):
    """What this process knows of sums that many processes add to."""

    __slots__ = ("_base", "_ends_at_s", "_judged", "_store", "key", "unsent", "window_ms")

    def __init__(self, store: RedisStore, key: str, window_s: float) -> None:
        super().__init__()
        self._store: Final = store
        self.key: Final = key
        self.window_ms: Final = max(1, round(window_s * 1000))
        self._base = NOTHING
        self._ends_at_s: float | None = None
        # The limits that were told of, by this process or another one.
        self._judged: set[Limit] = set()
        self.unsent: Final[deque[_Unsent]] = deque()

    @property
    def is_shared(self) -> bool:
        """Other processes add to it."""
        return True

    @property
    def decides(self) -> bool:
        """Redis does; what this process thinks may be late."""
        return False

    def now(self) -> Amounts:
        """All that is known: the last answer of Redis, and what it was not told of yet."""
        if self._ends_at_s is not None and monotonic() >= self._ends_at_s:
            self._begin_anew()
        return self.sums

    def add(self, amounts: Amounts, block: Block, told: BudgetMetrics) -> Amounts:
        """Add what a request used here, and soon in Redis."""
        self.now()
        self.unsent.append(_Unsent(amounts, block, told))
        self._store.send(self)
        return super().add(amounts, block, told)

    def answered(self, sums: Amounts, left_ms: int, sent: int, of_these: Amounts) -> list[tuple[Limit, _Unsent]]:
        """Redis has answered: the sums of all, with the first so many of ours. Gives the limits that these reached."""
        with_ours = [self.unsent.popleft() for _ in range(sent)]
        if sums[REQUESTS] - of_these[REQUESTS] < self._base[REQUESTS]:
            self._begin_anew()  # the window of what we knew is over
        self._base = sums
        self._ends_at_s = None if left_ms < 0 else monotonic() + left_ms / 1000
        self.sums = self._with_unsent()
        return self._reached_by(with_ours, sums.minus(of_these), sums)

    def left_alone(self) -> list[tuple[Limit, _Unsent]]:
        """Redis does not answer: the limits that were reached, as far as this process knows. What waits becomes one entry."""
        reached = self._reached_by(list(self.unsent), self._base, self.sums)
        if len(self.unsent) > 1:
            last = self.unsent[-1]
            together = self._with_unsent().minus(self._base)
            self.unsent.clear()
            self.unsent.append(last._replace(amounts=together))
        return reached

    def refresh(self) -> None:
        """Ask what others have added; waits a moment at most."""
        self._store.refresh(self)

    def _reached_by(self, these: list[_Unsent], before: Amounts, after: Amounts) -> list[tuple[Limit, _Unsent]]:
        if not these:
            return []
        last, reached = these[-1], list[tuple[Limit, _Unsent]]()
        for limit in last.block.limits:
            if limit.is_used_up(after) and limit not in self._judged:
                self._judged.add(limit)
                if not limit.is_used_up(before) or not before[REQUESTS]:
                    reached.append((limit, last))
        return reached

    def _with_unsent(self) -> Amounts:
        sums = self._base
        for entry in self.unsent:
            sums = sums.plus(entry.amounts)
        return sums

    def _begin_anew(self) -> None:
        self._base, self._ends_at_s = NOTHING, None
        self._judged.clear()
        self.crossed.clear()
        self.sums = self._with_unsent()


_Job = tuple[SharedAccount, Event | None]
"""An account that Redis is to be told of, and what waits for it."""


class RedisStore:
    """The accounts in one Redis, and the thread that talks to it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._accounts: dict[tuple[str, str, float], SharedAccount] = {}
        self._lock = Lock()
        self._queue: SimpleQueue[_Job] = SimpleQueue()
        self._thread: Thread | None = None
        self._away_until_s = 0.0

    def account(self, name: str, key: str, window_s: float | None) -> SharedAccount:
        """The account of a key; also begins to talk to Redis, in the user's code and not where a span ends."""
        which = (name, key, window_s or DEFAULT_WINDOW_S)
        with self._lock:
            if self._thread is None:
                self._thread = Thread(
                    target=self._run, args=(self._queue,), name="genai-impact-budgets-redis", daemon=True
                )
                self._thread.start()
            found = self._accounts.get(which)
            if found is None:
                if len(self._accounts) >= _MOST_ACCOUNTS:
                    # Redis has them still. What it was not told of yet is in the queue.
                    del self._accounts[next(iter(self._accounts))]
                found = self._accounts[which] = SharedAccount(self, name_in_redis(name, key), which[2])
            return found

    def send(self, account: SharedAccount) -> None:
        """Tell Redis soon what was added. Waits for nobody, and may be used from everywhere a span can end."""
        self._queue.put((account, None))

    def refresh(self, account: SharedAccount) -> None:
        """Ask Redis, after all that it is still to be told; waits a moment at most, and not at all where it is away."""
        if monotonic() >= self._away_until_s:
            done = Event()
            self._queue.put((account, done))
            done.wait(2 * PATIENCE_S)

    def start_anew(self) -> None:
        """In a forked child: the thread is not here, and what is not sent is the parent's to send."""
        self._lock, self._queue, self._thread = Lock(), SimpleQueue(), None
        for account in self._accounts.values():
            account.unsent.clear()

    def _run(self, queue: SimpleQueue[_Job]) -> None:
        # An application that has Redis instrumented should not see ours in its traces.
        with suppress_instrumentation():
            client = client_of(self._url)
            script: Any = None if client is None else client.register_script(SCRIPT)
            while True:
                account, done = queue.get()
                try:
                    with contained("keeping a budget in Redis"):
                        if account.unsent or done is not None:
                            self._talk(script, account)
                finally:
                    if done is not None:
                        done.set()

    def _talk(self, script: Any, account: SharedAccount) -> None:
        with BOOK.held():
            entries = list(account.unsent)
        ours = NOTHING
        for entry in entries:
            ours = ours.plus(entry.amounts)
        answer = (
            None if script is None or monotonic() < self._away_until_s else self._answer(script, account, ours, entries)
        )
        with BOOK.held():
            if answer is None:
                reached = account.left_alone()
            else:
                sums = Amounts._make(
                    round(float(text)) if whole else float(text) for text, whole in zip(answer[1:], _WHOLE, strict=True)
                )
                reached = account.answered(sums, int(answer[0]), len(entries), ours)
        for limit, entry in reached:
            entry.block.signal(limit, account.now(), entry.told)

    def _answer(self, script: Any, account: SharedAccount, ours: Amounts, entries: list[_Unsent]) -> Any:
        """What Redis says; None if it is away."""
        amounts = [repr(amount) for amount in ours] if entries else []
        try:
            return script(keys=[account.key], args=[account.window_ms, *amounts])
        except Exception as error:  # noqa: BLE001 -- whatever it is, the budgets go on without Redis
            self._away_until_s = monotonic() + _TRY_AGAIN_AFTER_S
            line = (
                f"budgets: Redis is away ({type(error).__name__}: {error}); each process goes on with what it knows, and "
                "tells Redis the rest when it is back"
            )
            log_once(logging.WARNING, "Redis is away", lambda: line)
            return None


_STORES: Final[dict[str, RedisStore]] = {}


def store_at(url: str) -> RedisStore:
    """What talks to the Redis at a URL; one a process."""
    return _STORES.get(url) or _STORES.setdefault(url, RedisStore(url))


def _start_anew() -> None:
    for store in _STORES.values():
        store.start_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)

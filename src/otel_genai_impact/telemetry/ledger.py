"""The ledger: what was counted in this process, until the counters collect it.

A synchronous counter's `add` costs about as much as a bare span, and there would be a dozen for each request. So the hot
path only appends to a queue, without a lock: it may run inside garbage collection or a signal handler, on a thread that
holds any lock, ours included. The queue is posted to rows, one for each set of metric attributes, when it grows long and
before each collection, by whoever gets the lock.
"""

from __future__ import annotations

import logging
from collections import deque
from operator import sub
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from otel_genai_impact import semconv
from otel_genai_impact._contain import log_once
from otel_genai_impact.impacts.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from opentelemetry.util.types import AttributeValue

    from otel_genai_impact.impacts.uncertainty import Errors

# The columns of a row: those of an estimate, in its order, and these.
_FIELDS: Final = Estimate._fields
INPUT_TOKENS: Final = len(_FIELDS)
OUTPUT_TOKENS: Final = INPUT_TOKENS + 1
REQUESTS: Final = INPUT_TOKENS + 2
COLUMNS: Final = INPUT_TOKENS + 3

ENERGY: Final = _FIELDS.index("energy")
ENERGY_LOW: Final = _FIELDS.index("energy_low")
ENERGY_HIGH: Final = _FIELDS.index("energy_high")
GWP: Final = _FIELDS.index("gwp")
GWP_LOW: Final = _FIELDS.index("gwp_low")
GWP_HIGH: Final = _FIELDS.index("gwp_high")
GWP_EMBODIED: Final = _FIELDS.index("gwp_embodied")
ADPE: Final = _FIELDS.index("adpe")
ADPE_EMBODIED: Final = _FIELDS.index("adpe_embodied")
PE: Final = _FIELDS.index("pe")
PE_EMBODIED: Final = _FIELDS.index("pe_embodied")
WCF: Final = _FIELDS.index("wcf")

_NOTHING: Final = (0.0,) * len(_FIELDS)
POST_WHEN_QUEUED: Final = 256
# With the overflow row and two phases each, just what the SDK takes for one instrument: 2,000.
_MOST_ROWS: Final = 999
_MOST_UNKNOWN_MODELS: Final = 100
_LOCK_TIMEOUT_S: Final = 1.0
_Value = TypeVar("_Value")

MetricAttributes = dict[str, "AttributeValue"]


class Row:
    """The sums of all requests with one set of metric attributes.

    Attributes:
        attributes: the metric attributes; never changed.
        sums: one number a column.
        collected: how much of each column the counters have.
        energy_errors: of a request with so many output, input and cached tokens, if the method knows; else None.
        moved_to: rows that have requests which the counters had seen in this one already.
    """

    __slots__ = ("attributes", "collected", "energy_errors", "moved_to", "sums")

    def __init__(self, attributes: MetricAttributes) -> None:
        self.attributes: Final = attributes
        self.sums: list[float] = [0.0] * COLUMNS
        self.collected: list[float] = [0.0] * COLUMNS
        self.moved_to: set[Row] = set()
        self.energy_errors: Callable[[float, float, float], Errors | None] | None = None

    def post(self, entries: list[_Entry]) -> None:
        """Add requests."""
        columns = [(*(estimate or _NOTHING), received, generated, 1) for _, estimate, received, generated in entries]
        self.sums = [sum(column) for column in zip(self.sums, *columns, strict=True)]

    def move(self, to: Row, input_tokens: int, output_tokens: int) -> None:
        """Take back one request without an estimate, which is counted in another row instead."""
        less = {INPUT_TOKENS: input_tokens, OUTPUT_TOKENS: output_tokens, REQUESTS: 1}
        self.sums = [amount - less.get(column, 0) for column, amount in enumerate(self.sums)]
        self.moved_to.add(to)


# The row, the estimate if there is one, input and output tokens.
_Entry = tuple[Row, "Estimate | None", int, int]


class Account:
    """The rows that one MeterProvider exports. Bounded: what does not fit is summed in one overflow row."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, ...], Row] = {}
        self._overflow: Row | None = None
        self._unknown_models: set[str] = set()
        self._values: dict[str, set[object]] = {}

    def row(self, attributes: MetricAttributes) -> Row:
        """The row of these metric attributes."""
        key = tuple(sorted(attributes.items()))
        row = self._rows.get(key)
        if row is not None:
            return row
        if len(self._rows) < _MOST_ROWS:
            # `setdefault` settles a race: both threads get the same row.
            return self._rows.setdefault(key, Row(attributes))
        if self._overflow is None:
            self._overflow = Row({semconv.METRIC_OVERFLOW: True})
        return self._overflow

    def unknown_model(self, name: str) -> str:
        """The name of an unknown model as a metric attribute: the first hundred keep theirs."""
        if name not in self._unknown_models:
            if len(self._unknown_models) >= _MOST_UNKNOWN_MODELS:
                return semconv.OTHER
            self._unknown_models.add(name)
        return name

    def bounded(self, key: str, value: _Value, most: int) -> _Value | str:
        """A value of a metric attribute that users name: the first ones keep theirs, the others are one."""
        known = self._values.setdefault(key, set())
        if value not in known:
            if len(known) >= most:
                return self._one_of_many(key, most)
            known.add(value)
        return value

    def _one_of_many(self, key: str, most: int) -> str:
        log_once(
            logging.WARNING,
            f"more than {most} values of the metric attribute {key!r}: the others are {semconv.OTHER!r} in the metrics; "
            "GENAI_IMPACT_METRIC_VALUES allows more",
        )
        return semconv.OTHER

    def rows(self) -> Iterable[Row]:
        """All rows, of this moment."""
        rows = list(self._rows.values())
        return rows if self._overflow is None else [*rows, self._overflow]

    def forget_counts(self) -> None:
        """Set all sums to zero."""
        for row in self.rows():
            row.sums = [0.0] * COLUMNS
            row.collected = [0.0] * COLUMNS
            row.moved_to.clear()


class Ledger:
    """All accounts of this process, and the queue before them.

    Attributes:
        accounts: one a MeterProvider.
        queue: what was counted and is not posted yet; always the same object.
    """

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self.queue: Final[deque[_Entry]] = deque()
        self._moved: deque[tuple[Row, Row, int, int]] = deque()
        self._overdrawn: set[Row] = set()
        self._lock = Lock()

    def open_account(self) -> Account:
        """A new account, for one MeterProvider."""
        account = Account()
        self.accounts.append(account)
        return account

    def add(self, row: Row, estimate: Estimate | None, input_tokens: int, output_tokens: int) -> None:
        """Count one request. Takes no lock that it would have to wait for."""
        queue = self.queue
        queue.append((row, estimate, input_tokens, output_tokens))
        if len(queue) >= POST_WHEN_QUEUED:
            self.post_soon()

    def post_soon(self) -> None:
        """Post the queue, unless somebody else has the lock, who will."""
        if self._lock.acquire(blocking=False):
            try:
                self._post()
            finally:
                self._lock.release()

    def move(self, row: Row, to: Row, input_tokens: int, output_tokens: int) -> None:
        """One request that was added to a row without an estimate will be added to another one, and is no longer here.

        A counter cannot go down. Where it has the request already, it stands still until there is another one of its
        row, and the request is held back in the other row until then: in all, each request is in one counter, always.
        """
        self._moved.append((row, to, input_tokens, output_tokens))

    def collect(self, account: Account) -> Iterable[tuple[Mapping[str, AttributeValue], list[float]]]:
        """What was counted in an account since the last time: metric attributes, and the amount of each column.

        Gives nothing if another thread collects for longer than a second; the next collection has it all.
        """
        if not self._lock.acquire(timeout=_LOCK_TIMEOUT_S):
            return []
        try:
            self._post()
            held = self._held_back() if self._overdrawn else {}
            return [
                (row.attributes, _take(row, held.get(row, 0.0))) for row in account.rows() if row.sums != row.collected
            ]
        finally:
            self._lock.release()

    def totals(self) -> list[Row]:
        """All rows of all accounts, with everything posted: for the summary."""
        if self._lock.acquire(timeout=_LOCK_TIMEOUT_S):
            try:
                self._post()
            finally:
                self._lock.release()
        return [row for account in self.accounts for row in account.rows()]

    def start_anew(self) -> None:
        """In a forked child: what was counted so far is the parent's, and a lock held by a thread that is gone."""
        self._lock = Lock()
        self.queue.clear()
        self._moved.clear()
        self._overdrawn.clear()
        for account in self.accounts:
            account.forget_counts()

    def _post(self) -> None:
        """Post the queue, all entries of a row at once. Only with the lock held."""
        by_row: dict[Row, list[_Entry]] = {}
        queue = self.queue
        while queue:
            try:
                entry = queue.popleft()
            except IndexError:  # a fork cleared it
                break
            by_row.setdefault(entry[0], []).append(entry)
        try:
            for row in list(by_row):
                row.post(by_row[row])
                del by_row[row]
        finally:
            # Something like Ctrl-C came in between: what is not posted yet waits again.
            for entries in by_row.values():
                queue.extend(entries)
        while self._moved:
            row, to, input_tokens, output_tokens = self._moved.popleft()
            row.move(to, input_tokens, output_tokens)
            self._overdrawn.add(row)

    def _held_back(self) -> dict[Row, float]:
        """How many requests of which rows the counters have in other rows still. Only with the lock held."""
        held: dict[Row, float] = {}
        for row in list(self._overdrawn):
            too_many = row.collected[REQUESTS] - row.sums[REQUESTS]
            if too_many <= 0:
                row.moved_to.clear()
                self._overdrawn.discard(row)
            for to in row.moved_to:
                free = to.sums[REQUESTS] - to.collected[REQUESTS] - held.get(to, 0.0)
                taken = max(0.0, min(too_many, free))
                held[to] = held.get(to, 0.0) + taken
                too_many -= taken
        return held


def _take(row: Row, held_back: float) -> list[float]:
    """What the counters do not have yet, of which they will be told now."""
    totals, before = row.sums, row.collected
    told = max(totals[REQUESTS] - held_back, before[REQUESTS])
    if told != totals[REQUESTS]:
        totals = [*totals]
        totals[REQUESTS] = told
    row.collected = totals
    return list(map(sub, totals, before))


LEDGER: Final = Ledger()

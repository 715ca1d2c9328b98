"""The ledger: what was counted in this process, until the counters collect it.

A synchronous counter's `add` costs about as much as a bare span, and there would be a dozen for each request. So the hot
path only appends to a queue, without a lock: it may run inside garbage collection or a signal handler, on a thread that
holds any lock, ours included. The queue is posted to rows, one for each set of metric attributes, when it grows long and
before each collection, by whoever gets the lock.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opentelemetry.util.types import AttributeValue

    from otel_genai_impact.impacts.assessment import Estimate

# The columns of a row.
REQUESTS: Final = 0
ENERGY: Final = 1
ENERGY_LOW: Final = 2
ENERGY_HIGH: Final = 3
GWP_USAGE: Final = 4
GWP_EMBODIED: Final = 5
GWP_LOW: Final = 6
GWP_HIGH: Final = 7
ADPE_USAGE: Final = 8
ADPE_EMBODIED: Final = 9
PE_USAGE: Final = 10
PE_EMBODIED: Final = 11
WCF: Final = 12
WCF_LOW: Final = 13
WCF_HIGH: Final = 14
INPUT_TOKENS: Final = 15
OUTPUT_TOKENS: Final = 16
COLUMNS: Final = 17

_POST_WHEN_QUEUED: Final = 256
_MOST_ROWS: Final = 1000
_MOST_UNKNOWN_MODELS: Final = 100
_LOCK_TIMEOUT_S: Final = 1.0

MetricAttributes = dict[str, "AttributeValue"]


class Row:
    """The sums of all requests with one set of metric attributes.

    Attributes:
        attributes: the metric attributes; never changed.
        sums: one number a column.
        collected: how much of each column the counters have.
    """

    __slots__ = ("attributes", "collected", "sums")

    def __init__(self, attributes: MetricAttributes) -> None:
        self.attributes: Final = attributes
        self.sums = [0.0] * COLUMNS
        self.collected = [0.0] * COLUMNS

    def post(self, estimate: Estimate | None, input_tokens: int, output_tokens: int) -> None:
        """Add one request. Its estimate is None if there is none."""
        sums = self.sums
        sums[REQUESTS] += 1
        sums[INPUT_TOKENS] += input_tokens
        sums[OUTPUT_TOKENS] += output_tokens
        if estimate is None:
            return
        sums[ENERGY] += estimate.energy
        sums[ENERGY_LOW] += estimate.energy_low
        sums[ENERGY_HIGH] += estimate.energy_high
        sums[GWP_USAGE] += estimate.gwp - estimate.gwp_embodied
        sums[GWP_EMBODIED] += estimate.gwp_embodied
        sums[GWP_LOW] += estimate.gwp_low
        sums[GWP_HIGH] += estimate.gwp_high
        sums[ADPE_USAGE] += estimate.adpe - estimate.adpe_embodied
        sums[ADPE_EMBODIED] += estimate.adpe_embodied
        sums[PE_USAGE] += estimate.pe - estimate.pe_embodied
        sums[PE_EMBODIED] += estimate.pe_embodied
        sums[WCF] += estimate.wcf
        sums[WCF_LOW] += estimate.wcf_low
        sums[WCF_HIGH] += estimate.wcf_high


_Entry = tuple[Row, "Estimate | None", int, int]


class Account:
    """The rows that one MeterProvider exports. Bounded: what does not fit is summed in one overflow row."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, ...], Row] = {}
        self._overflow: Row | None = None
        self._unknown_models: set[str] = set()

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

    def rows(self) -> Iterable[Row]:
        """All rows, of this moment."""
        rows = list(self._rows.values())
        return rows if self._overflow is None else [*rows, self._overflow]

    def forget_counts(self) -> None:
        """Set all sums to zero."""
        for row in self.rows():
            row.sums = [0.0] * COLUMNS
            row.collected = [0.0] * COLUMNS


class Ledger:
    """All accounts of this process, and the queue before them."""

    def __init__(self) -> None:
        self.accounts: list[Account] = []
        self._queue: deque[_Entry] = deque()
        self._lock = Lock()

    def open_account(self) -> Account:
        """A new account, for one MeterProvider."""
        account = Account()
        self.accounts.append(account)
        return account

    def add(self, row: Row, estimate: Estimate | None, input_tokens: int, output_tokens: int) -> None:
        """Count one request. Takes no lock that it would have to wait for."""
        queue = self._queue
        queue.append((row, estimate, input_tokens, output_tokens))
        if len(queue) >= _POST_WHEN_QUEUED and self._lock.acquire(blocking=False):
            try:
                self._post()
            finally:
                self._lock.release()

    def collect(self, account: Account) -> Iterable[tuple[Mapping[str, AttributeValue], list[tuple[int, float]]]]:
        """What was counted in an account since the last time: attributes, and (column, amount) where not zero.

        Gives nothing if another thread collects for longer than a second; the next collection has it all.
        """
        if not self._lock.acquire(timeout=_LOCK_TIMEOUT_S):
            return []
        try:
            self._post()
            return [(row.attributes, amounts) for row in account.rows() if (amounts := _take(row))]
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
        self._queue.clear()
        for account in self.accounts:
            account.forget_counts()

    def _post(self) -> None:
        """Post the queue. Only with the lock held."""
        queue = self._queue
        while queue:
            try:
                row, estimate, input_tokens, output_tokens = queue.popleft()
            except IndexError:  # a fork cleared it
                return
            row.post(estimate, input_tokens, output_tokens)


def _take(row: Row) -> list[tuple[int, float]]:
    """What the counters do not have yet, of which they will be told now."""
    amounts: list[tuple[int, float]] = []
    for column, total in enumerate(row.sums):
        amount = total - row.collected[column]
        if amount > 0:
            row.collected[column] = total
            amounts.append((column, amount))
    return amounts


LEDGER: Final = Ledger()

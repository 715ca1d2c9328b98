"""A bounded memory of what happened a short while ago, safe to re-enter without a lock."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

GENERATION: Final = 2048
"""Twice as much is remembered at most, unless said otherwise; what was used within the last one is not forgotten."""

_PARTS: Final = 8
_MOST_TRIES: Final = 1000

_Value = TypeVar("_Value")


def of_this_moment(many: Iterable[_Value]) -> list[_Value]:
    """A copy of what other threads add to.

    Where threads take turns, that is one step. Where they do not (PEP 703), a deque says that it was changed meanwhile.
    """
    for _ in range(_MOST_TRIES):
        with suppress(RuntimeError):
            return list(many)
    return []


class Memory(Generic[_Value]):
    """A dictionary that forgets: when it is full, some of those go that were not used for longest.

    It forgets a little at a time. Where half of it went at once, what a process holds swung by megabytes; each table has a
    rhythm of its own, and the process grew whenever more of them were full at one moment than ever before, for days.

    Attributes:
        table: what is remembered, for who reads it on the hot path; always the same dictionary.
    """

    __slots__ = ("_forgotten", "_generations", "_used", "_used_before", "table")

    def __init__(self, generations: int = 2) -> None:
        self._generations = generations
        self.table: Final[dict[object, _Value]] = {}
        # What was used again, since half a generation to one was forgotten, and in the time before that.
        self._used: set[object] = set()
        self._used_before: set[object] = set()
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self.table)

    def __bool__(self) -> bool:
        return bool(self.table)

    def put(self, key: object, value: _Value) -> None:
        """Remember a value."""
        table = self.table
        before = len(table)
        table[key] = value
        if before >= GENERATION - 1:
            self._remembered(key, before)

    def get(self, key: object) -> _Value | None:
        """The value, if it is remembered."""
        return self.table.get(key)

    def setdefault(self, key: object, value: _Value) -> _Value:
        """The value that is remembered, else this one, which is from then on; in one step, so that two threads get the same."""
        table = self.table
        before = len(table)
        known = table.setdefault(key, value)
        if before >= GENERATION - 1:
            self._remembered(key, before)
        return known

    def pop(self, key: object) -> _Value | None:
        """The value, if it is remembered; it no longer is then."""
        return self.table.pop(key, None)

    def used(self, key: object) -> None:
        """A key that is remembered was used: it is among the last to be forgotten."""
        # Who is remembered for certain need not say that it is used.
        if len(self.table) >= GENERATION:
            self._used.add(key)
            if len(self._used) >= GENERATION:
                self._age()

    def _remembered(self, key: object, before: int) -> None:
        """Keep to the bound. What is new is the youngest as it is, and need not say that it is used."""
        after = len(self.table)
        if after == before:
            self.used(key)
        elif after >= self._generations * GENERATION:
            self.forget()

    def forget(self) -> None:
        """Forget a part: of what was not used lately the oldest, and where nearly all was, the oldest of all."""
        most = max(GENERATION // _PARTS, 1)
        used, used_before = self._used, self._used_before
        oldest = self._oldest(most)
        unused = [key for key in oldest if key not in used and key not in used_before]
        if len(unused) < most:
            oldest = list(self.table)
            unused = [key for key in oldest if key not in used and key not in used_before][:most]
        for key in unused if 2 * len(unused) >= most else oldest[:most]:
            self.table.pop(key, None)
        self._forgotten += most
        if self._forgotten >= GENERATION:
            self._age()

    def _oldest(self, most: int) -> list[object]:
        try:
            return list(islice(self.table, most))
        except RuntimeError:  # another thread added to it meanwhile, where threads do not take turns
            return []

    def _age(self) -> None:
        self._used_before, self._used, self._forgotten = self._used, set(), 0

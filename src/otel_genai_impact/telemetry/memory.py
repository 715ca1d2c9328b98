"""A bounded memory of what happened a short while ago, safe to re-enter without a lock."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

GENERATION: Final = 2048
"""How much is forgotten at a time; twice as much is remembered at most."""

_Value = TypeVar("_Value")


class Memory(Generic[_Value]):
    """A dictionary that forgets: when it is full, the half that was not used for longest goes.

    Attributes:
        table: what is remembered, for who reads it on the hot path; always the same dictionary.
    """

    __slots__ = ("_used", "table")

    def __init__(self) -> None:
        self.table: Final[dict[object, _Value]] = {}
        self._used: set[object] = set()

    def __len__(self) -> int:
        return len(self.table)

    def __bool__(self) -> bool:
        return bool(self.table)

    def put(self, key: object, value: _Value) -> None:
        """Remember a value."""
        self.table[key] = value
        self.used(key)

    def get(self, key: object) -> _Value | None:
        """The value, if it is remembered."""
        return self.table.get(key)

    def setdefault(self, key: object, value: _Value) -> _Value:
        """The value that is remembered, else this one, which is from then on; in one step, so that two threads get the same."""
        known = self.table.setdefault(key, value)
        self.used(key)
        return known

    def pop(self, key: object) -> _Value | None:
        """The value, if it is remembered; it no longer is then."""
        return self.table.pop(key, None)

    def used(self, key: object) -> None:
        """A key was added or used: it is among the last to be forgotten."""
        # Who is remembered for certain need not say that it is used.
        if len(self.table) >= GENERATION:
            self._used.add(key)
            if len(self.table) >= 2 * GENERATION:
                self.forget()

    def forget(self) -> None:
        """Forget a generation: of what was not used since the last time the oldest, and only then of the rest."""
        used, self._used = self._used, set()
        by_age = list(self.table)
        unused = [key for key in by_age if key not in used]
        for key in unused[:GENERATION] if len(unused) >= GENERATION // 2 else by_age[:GENERATION]:
            self.table.pop(key, None)

"""A bounded memory of what happened a short while ago, safe to re-enter without a lock."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

GENERATION: Final = 2048

_Value = TypeVar("_Value")


class Memory(Generic[_Value]):
    """A dictionary that forgets: when the younger of its two generations is full, the elder one is dropped."""

    __slots__ = ("elder", "younger")

    def __init__(self) -> None:
        self.younger: dict[object, _Value] = {}
        self.elder: dict[object, _Value] = {}

    def __len__(self) -> int:
        return len(self.younger) + len(self.elder)

    def __bool__(self) -> bool:
        return bool(self.younger or self.elder)

    def put(self, key: object, value: _Value) -> None:
        """Remember a value, in the younger generation."""
        self.younger[key] = value
        self.age()

    def age(self) -> None:
        """Make room if the younger generation is full."""
        if len(self.younger) >= GENERATION:
            self.elder = self.younger
            self.younger = {}

    def get(self, key: object) -> _Value | None:
        """The value, if it is remembered."""
        return self.younger.get(key) or self.elder.get(key)

    def pop(self, key: object) -> _Value | None:
        """The value, if it is remembered; it no longer is then."""
        young, old = self.younger.pop(key, None), self.elder.pop(key, None)
        return old if young is None else young

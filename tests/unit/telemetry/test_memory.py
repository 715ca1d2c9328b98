"""What a memory forgets, when, and how much of it."""

from __future__ import annotations

import pytest

from otel_genai_impact.telemetry import memory
from otel_genai_impact.telemetry.memory import Memory


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "GENERATION", 16)


@pytest.mark.parametrize("generations", [1, 2])
def test_what_it_holds_does_not_swing(generations: int) -> None:
    """Once it is full it stays so, but for an eighth of a generation: what a process holds is what it will ever hold."""
    most, remembered = generations * 16, Memory[int](generations)
    for number in range(most):
        remembered.put(number, number)
    sizes = set[int]()
    for number in range(most, 500):
        remembered.put(number, number)
        sizes.add(len(remembered))
    assert (most - 2, most - 1) == (min(sizes), max(sizes))


def test_the_oldest_is_forgotten_first() -> None:
    """Where nothing was used again."""
    remembered = Memory[int]()
    for number in range(32):
        remembered.setdefault(number, number)
    assert list(range(2, 32)) == list(remembered.table)


def test_what_is_used_stays() -> None:
    """A span that has been open for long and takes requests all the time is not forgotten, however many come by."""
    remembered = Memory[str]()
    remembered.put("open", "span")
    for number in range(500):
        remembered.put(number, "other")
        if number % 15 == 0:
            remembered.used("open")
    assert remembered.get("open") == "span"


@pytest.mark.parametrize("again", ["put", "setdefault"])
def test_what_is_put_again_is_used(again: str) -> None:
    """As what says so."""
    remembered = Memory[str]()
    for number in range(500):
        getattr(remembered, again)("open", "span")
        remembered.put(number, "other")
    assert remembered.get("open") == "span"


def test_what_was_used_long_ago_goes() -> None:
    """One use does not hold for ever."""
    remembered = Memory[str]()
    remembered.put("open", "span")
    for number in range(20):
        remembered.put(number, "other")
    remembered.used("open")
    for number in range(20, 500):
        remembered.put(number, "other")
    assert remembered.get("open") is None


def test_it_is_bounded_where_all_is_in_use() -> None:
    """Then the oldest of all goes: what is remembered is bounded, whatever happens."""
    remembered = Memory[int]()
    for number in range(200):
        remembered.put(number, number)
        for key in list(remembered.table):
            remembered.used(key)
        assert len(remembered) <= 2 * 16


def test_what_says_that_it_is_used_takes_no_memory_for_ever() -> None:
    """Where as many spans end as begin nothing is ever forgotten; what was used is, all the same."""
    remembered = Memory[int]()
    for number in range(1000):
        remembered.put(number, number)
        remembered.used(number)
        if number >= 20:
            remembered.pop(number - 20)
        assert len(remembered._used) + len(remembered._used_before) <= 2 * 16

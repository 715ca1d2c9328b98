"""A table of what strangers named is bounded, and stays about as full as it is."""

from __future__ import annotations

from otel_genai_impact._room import make_room


def test_only_the_oldest_part_goes() -> None:
    """An eighth of what a full table may keep, so that what a process holds does not swing."""
    kept = dict.fromkeys(range(16))
    make_room(kept, 16)
    assert list(range(2, 16)) == list(kept)


def test_nothing_goes_while_there_is_room() -> None:
    """What is not full keeps all."""
    kept = dict.fromkeys(range(15))
    make_room(kept, 16)
    assert list(range(15)) == list(kept)


def test_a_small_table_makes_room_too() -> None:
    """Where an eighth would be none, one goes."""
    kept = dict.fromkeys(range(3))
    make_room(kept, 3)
    assert [1, 2] == list(kept)

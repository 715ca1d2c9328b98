"""Applications that set up OpenTelemetry themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def test_one_line(cook: Cook) -> None:
    """Before the provider is made: its spans and metrics have what we add."""
    cook.run("own-provider", "app", cook.by_grpc())
    assert 1 == cook.counted()


def test_by_hand(cook: Cook) -> None:
    """One trace in ten is exported, and every request is counted."""
    cook.run("own-provider", "by hand", cook.by_grpc())
    assert 5 == cook.sink.sum_of("genai_impact.requests")
    assert 5 > len(cook.sink.spans)

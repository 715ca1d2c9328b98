"""What is rare and must not go wrong: one budget twice, clocks that jump, spans that end late, generators, Bedrock's client."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import BudgetExceeded, budget
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from tests.kit.telemetry import Telemetry


def test_one_key_twice_one_in_the_other_counts_once(telemetry: Telemetry) -> None:
    """The same budget and key around itself are the same sums: a request is taken from them once."""
    given: dict[str, Any] = {"key": "acme", "requests": 2, "on_exceeded": "observe"}
    with budget("tenant", **given) as outer, budget("tenant", **given) as inner:
        telemetry.request()
        assert [1, 1] == [outer.used.requests, inner.used.requests]
        telemetry.request()
    assert [2, 2] == [outer.used.requests, inner.used.requests]
    assert 1 == telemetry.total("genai_impact.budget.exceeded")


def test_one_key_twice_with_other_limits_has_each_its_own(telemetry: Telemetry) -> None:
    """Two definitions of one name and key share what was used; each is judged by its own limit."""
    with budget("tenant", key="acme", requests=5, on_exceeded="observe") as wide:
        telemetry.request()
    with budget("tenant", key="acme", requests=2, on_exceeded="observe") as narrow:
        telemetry.request()
    assert [2, 2] == [wide.used.requests, narrow.used.requests]
    assert [False, True] == [wide.exceeded, narrow.exceeded]


@pytest.mark.parametrize("jump_s", [-1e9, 1e9])
def test_nobody_gets_a_new_budget_by_setting_the_clock(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    """A window ends by the clock that only goes forward, whatever the time of day does meanwhile."""
    with budget("tenant", key="acme", requests=1, window_s=3600, on_exceeded="refuse") as block:
        telemetry.request()
        now, now_ns = time.time(), time.time_ns()
        monkeypatch.setattr(time, "time", lambda: now + jump_s)
        monkeypatch.setattr(time, "time_ns", lambda: now_ns + int(jump_s * 1e9))
        with pytest.raises(BudgetExceeded):
            block.check()
    assert 1 == block.used.requests


def test_a_stream_that_ends_after_its_block_reaches_the_limit(telemetry: Telemetry) -> None:
    """A span that started in the block is in its sums, and the function is called, long after the block was left."""
    called: list[Any] = []
    with budget("answer", requests=1, on_exceeded=called.append) as block:
        span = telemetry.start({**CHAT, **USAGE})
    assert 0 == block.used.requests
    telemetry.end(span)
    assert all(call.wait(10) for call in block.calls)
    assert (1, ["answer"]) == (block.used.requests, [exceeded.budget for exceeded in called])


def test_an_async_generator_cannot_be_decorated() -> None:
    """It says what to do instead, as for a generator."""

    async def stream() -> AsyncGenerator[str]:
        yield "a"

    decorate: Callable[[Any], Any] = budget("answer")
    with pytest.raises(TypeError, match="use `with budget"):
        decorate(stream)

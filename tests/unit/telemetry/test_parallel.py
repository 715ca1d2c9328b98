"""Equal calls at the same time, in threads and in tasks, seen by one, two and three instrumentations: each counts once."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.context import Context
from opentelemetry.trace import use_span

from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from opentelemetry.trace import Span

CALLS = 100
SCOPES = ("sdk", "instrumentation", "framework")
LAYOUTS = pytest.mark.parametrize("layout", ["nested", "beside each other", "beside each other, with ids"])
SEEN_BY = pytest.mark.parametrize("instrumentations", [1, 2, 3])


class Call:
    """One call: each instrumentation's span around that of the one below it, as they are in time."""

    def __init__(self, telemetry: Telemetry, instrumentations: int, layout: str, number: int) -> None:
        self._spans: list[Span] = []
        self._stack = ExitStack()
        for scope in reversed(SCOPES[:instrumentations]):
            tracer = telemetry.tracers.get_tracer(scope)
            span = tracer.start_span("chat gpt-4o", None if layout == "nested" else Context(), attributes=CHAT)
            if layout.endswith("ids"):
                span.set_attribute("gen_ai.response.id", f"r{number}")
            self._stack.enter_context(use_span(span) if layout == "nested" else nullcontext())
            self._spans.append(span)

    def end(self) -> None:
        self._stack.close()
        for span in reversed(self._spans):
            span.set_attributes(USAGE)
            span.end()


def _statuses(telemetry: Telemetry) -> list[Any]:
    return [(span.attributes or {}).get("genai_impact.not_estimated") for span in telemetry.spans]


def _is_right(telemetry: Telemetry, instrumentations: int) -> None:
    statuses = _statuses(telemetry)
    assert (statuses.count(None), statuses.count("duplicate")) == (CALLS, CALLS * (instrumentations - 1))
    assert telemetry.total("genai_impact.requests") == CALLS


@LAYOUTS
@SEEN_BY
def test_a_hundred_equal_calls_in_threads(telemetry: Telemetry, instrumentations: int, layout: str) -> None:
    """They begin together and last differently long: a hundred requests."""
    chance = random.Random(11)
    waits = [chance.uniform(0, 0.05) for _ in range(CALLS)]
    together = Barrier(CALLS)

    def call(number: int) -> None:
        together.wait()
        made = Call(telemetry, instrumentations, layout, number)
        time.sleep(waits[number])
        made.end()

    with ThreadPoolExecutor(CALLS) as pool:
        list(pool.map(call, range(CALLS)))
    _is_right(telemetry, instrumentations)


@LAYOUTS
@SEEN_BY
def test_a_hundred_equal_calls_in_threads_that_take_turns_at_every_step(
    telemetry: Telemetry, instrumentations: int, layout: str
) -> None:
    """They begin together and last as long as it takes, all of them among each other: a hundred requests."""
    together = Barrier(CALLS)

    def call(number: int) -> None:
        together.wait()
        Call(telemetry, instrumentations, layout, number).end()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(CALLS) as pool:
            list(pool.map(call, range(CALLS)))
    finally:
        sys.setswitchinterval(interval)
    _is_right(telemetry, instrumentations)


@LAYOUTS
@SEEN_BY
def test_a_hundred_equal_calls_in_tasks(telemetry: Telemetry, instrumentations: int, layout: str) -> None:
    """As in threads; all within one task group."""
    chance = random.Random(12)

    async def call(number: int) -> None:
        made = Call(telemetry, instrumentations, layout, number)
        await asyncio.sleep(chance.uniform(0, 0.05))
        made.end()

    async def all_calls() -> None:
        await asyncio.gather(*(call(number) for number in range(CALLS)))

    asyncio.run(all_calls())
    _is_right(telemetry, instrumentations)

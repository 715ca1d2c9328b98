"""A budget's sums are those of the requests that started in it: nested, in tasks, in threads, late."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from math import fsum, isnan
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace import Span

from otel_genai_impact import budget
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from otel_genai_impact.telemetry.budgets.block import Block


def _output(tokens: int) -> dict[str, int]:
    return {"gen_ai.usage.output_tokens": tokens}


def _sums(spans: list[dict[str, Any]]) -> Any:
    """What the budget of these requests must have: estimates and upper bounds."""
    named = {
        "energy_j": "energy",
        "energy_high_j": "energy_high",
        "gwp_g": "gwp",
        "gwp_high_g": "gwp_high",
        "wcf_l": "wcf",
    }
    sums = {field: fsum(span[f"genai_impact.{name}"] for span in spans) for field, name in named.items()}
    return pytest.approx({**sums, "requests": len(spans)}, rel=1e-9)


def _used(block: Block) -> dict[str, float]:
    used = block.used._asdict()
    return {field: used[field] for field in ("energy_j", "energy_high_j", "gwp_g", "gwp_high_g", "wcf_l", "requests")}


def test_a_block_has_the_requests_that_it_made(telemetry: Telemetry) -> None:
    """Not those before it and after it."""
    telemetry.request()
    with budget("answer") as block:
        within = [telemetry.request(_output(100)), telemetry.request(_output(200))]
    telemetry.request()
    assert _sums(within) == _used(block)


def test_the_upper_bound_of_water(telemetry: Telemetry) -> None:
    """It is what full detail writes on the span; worked out where water is limited, and else unknown."""
    full = Telemetry({"detail": "full"})
    with budget("outer", wcf_l=1), budget("answer") as block:
        span = full.request()
    assert span["genai_impact.wcf_high"] == block.used.wcf_high_l
    with budget("other") as other:
        full.request()
    assert isnan(other.used.wcf_high_l)


def test_nested_budgets_are_all_charged(telemetry: Telemetry) -> None:
    """The outer one has the requests of the inner ones and its own, two of one name each their own."""
    with budget("outer") as outer:
        first = telemetry.request(_output(10))
        with budget("inner") as inner, budget("inner") as again:
            second = telemetry.request(_output(20))
        third = telemetry.request(_output(30))
    assert _sums([first, second, third]) == _used(outer)
    assert _sums([second]) == _used(inner) == _used(again)


def test_one_object_entered_again_and_again(telemetry: Telemetry) -> None:
    """Each entering has sums of its own, also one inside the other."""
    reused = budget("answer")
    with reused as first:
        telemetry.request()
        with reused as inner:
            telemetry.request()
    with reused as second:
        pass
    assert [2, 1, 0] == [block.used.requests for block in (first, inner, second)]


def test_two_thousand_tasks_in_fifty_nested_budgets(telemetry: Telemetry) -> None:
    """Each of fifty budgets, five deep, ten times, has the sum of its own requests, to 1e-9."""
    random = Random(9)
    expected: dict[int, list[dict[str, Any]]] = {}
    blocks: dict[int, Block] = {}

    async def request(mine: list[int]) -> None:
        await asyncio.sleep(random.random() / 50)
        span = telemetry.start({**CHAT, **USAGE, **_output(random.randint(1, 3000))})
        await asyncio.sleep(random.random() / 50)
        attributes = telemetry.end(span)
        for number in mine:
            expected.setdefault(number, []).append(attributes)

    async def nest(numbers: list[int], entered: list[int]) -> None:
        async with budget(f"budget {numbers[0]}", gwp_g=1e6) as block:
            blocks[numbers[0]] = block
            mine = [*entered, numbers[0]]
            own = [asyncio.create_task(request(mine)) for _ in range(40)]
            if numbers[1:]:
                await nest(numbers[1:], mine)
            await asyncio.gather(*own)

    async def main() -> None:
        await asyncio.gather(*(nest(list(range(first, first + 5)), []) for first in range(0, 50, 5)))

    asyncio.run(main())
    assert (50, 2000) == (len(blocks), len(telemetry.spans))
    for number, block in blocks.items():
        assert 40 * (5 - number % 5) == block.used.requests == len(expected[number])
        assert _sums(expected[number]) == _used(block)


def test_threads_that_get_the_context(telemetry: Telemetry) -> None:
    """Requests of many threads at once are all added, none twice; a thread without the context is not in the budget."""
    with ThreadPoolExecutor(16) as pool, budget("answer") as block:

        def started_in(context: Context) -> Span:
            return context.run(telemetry.start, {**CHAT, **USAGE})

        contexts = [copy_context() for _ in range(500)]
        made = list(pool.map(started_in, contexts))
        ended = list(pool.map(Span.end, made))
        pool.submit(telemetry.request).result()
    assert len(ended) == block.used.requests
    spans = [dict(span.attributes or {}) for span in telemetry.spans]
    assert _sums(spans[:500]) == _used(block)


def test_a_request_that_ends_after_its_block(telemetry: Telemetry) -> None:
    """A stream that is read later is in the budget that it was asked for in, and in no other one."""
    with budget("answer", requests=1, on_exceeded="observe") as block:
        stream = telemetry.start({**CHAT, **USAGE})
    assert 0 == block.used.requests
    with budget("next") as following:
        attributes = telemetry.end(stream)
    assert (1, 0) == (block.used.requests, following.used.requests)
    assert ("answer",) == attributes["genai_impact.budget.exceeded"]


def test_a_twin_that_says_what_was_used_takes_the_place_of_one_that_does_not(telemetry: Telemetry) -> None:
    """Two instrumentations report one request: it is in the budget once, with what it used."""
    with budget("answer", gwp_g=1e6) as block:
        outer = telemetry.start(CHAT, scope="outer")
        telemetry.request(
            {"gen_ai.usage.input_tokens": None, "gen_ai.usage.output_tokens": None}, scope="in", parent=outer
        )
        assert (1, 1) == block.used[6:8]
        span = telemetry.end(outer, USAGE)
    assert (1, 0) == block.used[6:8]
    assert _sums([span]) == _used(block)
    assert 1 == telemetry.total("genai_impact.budget.requests.used")


def test_a_duplicate_is_charged_once(telemetry: Telemetry) -> None:
    """Two spans of one request, one in the other, are one."""
    with budget("answer") as block:
        outer = telemetry.start(CHAT, scope="outer")
        telemetry.request(scope="inner", parent=outer)
        telemetry.end(outer, USAGE)
    assert 1 == block.used.requests


def test_what_is_entered_in_one_context_and_left_in_another(telemetry: Telemetry) -> None:
    """As frameworks do with generators: nothing is raised, and the other context keeps what it had."""
    first = budget("first")
    copy_context().run(first.__enter__)
    with budget("second") as second:
        first.__exit__(None, None, None)
        telemetry.request()
    assert 1 == second.used.requests
    assert budget.current() is None

"""What happens when a budget is used up, and what telemetry says of it."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace

from otel_genai_impact import BudgetExceeded, budget
from otel_genai_impact.telemetry.budgets.handing_over import Exceeded
from otel_genai_impact.telemetry.budgets.windows import WindowAccount
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable

# One chat request of 300 tokens: 0.2155 g CO2eq, at most 0.2710 g.
GWP_G, GWP_HIGH_G = 0.2155, 0.2710
PREFIX = "genai_impact.budget."


def _event(telemetry: Telemetry, index: int = -1) -> dict[str, Any]:
    (event,) = telemetry.spans[index].events
    assert "genai_impact.budget.exceeded" == event.name
    return {name.removeprefix(PREFIX): value for name, value in (event.attributes or {}).items()}


def test_the_span_that_crosses_says_so(telemetry: Telemetry) -> None:
    """It alone has the event, with limit, estimate and bound; it and those after it name the budget."""
    with budget("answer", gwp_g=0.4, on_exceeded="observe") as block:
        first = telemetry.request()
        assert not block.exceeded
        second = telemetry.request()
        assert block.exceeded
        third = telemetry.request()
    named = [span.get("genai_impact.budget.exceeded") for span in (first, second, third)]
    assert [None, ("answer",), ("answer",)] == named
    assert [0, 1, 0] == [len(span.events) for span in telemetry.spans]
    said = _event(telemetry, 1)
    assert {"name": "answer", "criterion": "gwp", "action": "observe", "gwp.limit": 0.4} == {
        key: said[key] for key in ("name", "criterion", "action", "gwp.limit")
    }
    assert pytest.approx((2 * GWP_G, 2 * GWP_HIGH_G), rel=1e-3) == (said["gwp.used"], said["gwp.used_high"])


def test_limits_that_act_look_at_the_upper_bound(telemetry: Telemetry) -> None:
    """0.25 g is between estimate and upper bound: handing over comes with the first request, a warning with the second."""
    with budget("soft", gwp_g=0.25) as soft, budget("hard", gwp_g=0.25, on_exceeded=print) as hard:
        telemetry.request()
        assert (False, True) == (soft.exceeded, hard.exceeded)
        telemetry.request()
        assert soft.exceeded


@pytest.mark.parametrize("limit", [{"energy_j": 2000}, {"gwp_g": 0.22}, {"wcf_l": 0.002}, {"requests": 2}])
def test_each_criterion_can_be_limited(telemetry: Telemetry, limit: dict[str, Any]) -> None:
    """The second request crosses each of these."""
    with budget("answer", on_exceeded="observe", **limit) as block:
        telemetry.request()
        assert not block.exceeded
        telemetry.request()
    assert block.exceeded
    assert dict.fromkeys(limit, 0.0) == block.remaining


def test_the_function_is_called_once_with_what_was_used(telemetry: Telemetry) -> None:
    """After the request that crosses, before the block is left, in the trace's context."""
    told: list[Exceeded] = []
    with budget("answer", gwp_g=0.4, key="user-1", on_exceeded=told.append):
        for _ in range(4):
            telemetry.request()
    (exceeded,) = told
    span = telemetry.spans[1].get_span_context()
    assert span is not None
    assert ("answer", "user-1", "gwp", "g", 0.4) == (
        exceeded.budget, exceeded.key, exceeded.criterion, exceeded.unit, exceeded.limit,
    )  # fmt: skip
    assert (f"{span.trace_id:032x}", f"{span.span_id:016x}") == (exceeded.trace_id, exceeded.span_id)
    assert pytest.approx((2 * GWP_G, 2 * GWP_HIGH_G), rel=1e-3) == (exceeded.used, exceeded.used_high)


def test_an_async_function_is_called_in_the_event_loop(telemetry: Telemetry) -> None:
    """In that of the block, and awaited when the block is left."""
    told: list[tuple[str, bool]] = []

    async def hand_over(exceeded: Exceeded) -> None:
        await asyncio.sleep(0.01)
        told.append((exceeded.budget, asyncio.get_running_loop() is loop))

    async def main() -> asyncio.AbstractEventLoop:
        nonlocal loop
        loop = asyncio.get_running_loop()
        async with budget("answer", requests=1, on_exceeded=hand_over):
            telemetry.request()
        assert [("answer", True)] == told
        return loop

    loop: asyncio.AbstractEventLoop | None = None
    asyncio.run(main())


def test_an_async_function_without_an_event_loop(telemetry: Telemetry) -> None:
    """It gets one of its own."""
    told: list[str] = []

    async def hand_over(exceeded: Exceeded) -> None:
        await asyncio.sleep(0)
        told.append(exceeded.budget)

    with budget("answer", requests=1, on_exceeded=hand_over):
        telemetry.request()
    assert ["answer"] == told


def test_a_function_that_raises(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """The application goes on; a line in the log names the function, the budget and the error."""

    def hand_over(exceeded: Exceeded) -> None:
        raise SystemExit(exceeded.budget)

    with budget("answer", requests=1, on_exceeded=hand_over):
        telemetry.request()
        telemetry.request()
    (record,) = caplog.records
    assert "hand_over, called because budget 'answer' is used up, failed: SystemExit('answer')" in record.getMessage()


def test_a_function_that_never_returns(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """The request that crosses does not wait for it, the end of the block a moment, another budget's function not at all."""
    stuck, told = threading.Event(), list[Exceeded]()
    with budget("stuck", requests=1, on_exceeded=lambda _: stuck.wait()):
        telemetry.request()
    with budget("other", requests=1, on_exceeded=told.append):
        telemetry.request()
    stuck.set()
    assert ["other"] == [exceeded.budget for exceeded in told]
    assert "has not returned" in caplog.text


def test_a_warning_is_a_line_for_each_block(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """It names the budget, what was used and the limit, and which request it was."""
    for _ in range(2):
        with budget("answer", gwp_g=0.1):
            telemetry.request()
            telemetry.request()
    assert 2 == len(caplog.records)
    assert {logging.WARNING} == {record.levelno for record in caplog.records}
    assert "budget 'answer' used up" in caplog.text
    assert "of 0.1 g of gwp" in caplog.text


def test_a_key_is_told_of_once_however_many_blocks(telemetry: Telemetry) -> None:
    """The sums are those of the key; two blocks of it, one in the other, are charged once."""
    told: list[Exceeded] = []

    def ask(key: int) -> int:
        with budget("user", requests=2, key=key, on_exceeded=told.append) as outer, budget("user", requests=2, key=key):
            telemetry.request()
        return outer.used.requests

    assert [1, 2, 3, 1] == [ask(7), ask(7), ask(7), ask(8)]
    assert ["7"] == [exceeded.key for exceeded in told]


def test_a_window_begins_with_its_first_request_and_begins_anew(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that nobody sets: what the wall clock does is of no matter."""
    now_s = 1000.0
    monkeypatch.setattr("otel_genai_impact.telemetry.budgets.windows.monotonic", lambda: now_s)
    monkeypatch.setattr("time.time", lambda: -1e9)
    told: list[Exceeded] = []

    def ask() -> int:
        with budget("tenant", requests=2, window_s=60, key="a", on_exceeded=told.append) as block:
            telemetry.request()
        return block.used.requests

    assert [1, 2, 3] == [ask(), ask(), ask()]
    now_s += 59.9
    assert 4 == ask()
    now_s += 0.2
    assert [1, 2] == [ask(), ask()]
    assert 2 == len(told)


def test_a_check_before_a_request(telemetry: Telemetry) -> None:
    """It raises when nothing is left, or when the request is forecast to use more than that; before it, it does not."""
    with budget("answer", gwp_g=0.6, on_exceeded="refuse") as block:
        block.check(max_output_tokens=100_000)  # nothing is known yet
        telemetry.request()
        block.check(max_output_tokens=300)
        with pytest.raises(BudgetExceeded, match=r"budget 'answer' has no gwp left: at most 0.27\d* of 0.6 g"):
            block.check(max_output_tokens=500)
        telemetry.request()
        block.check()
        telemetry.request()
        with pytest.raises(BudgetExceeded) as caught:
            block.check()
    assert ("gwp", 0.6) == (caught.value.exceeded.criterion, caught.value.exceeded.limit)


def test_a_forecast_is_what_such_requests_cost_so_far(telemetry: Telemetry) -> None:
    """By the tokens that it may generate; else the mean. None before the first request; the next block knows of the last."""
    with budget("answer") as block:
        assert block.forecast() is None
        telemetry.request({"gen_ai.usage.output_tokens": 100})
        telemetry.request({"gen_ai.usage.output_tokens": 300})
        used = block.used
    with budget("answer") as following:
        forecast, mean = following.forecast(max_output_tokens=800), following.forecast()
    assert forecast is not None
    assert mean is not None
    assert (800, 1) == (forecast.output_tokens, forecast.requests)
    assert pytest.approx((2 * used.gwp_g, 2 * used.gwp_high_g)) == (forecast.gwp_g, forecast.gwp_high_g)
    assert pytest.approx((used.gwp_g / 2, used.energy_j / 2)) == (mean.gwp_g, mean.energy_j)


def test_what_cannot_be_enforced_says_so(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """Unknown model, no usage: known by the block, and a line in the log; unless only requests are limited."""
    with budget("answer", gwp_g=1, on_exceeded="observe") as block, budget("calls", requests=9) as calls:
        telemetry.request({"gen_ai.request.model": "our-own"})
        telemetry.request({"gen_ai.usage.output_tokens": None})
    assert (2, 2, 0.0) == (block.used.requests, block.used.not_estimated, block.used.gwp_g)
    assert (False, True) == (block.is_enforceable, calls.is_enforceable)
    told = [line for line in caplog.messages if "cannot be enforced" in line]
    assert 1 == len(told)
    assert "2 of 2 requests could not be estimated" in told[0]
    assert "'answer'" in told[0]


def test_the_metrics_are_those_of_the_contract(telemetry: Telemetry) -> None:
    """Used and limit by name and criterion; nested blocks of one name once; exceeded from 0 on."""
    with budget("answer", gwp_g=0.4, requests=5, on_exceeded="observe"):
        telemetry.request()
        of = {"genai_impact.budget.name": "answer", "genai_impact.budget.criterion": "gwp"}
        assert ("genai_impact.budget.exceeded", of, 0) in telemetry.points()
        with budget("answer", gwp_g=0.4, requests=5, on_exceeded="observe"):
            telemetry.request()
    points = {
        (name, attributes["genai_impact.budget.criterion"]): value
        for name, attributes, value in telemetry.points()
        if PREFIX in name
    }
    assert pytest.approx(2 * GWP_G, rel=1e-3) == points[PREFIX + "gwp.used", "gwp"]
    assert (2, 5, 0.4, 1, 0) == (
        points[PREFIX + "requests.used", "requests"],
        points[PREFIX + "requests.limit", "requests"],
        points[PREFIX + "gwp.limit", "gwp"],
        points[PREFIX + "exceeded", "gwp"],
        points[PREFIX + "exceeded", "requests"],
    )
    assert telemetry.total("genai_impact.energy") == pytest.approx(points[PREFIX + "energy.used", "energy"])


def test_names_in_metrics_are_bounded(telemetry: Telemetry) -> None:
    """A name made of a user's is a mistake that must not cost a series each: the hundred-and-first is `_OTHER`."""
    for number in range(120):
        with budget(f"user {number}"):
            telemetry.request()
    used = [
        (attributes["genai_impact.budget.name"], value)
        for name, attributes, value in telemetry.points()
        if name == PREFIX + "requests.used"
    ]
    assert 101 == len(used)
    assert ("_OTHER", 20) in used


def test_without_budgets_there_are_no_metrics_of_them(telemetry: Telemetry) -> None:
    """Who has no budgets has no series of them."""
    telemetry.request()
    assert not [name for name, *_ in telemetry.points() if PREFIX in name]


def test_a_span_that_garbage_collection_ends_meanwhile(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A span that ends while this very thread adds to a budget is added, too, and nothing waits for itself."""
    add = WindowAccount.add
    with budget("answer", requests=2, window_s=60, on_exceeded="observe") as block:
        late = telemetry.start({**CHAT, **USAGE})

        def add_and_collect(*arguments: Any) -> Any:
            if late.is_recording():
                late.end()
            return add(*arguments)

        monkeypatch.setattr(WindowAccount, "add", add_and_collect)
        telemetry.request()
    assert 2 == block.used.requests
    assert 1 == telemetry.total("genai_impact.budget.exceeded")


@pytest.mark.parametrize("decorate", [budget("answer", requests=1, on_exceeded="observe"), budget("answer")])
def test_a_decorated_function_is_a_block_for_each_call(telemetry: Telemetry, decorate: Callable[[Any], Any]) -> None:
    """Arguments, result, errors and name stay; inside, the block can be asked for."""

    @decorate
    def ask(question: str, *, fail: bool = False) -> tuple[str, int]:
        telemetry.request()
        block = budget.current()
        assert block is not None
        if fail:
            raise KeyError(question)
        return question, block.used.requests

    @decorate
    async def ask_async(question: str) -> tuple[str, int]:
        await asyncio.sleep(0)
        return ask.__wrapped__(question)

    async def together() -> list[tuple[str, int]]:
        return list(await asyncio.gather(*(ask_async(str(number)) for number in range(5))))

    assert ("why", 1) == ask("why") == ask("why")
    assert [(str(number), 1) for number in range(5)] == asyncio.run(together())
    assert "ask" == ask.__name__
    assert inspect.iscoroutinefunction(ask_async)
    with pytest.raises(KeyError):
        ask("why", fail=True)
    assert budget.current() is None


def test_it_needs_no_sdk(telemetry: Telemetry) -> None:
    """Inside somebody else's span, and where there is none at all."""
    with budget("answer") as block, trace.use_span(telemetry.start({}, name="work")):
        telemetry.request()
    assert 1 == block.used.requests

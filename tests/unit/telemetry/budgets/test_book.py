"""What waits to be added up is in every answer, and no limit is late because of it."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from math import fsum
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.context import attach, detach, get_current

from otel_genai_impact import budget
from otel_genai_impact.telemetry.budgets import book
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import Span

    from otel_genai_impact.telemetry.budgets.block import Block


def _request(telemetry: Telemetry, output_tokens: int) -> dict[str, Any]:
    return telemetry.request({"gen_ai.usage.output_tokens": output_tokens})


def test_a_limit_is_reached_by_the_same_request_however_many_wait(telemetry: Telemetry) -> None:
    """Of 600 requests, more than are added up at a time, that one has the event whose estimate reaches the limit."""
    with budget("outer", gwp_g=100, on_exceeded="observe"), budget("inner", requests=450, on_exceeded="observe"):
        spans = [_request(telemetry, 1 + 7 * number % 900) for number in range(600)]
    sums = accumulate(span["genai_impact.gwp"] for span in spans)
    crossing = next(number for number, used in enumerate(sums) if used >= 100)
    crossed = [number for number, span in enumerate(telemetry.spans) if span.events]
    assert sorted([crossing, 449]) == crossed
    named = [span.get("genai_impact.budget.exceeded", ()) for span in spans]
    assert [(*("outer",) * (n >= crossing), *("inner",) * (n >= 449)) for n in range(600)] == named


@pytest.mark.parametrize("limit", [{"energy_j": 9e9}, {"gwp_g": 9e9}, {"wcf_l": 9e9}, {"requests": 9e9}, {}])
def test_the_numbers_that_are_kept_hot_are_the_sums(telemetry: Telemetry, limit: dict[str, Any]) -> None:
    """For each criterion, judged by estimate or upper bound: what a watch shows is what the sums come to."""
    with (
        budget("told", on_exceeded="observe", **limit) as told,
        budget("acts", on_exceeded="refuse", **limit) as acts,
    ):
        for number in range(10):
            _request(telemetry, 100 + number)
    shown = [watch.used for block in (told, acts) for watch in block.own_watches]
    sums = [block.used[watch.column] for block in (told, acts) for watch in block.own_watches]
    assert 2 * len(limit) == len(shown)
    assert pytest.approx(sums, rel=1e-12) == shown


def test_threads_that_take_turns_at_every_step(telemetry: Telemetry) -> None:
    """Each request is in the sums when its span has ended, sums never go down, and exactly those beyond the limit say so."""
    threads, each = 4, 200

    def work(context: Context) -> list[bool]:
        token = attach(context)
        try:
            return [_is_seen() for _ in range(each)]
        finally:
            detach(token)

    def _is_seen() -> bool:
        before = outer.used.requests
        telemetry.request()
        return before < outer.used.requests

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with (
            budget("outer", requests=threads * each // 2, on_exceeded="observe") as outer,
            budget("inner", gwp_g=1e9, on_exceeded="observe") as inner,
            ThreadPoolExecutor(threads) as pool,
        ):
            seen = list(pool.map(work, [get_current()] * threads))
    finally:
        sys.setswitchinterval(interval)
    assert [[True] * each] * threads == seen
    assert threads * each == outer.used.requests == inner.used.requests
    says = [span for span in telemetry.spans if "genai_impact.budget.exceeded" in (span.attributes or {})]
    assert threads * each // 2 + 1 == len(says)
    assert 1 == sum(len(span.events) for span in telemetry.spans)
    energy = fsum(dict[str, Any](span.attributes or {})["genai_impact.energy"] for span in telemetry.spans)
    assert pytest.approx(energy, rel=1e-12) == outer.used.energy_j


def test_a_span_that_ends_while_this_very_thread_adds_is_added(
    telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As garbage collection and signal handlers end some: in the midst of the hot path. Nothing waits for itself."""
    monkeypatch.setattr(book, "_TAKE_TURNS", True)  # or no watch is looked at: PEP 703
    seen: list[float] = []
    with budget("answer", requests=3, on_exceeded="observe") as block:
        late = telemetry.start({**CHAT, **USAGE})
        (watch,) = block.own_watches

        class Collecting:
            """A watch that lets the late span end while it is looked at."""

            at, column, near = watch.at, watch.column, watch.near
            used = property(lambda _: _collect(), lambda _, used: setattr(watch, "used", used))

        def _collect() -> float:
            if late.is_recording():
                late.end()
                seen.append(block.used.requests)
            return watch.used

        monkeypatch.setattr(block, "watches", (Collecting(),))
        for _ in range(2):
            telemetry.request()
    assert [2] == seen
    assert 3 == block.used.requests
    assert block.exceeded
    assert 1 == telemetry.total("genai_impact.budget.exceeded")


def test_many_blocks_have_something_waiting_at_once(telemetry: Telemetry) -> None:
    """Streams that end after their blocks, more blocks than wait at a time: few queues are kept, and each request is in its sums."""
    blocks: list[Block] = []
    streams: list[Span] = []
    for _ in range(600):
        with budget("answer", gwp_g=100, on_exceeded="observe") as block:
            streams.append(telemetry.start({**CHAT, **USAGE}))
            blocks.append(block)
    for span in streams:
        telemetry.end(span)
    assert len(book.BOOK._queues) <= 256
    written = [(span.attributes or {})["genai_impact.gwp"] for span in telemetry.spans]
    assert 600 == len(written)
    assert written == [block.used.gwp_g for block in blocks]


def test_one_block_counts_for_two_meter_providers() -> None:
    """Requests of two tracer providers by turns: the block has all, the metrics of each provider its own."""
    one, other = Telemetry(), Telemetry()
    with budget("answer", gwp_g=100, on_exceeded="observe") as block:
        for telemetry in (one, other, one):
            telemetry.request()
    assert 3 == block.used.requests
    assert [2, 1] == [by.total("genai_impact.budget.requests.used") for by in (one, other)]


def test_metrics_have_what_waits(telemetry: Telemetry) -> None:
    """A collection in the middle of a block: each request so far is in it, once."""
    with budget("answer", gwp_g=1e6):
        spans = [_request(telemetry, 100) for _ in range(3)]
        expected = pytest.approx(fsum(span["genai_impact.gwp"] for span in spans), rel=1e-9)
        assert expected == telemetry.total("genai_impact.budget.gwp.used")
        assert 3 == telemetry.total("genai_impact.budget.requests.used")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_fork_within_a_block(telemetry: Telemetry) -> None:
    """Both go on from what was used until then, waiting or not; each adds its own, and the child counts only that."""

    def said(by: Callable[[], object]) -> str:
        reading, writing = os.pipe()
        if not os.fork():
            try:
                os.write(writing, str(by()).encode())
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            os.wait()
            return answer.read()

    def child() -> object:
        telemetry.request()
        return block.used.requests, block.exceeded, telemetry.total("genai_impact.budget.requests.used")

    with budget("answer", requests=4, on_exceeded="observe") as block:
        for _ in range(3):
            telemetry.request()
        with book.BOOK.held():  # as another thread might hold it at that moment
            answer = said(child)
        assert "(4, True, 1)" == answer
        assert (3, False) == (block.used.requests, block.exceeded)
    assert 3 == telemetry.total("genai_impact.budget.requests.used")

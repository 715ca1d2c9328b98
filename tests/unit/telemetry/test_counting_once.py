"""Counting once: two spans that report one request are one request."""

from __future__ import annotations

import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from time import time_ns
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.telemetry import memory
from tests.kit.telemetry import CHAT, SECOND_NS, USAGE, Telemetry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span

STATUS = "genai_impact.not_estimated"
ID = "gen_ai.response.id"


def _requests(telemetry: Telemetry) -> float:
    return telemetry.total("genai_impact.requests")


def _nested(
    telemetry: Telemetry, outer: dict[str, Any], inner: dict[str, Any], *, between: int = 0, scope: str = "sdk"
) -> tuple[Any, Any]:
    """An inference span inside another, with other spans in between; what became of each (inner, outer)."""
    span = telemetry.start(CHAT, scope="instrumentation")
    middle: list[Span] = [span]
    for number in range(between):
        middle.append(telemetry.start({}, name=f"between {number}", parent=middle[-1]))
    innermost = telemetry.start(CHAT, scope=scope, parent=middle[-1])
    inner_status = telemetry.end(innermost, {**USAGE, **inner}).get(STATUS)
    for other in reversed(middle[1:]):
        telemetry.end(other)
    return inner_status, telemetry.end(span, {**USAGE, **outer}).get(STATUS)


@pytest.mark.parametrize("between", [0, 1, 5])
def test_the_inner_span_is_the_request(telemetry: Telemetry, between: int) -> None:
    """The leaf counts; what encloses it is a duplicate that adds to nothing, however far away."""
    assert _nested(telemetry, {ID: "r1"}, {ID: "r1"}, between=between) == (None, "duplicate")
    assert _requests(telemetry) == 1


def test_nesting_is_enough_without_ids(telemetry: Telemetry) -> None:
    """Errors and unread streams have no response id: the parent is the link."""
    assert _nested(telemetry, {}, {}) == (None, "duplicate")
    assert _nested(telemetry, {ID: "r1"}, {}) == (None, "duplicate")
    assert _nested(telemetry, {}, {ID: "r1"}) == (None, "duplicate")
    assert _requests(telemetry) == 3


def test_different_ids_are_different_requests(telemetry: Telemetry) -> None:
    """A second call made while the first streams is no part of it."""
    assert _nested(telemetry, {ID: "r1"}, {ID: "r2"}) == (None, None)
    assert _requests(telemetry) == 2


def test_other_kinds_of_operations_are_requests_of_their_own(telemetry: Telemetry) -> None:
    """Embeddings made inside a chat are counted besides it."""
    inner = {"gen_ai.operation.name": "embeddings"}
    assert _nested(telemetry, {}, inner) == ("unsupported_operation", None)
    assert _requests(telemetry) == 2


def test_a_child_that_outlives_its_parent(telemetry: Telemetry) -> None:
    """Of an abandoned stream the outer span ends first: then the inner one is the duplicate."""
    outer = telemetry.start(CHAT, scope="instrumentation")
    inner = telemetry.start(CHAT, scope="sdk", parent=outer)
    assert STATUS not in telemetry.end(outer, {**USAGE, ID: "r1"}, seconds=2)
    assert telemetry.end(inner, {ID: "r1"}, seconds=3)[STATUS] == "duplicate"
    assert _requests(telemetry) == 1


def test_a_later_call_below_an_ended_span_is_a_request(telemetry: Telemetry) -> None:
    """A context that was left attached makes later calls children of an earlier one, which had ended by then."""
    outer = telemetry.start(CHAT, scope="instrumentation")
    telemetry.end(outer, USAGE, seconds=0.0)
    later = telemetry.start(CHAT, scope="sdk", parent=outer)
    assert STATUS not in telemetry.end(later, USAGE)
    assert _requests(telemetry) == 2


def test_siblings_with_one_id_are_one_request(telemetry: Telemetry) -> None:
    """Two instrumentations side by side report the same response: it is counted once."""
    assert STATUS not in telemetry.request({ID: "r1"}, scope="one")
    assert telemetry.request({ID: "r1"}, scope="two")[STATUS] == "duplicate"
    assert _requests(telemetry) == 1


def test_a_twin_is_absorbed_once(telemetry: Telemetry) -> None:
    """A server that gives every answer the same id does not make its requests disappear."""
    for _ in range(3):
        assert _nested(telemetry, {ID: "always"}, {ID: "always"}) == (None, "duplicate")
    assert _requests(telemetry) == 3


def test_one_instrumentation_repeats_an_id_for_a_reason(telemetry: Telemetry) -> None:
    """The same id twice from the same instrumentation is two requests."""
    assert STATUS not in telemetry.request({ID: "r1"}, scope="one")
    assert STATUS not in telemetry.request({ID: "r1"}, scope="one")
    assert _requests(telemetry) == 2


def test_span_ids_that_repeat(telemetry: Telemetry) -> None:
    """An application that seeds `random` for each request gets the same span ids again: they are requests all the same."""
    for _ in range(3):
        random.seed(7)
        telemetry.request()
    assert len({span.context.span_id for span in telemetry.spans if span.context is not None}) == 1
    assert _requests(telemetry) == 3


def test_parallel_children_are_all_counted(telemetry: Telemetry) -> None:
    """Ten identical calls below one agent span are ten requests."""
    agent = telemetry.start({"gen_ai.operation.name": "invoke_agent"}, name="invoke_agent")
    for _ in range(10):
        telemetry.request(parent=agent)
    telemetry.end(agent)
    assert _requests(telemetry) == 10


def test_three_layers_are_one_request(telemetry: Telemetry) -> None:
    """SDK inside instrumentation inside framework."""
    framework = telemetry.start(CHAT, scope="framework")
    official = telemetry.start(CHAT, scope="official", parent=framework)
    sdk = telemetry.start(CHAT, scope="sdk", parent=official)
    assert [telemetry.end(span, USAGE).get(STATUS) for span in (sdk, official, framework)] == [
        None,
        "duplicate",
        "duplicate",
    ]
    assert _requests(telemetry) == 1


def test_memory_is_bounded(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many requests there are, what is remembered of them is not."""
    monkeypatch.setattr(memory, "GENERATION", 10)
    root = telemetry.start({}, name="root")
    for number in range(50):
        telemetry.request({ID: f"r{number}"}, parent=telemetry.start({}, name="unended", parent=root))
        once = telemetry.processor._recorder._once
        assert max(len(once.below), len(once.counted)) <= 2 * 10
    assert _requests(telemetry) == 50


def test_requests_without_usage_are_few(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come rarely, and each takes much: so that this is soon as full as it will be, half as many are remembered."""
    monkeypatch.setattr(memory, "GENERATION", 16)
    sizes = set[int]()
    for number in range(100):
        telemetry.end(telemetry.start({**CHAT, ID: f"r{number}"}))
        sizes.add(len(telemetry.processor._recorder._once._provisional))
    assert set(range(1, 16)) == sizes


def test_old_twins_are_forgotten(telemetry: Telemetry) -> None:
    """What was counted long ago absorbs nothing any more."""
    telemetry.request({ID: "r1"}, scope="one", seconds=1, start_time=0)
    assert STATUS not in telemetry.request({ID: "r1"}, scope="two", seconds=1, start_time=301 * SECOND_NS)


@pytest.mark.parametrize("seconds", [302, 86_400])
def test_what_runs_at_the_same_time_may_end_much_later(telemetry: Telemetry, seconds: int) -> None:
    """A stream takes its time, and a process is stopped between the ends of two spans of one request."""
    telemetry.request({ID: "r1"}, scope="one", seconds=1, start_time=0)
    assert telemetry.request({ID: "r1"}, scope="two", seconds=seconds, start_time=1)[STATUS] == "duplicate"
    outer = telemetry.start(CHAT, scope="instrumentation")
    telemetry.end(telemetry.start(CHAT, scope="sdk", parent=outer), USAGE, seconds=1)
    assert telemetry.end(outer, USAGE, seconds=seconds)[STATUS] == "duplicate"
    assert _requests(telemetry) == 2


def test_two_processors_on_one_provider_count_once(telemetry: Telemetry) -> None:
    """The second is inert."""
    from otel_genai_impact import ImpactSpanProcessor

    telemetry.tracers.add_span_processor(ImpactSpanProcessor(meter_provider=telemetry.meters))
    telemetry.request()
    assert _requests(telemetry) == 1


def _beside(
    telemetry: Telemetry, first: dict[str, Any], second: dict[str, Any], *, scopes: tuple[str, str] = ("one", "two")
) -> list[Any]:
    """Two spans without a link, the second within the first in time: what became of each, in the order of their end."""
    outer = telemetry.start(CHAT, scope=scopes[0], start_time=0)
    inner = telemetry.start(CHAT, scope=scopes[1], start_time=1_000_000)
    statuses = [telemetry.end(inner, {**USAGE, **second}, seconds=1).get(STATUS)]
    return [*statuses, telemetry.end(outer, {**USAGE, **first}, seconds=2).get(STATUS)]


@pytest.mark.parametrize(
    ("first", "second"), [({}, {}), ({ID: "r1"}, {}), ({}, {ID: "r1"}), ({"gen_ai.request.model": "openai/gpt-4o"}, {})]
)
def test_siblings_of_two_instrumentations(telemetry: Telemetry, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Neither span knows of the other, and at most one has a response id: equal tokens at the same time are one request."""
    assert _beside(telemetry, first, second) == [None, "duplicate"]
    assert _requests(telemetry) == 1


@pytest.mark.parametrize(
    ("first", "second", "scopes"),
    [
        ({ID: "r1"}, {ID: "r2"}, ("one", "two")),
        ({"gen_ai.usage.output_tokens": 301}, {}, ("one", "two")),
        ({"gen_ai.request.model": "gpt-4o-mini"}, {}, ("one", "two")),
        ({}, {}, ("one", "one")),
    ],
)
def test_what_is_alike_and_not_the_same(
    telemetry: Telemetry, first: dict[str, Any], second: dict[str, Any], scopes: tuple[str, str]
) -> None:
    """Two ids, other tokens, another model, or one instrumentation: two requests."""
    assert _beside(telemetry, first, second, scopes=scopes) == [None, None]
    assert _requests(telemetry) == 2


def test_siblings_one_after_the_other(telemetry: Telemetry) -> None:
    """What begins when the other has ended is a request of its own, whoever reports it."""
    for scope, start in (("one", 0), ("two", 3_000_000_000)):
        telemetry.end(telemetry.start(CHAT, scope=scope, start_time=start), USAGE, seconds=2)
    assert _requests(telemetry) == 2


def test_a_hundred_equal_requests_at_once(telemetry: Telemetry) -> None:
    """Each seen by three instrumentations that know nothing of each other: a hundred requests, each counted once."""
    spans = [telemetry.start(CHAT, scope=scope, start_time=0) for _ in range(100) for scope in ("one", "two", "three")]
    random.Random(3).shuffle(spans)
    statuses = [telemetry.end(span, USAGE).get(STATUS) for span in spans]
    assert _requests(telemetry) == statuses.count(None) == 100


def test_a_call_that_failed_is_counted_once(telemetry: Telemetry) -> None:
    """It has neither tokens nor ids; two instrumentations say so of the same time."""
    outer = telemetry.start(CHAT, scope="one", start_time=0)
    inner = telemetry.start(CHAT, scope="two", start_time=1_000)
    assert telemetry.end(inner, seconds=1)[STATUS] == "no_usage"
    assert telemetry.end(outer, seconds=1)[STATUS] == "duplicate"
    assert _requests(telemetry) == 1


@pytest.mark.parametrize("framework_first", [True, False])
def test_a_stream_whose_span_was_given_an_earlier_end(telemetry: Telemetry, *, framework_first: bool) -> None:
    """OpenInference gives LlamaIndex's the end of the function that returned the stream: the request began after it."""
    of_the_framework = telemetry.start(CHAT, scope="framework")
    returned_ns = time_ns()
    of_the_sdk = telemetry.start(CHAT, scope="sdk", start_time=returned_ns + 1)
    of_the_framework.set_attributes(USAGE)
    of_the_sdk.set_attributes({**USAGE, ID: "r1"})
    if framework_first:
        of_the_framework.end(returned_ns)
        of_the_sdk.end()
    else:
        of_the_sdk.end()
        of_the_framework.end(returned_ns)
    assert _requests(telemetry) == 1


def test_a_request_that_begins_after_another_ended(telemetry: Telemetry) -> None:
    """It is one of its own, with the same tokens, too."""
    telemetry.start({**CHAT, **USAGE}, scope="framework").end()
    telemetry.start({**CHAT, **USAGE}, scope="sdk").end()
    assert _requests(telemetry) == 2


def test_siblings_in_threads(telemetry: Telemetry) -> None:
    """Equal requests of two instrumentations end in eight threads at once: nothing fails, and none is lost."""
    spans = [telemetry.start(CHAT, scope=scope, start_time=0) for _ in range(2000) for scope in ("one", "two")]
    ready = threading.Barrier(8)

    def end(part: int) -> None:
        ready.wait()
        for span in spans[part::8]:
            span.set_attributes(USAGE)
            span.end(2_000_000_000)

    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(end, range(8)))
    finally:
        sys.setswitchinterval(switching)
    duplicates = sum((span.attributes or {}).get(STATUS) == "duplicate" for span in telemetry.spans)
    assert (4000, 4000) == (len(telemetry.spans), _requests(telemetry) + duplicates)

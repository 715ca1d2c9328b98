"""`attribute_to`: requests that start in a block are attributed to its names, on spans and in metrics, and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import baggage, context
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.trace import set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otel_genai_impact import attribute_to
from otel_genai_impact.telemetry.scope import NO_SCOPE, current
from tests.kit.telemetry import CHAT, Telemetry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry({"metric_attributes": "tenant", "histograms": "none"})


def _requests_by_tenant(telemetry: Telemetry) -> dict[object, float]:
    points = telemetry.points()
    return {said.get("tenant"): value for name, said, value in points if name == "genai_impact.requests"}


def test_what_is_said_is_on_the_span_and_what_is_allowed_in_the_metrics(telemetry: Telemetry) -> None:
    """All names on the span; of these the metrics have `tenant` alone, which the user allowed."""
    with attribute_to(tenant="acme", feature="search"):
        written = telemetry.request()
    assert ("acme", "search") == (written["tenant"], written["feature"])
    [said] = [said for name, said, _ in telemetry.points() if name == "genai_impact.requests"]
    assert "acme" == said["tenant"]
    assert "feature" not in said


def test_outside_of_blocks_nothing_is_attributed(telemetry: Telemetry) -> None:
    """Before and after a block a span has none of its names."""
    with attribute_to(tenant="acme"):
        pass
    assert "tenant" not in telemetry.request()
    assert NO_SCOPE == current()


def test_inner_blocks_add_replace_and_take_away(telemetry: Telemetry) -> None:
    """The inner value holds, other names of the outer block stay, None takes one away; afterwards the outer holds again."""
    with attribute_to(tenant="acme", feature="search"):
        with attribute_to(tenant="globex", team="red"):
            inner = telemetry.request()
        with attribute_to(feature=None):
            without = telemetry.request()
        outer = telemetry.request()
    assert ("globex", "search", "red") == tuple(inner[key] for key in ("tenant", "feature", "team"))
    assert ("acme", False) == (without["tenant"], "feature" in without)
    assert ("acme", "search", False) == (outer["tenant"], outer["feature"], "team" in outer)


def test_what_the_span_says_itself_holds(telemetry: Telemetry) -> None:
    """The span's own attribute comes first, then `attribute_to`, then baggage."""
    token = context.attach(baggage.set_baggage("tenant", "of-baggage"))
    with attribute_to(tenant="of-block"):
        own = telemetry.request({"tenant": "of-span"})
        block = telemetry.request()
    alone = telemetry.request()
    context.detach(token)
    assert ["of-span", "of-block", "of-baggage"] == [written["tenant"] for written in (own, block, alone)]
    assert {"of-span": 1, "of-block": 1, "of-baggage": 1} == _requests_by_tenant(telemetry)


def test_baggage_that_is_not_allowed_is_not_on_the_span(telemetry: Telemetry) -> None:
    """Baggage comes from outside, too: only the keys that the user named become attributes."""
    token = context.attach(baggage.set_baggage("tenant", "acme", baggage.set_baggage("feature", "search")))
    written = telemetry.request()
    context.detach(token)
    assert ("acme", False) == (written["tenant"], "feature" in written)


def test_spans_that_are_no_requests_are_left_alone(telemetry: Telemetry) -> None:
    """A database's span in the block gets nothing of it."""
    with attribute_to(tenant="acme"):
        written = telemetry.end(telemetry.start({"db.system": "postgresql"}, name="SELECT"))
    assert {"db.system": "postgresql"} == written


def test_requests_without_an_estimate_and_twins_are_attributed_too(telemetry: Telemetry) -> None:
    """The report finds them with their tenant, whatever became of them."""
    with attribute_to(tenant="acme"):
        unknown = telemetry.request({"gen_ai.request.model": "nobody-knows-it"})
        telemetry.request({"gen_ai.response.id": "r1"}, scope="one")
        outer = telemetry.start(CHAT, scope="two")
        telemetry.request({"gen_ai.response.id": "r2"}, scope="one", parent=outer)
        twin = telemetry.end(outer)
    assert ("unknown_model", "acme") == (unknown["genai_impact.not_estimated"], unknown["tenant"])
    assert ("duplicate", "acme") == (twin["genai_impact.not_estimated"], twin["tenant"])


def test_a_span_is_for_whom_it_started_for(telemetry: Telemetry) -> None:
    """A stream that ends after its block, and one that began before it."""
    before = telemetry.start(CHAT)
    with attribute_to(tenant="acme"):
        within = telemetry.start(CHAT)
        ended_within = telemetry.end(before, {"gen_ai.usage.output_tokens": 3})
    assert "tenant" not in ended_within
    assert "acme" == telemetry.end(within, {"gen_ai.usage.output_tokens": 3})["tenant"]


def test_coroutines_generators_and_functions_run_in_the_block_of_their_decorator(telemetry: Telemetry) -> None:
    """All of each function, and nothing of what its caller does between two steps of a generator."""
    seen: list[tuple[str, object]] = []

    def request(of: str) -> None:
        seen.append((of, telemetry.request().get("tenant")))

    @attribute_to(tenant="function")
    def function(number: int) -> int:
        request("function")
        return number + 1

    @attribute_to(tenant="coroutine")
    async def coroutine() -> str:
        await asyncio.sleep(0)
        request("coroutine")
        return "done"

    @attribute_to(tenant="generator")
    def generator() -> Iterator[int]:
        request("generator")
        yield 1
        request("generator")
        yield 2

    @attribute_to(tenant="stream")
    async def stream() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(0)
        request("stream")
        yield 2

    async def consume() -> list[int]:
        items: list[int] = []
        async for item in stream():
            items.append(item)
            request("caller")
        return items

    assert 2 == function(1)
    assert "done" == asyncio.run(coroutine())
    for _ in generator():
        request("caller")
    assert [1, 2] == asyncio.run(consume())
    assert {("caller", None), *((name, name) for name in ("function", "coroutine", "generator", "stream"))} == set(seen)
    assert ("function", "stream") == (function.__name__, stream.__name__)


def test_a_decorated_generator_is_one(telemetry: Telemetry) -> None:
    """What is sent and thrown reaches it, it is closed when its caller closes it, and its result comes back."""
    closed: list[object] = []

    @attribute_to(tenant="acme")
    def generator() -> Generator[object, object, str]:
        try:
            said = yield 1
            try:
                yield said
            except KeyError:
                yield "caught"
            return "result"
        finally:
            closed.append(current().attribution.get("tenant"))

    first = generator()
    assert (1, "sent", "caught") == (next(first), first.send("sent"), first.throw(KeyError()))
    with pytest.raises(StopIteration) as ended:
        next(first)
    assert "result" == ended.value.value
    second = generator()
    next(second)
    second.close()
    assert ["acme", "acme"] == closed
    assert NO_SCOPE == current()


def test_an_asynchronous_block(telemetry: Telemetry) -> None:
    """`async with` is the same."""

    async def run() -> object:
        async with attribute_to({"tenant.id": "acme"}, tenant=42):
            await asyncio.sleep(0)
            written = telemetry.request()
        return written["tenant.id"], written["tenant"], current()

    assert ("acme", "42", NO_SCOPE) == asyncio.run(run())


def test_tasks_and_threads_have_their_own(telemetry: Telemetry) -> None:
    """Forty tasks and forty threads at once, one shared block object and their own: each request is for its own tenant."""
    shared = attribute_to(feature="shared")

    def work(tenant: str) -> tuple[object, object]:
        with shared, attribute_to(tenant=tenant):
            telemetry.end(telemetry.start(CHAT), {"gen_ai.usage.output_tokens": 3})
        return tenant, current()

    async def task(tenant: str) -> tuple[object, object]:
        with shared, attribute_to(tenant=tenant):
            span = telemetry.start(CHAT)
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        telemetry.end(span, {"gen_ai.usage.output_tokens": 3})
        return tenant, current()

    async def tasks() -> list[tuple[object, object]]:
        return list(await asyncio.gather(*(task(f"task-{number}") for number in range(40))))

    with ThreadPoolExecutor(8) as pool:
        done = [*pool.map(work, (f"thread-{number}" for number in range(40))), *asyncio.run(tasks())]
    assert [NO_SCOPE] * 80 == [after for _, after in done]
    assert dict.fromkeys((tenant for tenant, _ in done), 1) == _requests_by_tenant(telemetry)


def test_a_thread_that_gets_the_context_has_its_names(telemetry: Telemetry) -> None:
    """By a copy of the context, or `asyncio.to_thread`; a thread that gets none is nobody's."""
    with attribute_to(tenant="acme"), ThreadPoolExecutor(1) as pool:
        copied = pool.submit(copy_context().run, telemetry.request).result()
        bare = pool.submit(telemetry.request).result()

        async def in_thread() -> dict[str, Any]:
            return await asyncio.to_thread(telemetry.request)

        handed_on = asyncio.run(in_thread())
    assert ("acme", "acme", False) == (copied["tenant"], handed_on["tenant"], "tenant" in bare)


def test_nothing_of_it_is_sent_to_who_is_called(telemetry: Telemetry) -> None:
    """The headers that OpenTelemetry's propagators write, baggage included, say nothing of attribution."""
    headers: dict[str, str] = {}
    propagator = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
    with attribute_to(tenant="acme-secret", feature="search"):
        span = telemetry.start(CHAT)
        token = context.attach(set_span_in_context(span))
        propagator.inject(headers)
        context.detach(token)
        assert {} == dict(baggage.get_all())
    assert {"traceparent"} == set(headers)
    assert "acme-secret" not in str(headers)


def test_values_are_bounded_and_lose_no_request(caplog: pytest.LogCaptureFixture) -> None:
    """Of five tenants the first three keep their names, the others are one; the spans have all names; one line in the log."""
    telemetry = Telemetry({"metric_attributes": "tenant", "metric_values": 3, "histograms": "none"})
    with caplog.at_level(logging.WARNING):
        written = list[object]()
        for number in (0, 1, 2, 3, 4, 4, 0):
            with attribute_to(tenant=f"t{number}"):
                written.append(telemetry.request()["tenant"])
    assert ["t0", "t1", "t2", "t3", "t4", "t4", "t0"] == written
    assert {"t0": 2, "t1": 1, "t2": 1, "_OTHER": 3} == _requests_by_tenant(telemetry)
    assert 1 == sum("GENAI_IMPACT_METRIC_VALUES" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "names",
    [
        {"gen_ai.request.model": "x"},
        {"genai_impact.energy": 1.0},
        {"": "x"},
        {"tenant": object()},
        {"tenant": ""},
        {7: "x"},
    ],
)
def test_what_cannot_be_used_is_ignored_and_said(
    telemetry: Telemetry, names: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, no exception, and the other names of the block hold."""
    with caplog.at_level(logging.WARNING), attribute_to({**names, "team": "red"}):
        written = telemetry.request()
    assert ("red", "gpt-4o") == (written["team"], written["gen_ai.request.model"])
    assert "tenant" not in written
    assert 1 == sum(record.getMessage().startswith("attribute_to: ") for record in caplog.records)


def test_what_is_no_mapping_is_ignored_and_said(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """A text where names belong is a mistake of the caller's, and no exception."""
    wrong: Any = "acme"
    with caplog.at_level(logging.WARNING), attribute_to(wrong, team="red"):
        assert "red" == telemetry.request()["team"]
    assert 1 == sum("no mapping" in record.getMessage() for record in caplog.records)


def test_values_of_other_types_are_texts(telemetry: Telemetry) -> None:
    """Numbers and truth values as they are written; of an enumeration's member its value."""

    class Tenant(str, Enum):  # noqa: UP042 -- what people write
        ACME = "acme"

    with attribute_to(tenant=Tenant.ACME, number=7, share=0.5, paying=True):
        written = telemetry.request()
    assert ("acme", "7", "0.5", "true") == tuple(written[key] for key in ("tenant", "number", "share", "paying"))


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 10**5000, "", [], b"acme"],
    ids=["nan", "infinite", "thousands of digits", "empty", "list", "bytes"],
)
def test_one_value_that_cannot_be_used_costs_no_other(telemetry: Telemetry, value: object) -> None:
    """Whatever one value is, the block's other names hold."""
    with attribute_to(tenant=value, feature="search"):
        written = telemetry.request()
    assert (None, "search") == (written.get("tenant"), written.get("feature"))


def test_long_values_and_many_names_are_bounded(telemetry: Telemetry) -> None:
    """A value of a novel's length is none, and of seventeen names one is left out."""
    with attribute_to({f"name{number:02}": "x" * (10 + 1000 * number) for number in range(17)}):
        written = telemetry.request()
    names = [key for key in written if key.startswith("name")]
    assert (16, "x" * 10, "_OTHER") == (len(names), written["name00"], written["name01"])


def test_a_full_span_keeps_its_own(telemetry: Telemetry) -> None:
    """Names never evict an attribute of the user's; the metrics have them all the same."""
    telemetry = Telemetry(
        {"metric_attributes": "tenant", "histograms": "none"}, limits=SpanLimits(max_span_attributes=5)
    )
    with attribute_to(tenant="acme"):
        written = telemetry.request()
    assert {*CHAT, "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"} == set(written)
    assert {"acme": 1} == _requests_by_tenant(telemetry)


def test_an_exception_of_the_users_passes_and_the_block_ends(telemetry: Telemetry) -> None:
    """It is theirs."""
    with pytest.raises(KeyError), attribute_to(tenant="acme"):
        raise KeyError
    assert NO_SCOPE == current()


def test_processors_without_metric_attributes_write_names_on_spans() -> None:
    """The allow-list is for metrics, which pay for each value; a span is one."""
    telemetry = Telemetry({"histograms": "none"})
    with attribute_to(tenant="acme"):
        assert "acme" == telemetry.request()["tenant"]
    assert {None: 1} == _requests_by_tenant(telemetry)

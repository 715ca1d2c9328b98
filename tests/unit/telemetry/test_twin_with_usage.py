"""A twin that says what was used takes the place of one that ended first and did not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Status, StatusCode

from otel_genai_impact import ImpactSpanProcessor
from tests.kit.telemetry import CHAT, USAGE, Telemetry, points_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span

STATUS = "genai_impact.not_estimated"
ID = "gen_ai.response.id"
PREFIX = "genai_impact.rollup."
TOOL = {"gen_ai.operation.name": "execute_tool"}


def _pair(telemetry: Telemetry, link: str, *, parent: Span | None = None) -> tuple[Span, Span]:
    """Two spans of one call by two instrumentations, the first to end first: nested, with one id, or without a link."""
    second = telemetry.start(CHAT, scope="two", start_time=0, parent=parent)
    above = second if link == "nested" else parent
    first = telemetry.start(CHAT, scope="one", start_time=1_000_000, parent=above)
    if link == "same id":
        for span in (first, second):
            span.set_attribute(ID, "r1")
    return first, second


def _requests(telemetry: Telemetry) -> dict[str, float]:
    """How many requests, by why they have no estimate, or by that they have one."""
    sums: dict[str, float] = {}
    for name, attributes, value in telemetry.points():
        if name == "genai_impact.requests" and value:
            status = str(attributes.get(STATUS, "estimated"))
            sums[status] = sums.get(status, 0) + value
    return sums


def _rollup(attributes: Any) -> dict[str, Any]:
    return {name.removeprefix(PREFIX): value for name, value in dict(attributes).items() if name.startswith(PREFIX)}


LINKS = pytest.mark.parametrize("link", ["nested", "same id", "no link"])


@LINKS
def test_the_twin_with_usage_is_the_request(telemetry: Telemetry, link: str) -> None:
    """It is estimated; one request is counted, and not as one without usage. The first span is a duplicate."""
    first, second = _pair(telemetry, link)
    assert telemetry.end(first, seconds=1)[STATUS] == "no_usage"
    written = telemetry.end(second, USAGE, seconds=2)
    assert STATUS not in written
    # Whoever exports later reads what it has become.
    assert [(span.attributes or {}).get(STATUS) for span in telemetry.spans] == ["duplicate", None]
    assert _requests(telemetry) == {"estimated": 1}
    assert telemetry.total("genai_impact.energy") == pytest.approx(written["genai_impact.energy"], rel=1e-12)


@LINKS
def test_the_twin_without_usage_ends_last(telemetry: Telemetry, link: str) -> None:
    """Then it is a duplicate, as any twin that ends last."""
    first, second = _pair(telemetry, link)
    assert STATUS not in telemetry.end(first, USAGE, seconds=1)
    assert telemetry.end(second, seconds=2)[STATUS] == "duplicate"
    assert _requests(telemetry) == {"estimated": 1}


@LINKS
def test_a_third_one_is_a_duplicate(telemetry: Telemetry, link: str) -> None:
    """One twin takes the place, whichever way the third is linked."""
    third = telemetry.start({**CHAT, **({ID: "r1"} if link == "same id" else {})}, scope="three", start_time=0)
    first, second = _pair(telemetry, link, parent=third if link == "nested" else None)
    telemetry.end(first, seconds=1)
    telemetry.end(second, USAGE, seconds=2)
    assert telemetry.end(third, USAGE, seconds=2.001)[STATUS] == "duplicate"
    assert _requests(telemetry) == {"estimated": 1}


@LINKS
def test_roll_ups_have_it_once(telemetry: Telemetry, link: str) -> None:
    """The span above says one request, with its estimate."""
    root = telemetry.start({}, name="root", start_time=0)
    first, second = _pair(telemetry, link, parent=root)
    telemetry.end(first, seconds=1)
    written = telemetry.end(second, USAGE, seconds=2)
    expected = {name: written[f"genai_impact.{name}"] for name in ("energy", "gwp", "wcf")}
    assert _rollup(telemetry.end(root, seconds=3)) == {**expected, "requests": 1, "not_estimated": 0}


def test_a_tool_that_only_saw_the_first_says_nothing(telemetry: Telemetry) -> None:
    """The request is counted where its figures are; a tool above the other span alone has none."""
    root = telemetry.start({}, name="root", start_time=0)
    tool = telemetry.start(TOOL, name="tool", parent=root, start_time=0)
    second = telemetry.start(CHAT, scope="two", start_time=0, parent=root)
    telemetry.end(telemetry.start(CHAT, scope="one", start_time=1_000_000, parent=tool), seconds=1)
    telemetry.end(second, USAGE, seconds=2)
    assert _rollup(telemetry.end(tool, seconds=3)) == {}
    assert _rollup(telemetry.end(root, seconds=3))["requests"] == 1


def test_a_collection_in_between(telemetry: Telemetry) -> None:
    """A counter cannot go down: it stands still until it is right, and in all, each request is counted once, always."""
    first, second = _pair(telemetry, "nested")
    telemetry.end(first, seconds=1)
    assert _requests(telemetry) == {"no_usage": 1}
    telemetry.end(second, USAGE, seconds=2)
    assert _requests(telemetry) == {"no_usage": 1}
    assert telemetry.total("genai_impact.energy") > 0
    telemetry.request()
    assert _requests(telemetry) == {"no_usage": 1, "estimated": 1}
    telemetry.request({"gen_ai.usage.output_tokens": None, "gen_ai.usage.input_tokens": None})
    assert _requests(telemetry) == {"no_usage": 1, "estimated": 2}
    telemetry.request({"gen_ai.usage.output_tokens": None, "gen_ai.usage.input_tokens": None})
    assert _requests(telemetry) == {"no_usage": 2, "estimated": 2}


@pytest.mark.parametrize("temporality", [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])
def test_every_collection_has_each_request_once(temporality: AggregationTemporality) -> None:
    """Collections at any moments, of any temporality: at each, as many requests as there have been."""
    reader = InMemoryMetricReader(preferred_temporality={Counter: temporality})
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(ImpactSpanProcessor(meter_provider=MeterProvider([reader], shutdown_on_exit=False)))
    chance, reported = random.Random(5), 0.0
    for requests in range(1, 301):
        attributes = {**CHAT, ID: f"r{requests}"}
        later = provider.get_tracer("two").start_span("chat gpt-4o", attributes=attributes)
        provider.get_tracer("one").start_span("chat gpt-4o", attributes=attributes).end()
        for ending in (True, False):
            if chance.random() < 0.3:
                counted = sum(value for name, _, value in points_of(reader) if name == "genai_impact.requests")
                reported = counted if temporality is AggregationTemporality.CUMULATIVE else reported + counted
                assert reported == requests
            if ending:
                later.set_attributes(USAGE if chance.random() < 0.7 else {})
                later.end()


def test_what_the_failed_attempt_was_is_told_apart(telemetry: Telemetry) -> None:
    """A framework's span above an attempt that failed and one that did not is the twin of the second."""
    outer = telemetry.start(CHAT, scope="framework", start_time=0)
    failed = telemetry.start(CHAT, scope="sdk", start_time=0, parent=outer)
    failed.set_status(Status(StatusCode.ERROR))
    assert telemetry.end(failed, seconds=1)[STATUS] == "error"
    again = telemetry.start(CHAT, scope="sdk", start_time=1_000_000_000, parent=outer)
    telemetry.end(again, USAGE, seconds=1)
    assert telemetry.end(outer, USAGE, seconds=2)[STATUS] == "duplicate"
    assert _requests(telemetry) == {"error": 1, "estimated": 1}


def test_a_twin_that_cannot_be_estimated_either(telemetry: Telemetry) -> None:
    """Nothing is won: the first one stays counted, and the twin is a duplicate."""
    first, second = _pair(telemetry, "nested")
    telemetry.end(first, {"gen_ai.request.model": "nobody-knows-it"}, seconds=1)
    second.set_attribute("gen_ai.request.model", "nobody-knows-it")
    assert telemetry.end(second, USAGE, seconds=2)[STATUS] == "duplicate"
    assert _requests(telemetry) == {"no_usage": 1}


def test_a_duplicate_by_another_name_is_not_looked_up(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """A framework's span may name an alias of its own: of a request that is estimated already nothing is said."""
    first, second = _pair(telemetry, "nested")
    telemetry.end(first, USAGE, seconds=1)
    alias = {"gen_ai.request.model": "our-own-name", **USAGE}
    assert telemetry.end(second, alias, seconds=2)[STATUS] == "duplicate"
    assert caplog.records == []


def test_another_model_or_another_time_is_another_request(telemetry: Telemetry) -> None:
    """Without a link and without equal tokens, both must say the same model, at the same time."""
    first, second = _pair(telemetry, "no link")
    telemetry.end(first, {"gen_ai.request.model": "gpt-4o-mini"}, seconds=1)
    assert STATUS not in telemetry.end(second, USAGE, seconds=2)
    later = telemetry.start(CHAT, scope="one", start_time=5_000_000_000)
    assert telemetry.end(later, seconds=1)[STATUS] == "no_usage"
    assert _requests(telemetry) == {"no_usage": 2, "estimated": 1}


@LINKS
def test_a_hundred_at_once_of_which_one_instrumentation_has_usage(telemetry: Telemetry, link: str) -> None:
    """In any order of ending in which the inner ones end before the outer ones: a hundred, all estimated."""
    pairs = [_pair(telemetry, link) for _ in range(100)]
    if link == "same id":
        for number, pair in enumerate(pairs):
            for span in pair:
                span.set_attribute(ID, f"r{number}")
    order = [pair[0] for pair in pairs] + [pair[1] for pair in pairs]
    if link != "nested":
        random.Random(2).shuffle(order)
    seconds = {id(pair[1]): USAGE for pair in pairs}
    for span in order:
        telemetry.end(span, seconds.get(id(span)), seconds=2)
    assert _requests(telemetry) == {"estimated": 100}


def test_what_is_remembered_is_bounded(telemetry: Telemetry) -> None:
    """However many requests there are that say nothing of their usage."""
    for _ in range(5000):
        telemetry.request({"gen_ai.usage.output_tokens": None, "gen_ai.usage.input_tokens": None})
    once = telemetry.processor._recorder._once
    assert len(once._provisional) <= 4096
    assert len(once.siblings.without_usage) <= 512

"""Reading a span, case by case: what is common is read at once, and what is odd is put right."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.inventory.hosts import Server
from otel_genai_impact.telemetry import request as module
from otel_genai_impact.telemetry.marks import reports_genai
from otel_genai_impact.telemetry.request import MOST_TOKENS, Request, read
from tests.unit.telemetry.plain_spans import CACHE_READ, CACHE_WRITTEN, READ, SPAN, plain_span

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPE = InstrumentationScope("app")
REASONING = "gen_ai.usage.reasoning.output_tokens"


@pytest.fixture(autouse=True)
def no_names_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_plain_names", dict[object, str]())


def _refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_closer(*_: object) -> None:
        raise AssertionError("what is common was read a second time")

    monkeypatch.setattr(module, "_read", looked_closer)


@pytest.mark.parametrize(
    ("input_tokens", "output_tokens"), [(120, 350), (0, 0), (MOST_TOKENS, MOST_TOKENS), (0, MOST_TOKENS)]
)
def test_names_that_were_read_before_are_not_put_right_again(
    monkeypatch: pytest.MonkeyPatch, input_tokens: int, output_tokens: int
) -> None:
    """All names, an id and plain counts, from nothing to the most there can be: the same request, in one step."""
    span = plain_span(input_tokens=input_tokens, output_tokens=output_tokens)
    expected = READ._replace(input_tokens=input_tokens, output_tokens=output_tokens)
    assert expected == read("chat gpt-4o", span)
    _refuse(monkeypatch)
    again = read("chat gpt-4o", span)
    assert expected == again
    assert isinstance(again, Request)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (plain_span(response_id=None), READ._replace(response_id=None)),
        (plain_span(response_id=""), READ._replace(response_id=None)),
        (plain_span(response_id=7), READ._replace(response_id=None)),
        (plain_span(input_tokens=None), READ._replace(input_tokens=None)),
        (plain_span(input_tokens=-1), READ._replace(input_tokens=-1)),
        (plain_span(input_tokens=-7), READ._replace(input_tokens=-1)),
        (plain_span(input_tokens=MOST_TOKENS + 1), READ._replace(input_tokens=-1)),
        (plain_span(input_tokens="120"), READ),
        (plain_span(input_tokens=120.0), READ),
        (plain_span(input_tokens=True), READ._replace(input_tokens=-1)),
        (plain_span(output_tokens=-7), READ._replace(output_tokens=-1)),
        (plain_span(output_tokens=MOST_TOKENS + 1), READ._replace(output_tokens=-1)),
        (plain_span(output_tokens="350"), READ),
        (plain_span(output_tokens=True), READ._replace(output_tokens=-1)),
        (plain_span(output_tokens=None), READ._replace(output_tokens=None)),
        (plain_span(request_model=None), READ._replace(request_model=None)),
        (plain_span(request_model=["gpt-4o"]), READ._replace(request_model=None)),
        (plain_span(request_model=""), READ._replace(request_model=None)),
        (plain_span(response_model=None), READ._replace(response_model=None)),
        (plain_span(response_model=""), READ._replace(response_model=None)),
        (plain_span(response_model=7), READ._replace(response_model=None)),
        (plain_span(provider_name=7), READ._replace(provider=None)),
        (plain_span(provider_name=""), READ._replace(provider=None)),
        (plain_span(provider_name=None), READ._replace(provider=None)),
        (plain_span(provider_name="langgraph"), READ._replace(provider=None)),
        (plain_span(provider_name="groq"), READ._replace(provider="groq")),
        ({**SPAN, CACHE_READ: 100}, READ._replace(cached_tokens=100)),
        ({**SPAN, CACHE_READ: 0}, READ._replace(cached_tokens=0)),
        ({**SPAN, CACHE_READ: -1}, READ._replace(cached_tokens=None)),
        ({**SPAN, CACHE_READ: 121}, READ._replace(input_tokens=241, cached_tokens=121)),
        ({**SPAN, CACHE_READ: 120}, READ._replace(cached_tokens=120)),
        ({**SPAN, CACHE_READ: 100, CACHE_WRITTEN: 20}, READ._replace(cached_tokens=100)),
        ({**SPAN, CACHE_READ: 100, CACHE_WRITTEN: 21}, READ._replace(input_tokens=241, cached_tokens=100)),
        ({**SPAN, CACHE_READ: 0, CACHE_WRITTEN: 121}, READ._replace(input_tokens=241, cached_tokens=0)),
        ({**SPAN, CACHE_WRITTEN: 121}, READ),
        ({**SPAN, REASONING: 50}, READ._replace(reasoning_tokens=50)),
        ({**SPAN, REASONING: 0}, READ._replace(reasoning_tokens=0)),
        ({**SPAN, REASONING: "many"}, READ._replace(reasoning_tokens=None)),
        ({**SPAN, "server.address": "api.openai.com"}, READ),
        ({**SPAN, "server.address": "api.groq.com"}, READ._replace(served_by=Server("groq", None))),
        ({**SPAN, "gen_ai.openai.api_base": "https://api.groq.com/v1"}, READ._replace(served_by=Server("groq", None))),
        ({**SPAN, "server.address": "nobody.example"}, READ),
        ({**SPAN, "server.address": ["api.groq.com"]}, READ),
    ],
)  # fmt: skip
def test_what_is_odd_is_put_right_before_and_after_its_names_are_known(
    span: Mapping[str, Any], expected: Request
) -> None:
    """The first time, again, and after plain spans of the same names: always the same request."""
    assert [expected] * 2 == [read("whatever", span, SCOPE) for _ in range(2)]
    plain = {key: value for key, value in {**SPAN, **span}.items() if key in SPAN}
    read(
        "whatever",
        {**plain, "gen_ai.response.id": "r1", "gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 1},
    )
    assert expected == read("whatever", span, SCOPE)


def test_a_host_of_a_gateway_is_read_for_known_names_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who served a request is looked up for each request; the provider's own host says nothing more."""
    read("chat", SPAN)
    _refuse(monkeypatch)
    assert READ == read("chat", {**SPAN, "server.address": "api.openai.com"})
    assert READ._replace(served_by=Server("groq", None)) == read("chat", {**SPAN, "server.address": "api.groq.com"})
    assert READ == read("chat", {**SPAN, "server.address": ""})


def test_a_provider_without_other_hosts_is_not_asked_for_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of Groq talks to Groq, whatever its address: the first time and again."""
    span = {**plain_span(provider_name="groq"), "server.address": "generativelanguage.googleapis.com"}
    assert READ._replace(provider="groq") == read("chat", span)
    _refuse(monkeypatch)
    assert READ._replace(provider="groq") == read("chat", span)


def test_the_region_of_a_cloud_is_read_from_its_host() -> None:
    """The same model in two regions: two places, though the names are known from the first."""
    span = plain_span(provider_name="aws.bedrock")
    hosts = [f"bedrock-runtime.{region}.amazonaws.com" for region in ("eu-west-3", "us-east-1", "eu-west-3")]
    found = [read("chat", {**span, "server.address": host}) for host in hosts]
    servers = [request.served_by for request in found if request is not None and request.served_by is not None]
    assert [None] * 3 == [server.provider for server in servers]  # the cloud is the one that was named
    assert servers[0].place == servers[2].place != servers[1].place


@pytest.mark.parametrize("operation", ["chat", "text_completion", "generate_content"])
def test_an_inference_keeps_its_operation(operation: str) -> None:
    """Its kind is the same for all."""
    assert READ._replace(operation=operation) == read("whatever", plain_span(operation_name=operation))


class Name(StrEnum):
    """Attribute values may be of subclasses."""

    OPENAI = "openai"
    DATED = "gpt-4o-2024-08-06"
    MODEL = "gpt-4o"
    ID = "r1"


def test_a_text_may_be_of_a_subclass() -> None:
    """Such as a constant of an enumeration: it says what it says."""
    names = {
        "provider_name": Name.OPENAI,
        "response_model": Name.DATED,
        "request_model": Name.MODEL,
        "response_id": Name.ID,
    }
    assert [READ] * 2 == [read("chat", plain_span(**names)) for _ in range(2)]


def test_names_are_remembered_up_to_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 200 characters; what is longer is read as well, and looked at each time."""
    longest, longer = "m" * 200, "m" * 201
    for model in (longest, longer):
        assert READ._replace(request_model=model) == read("chat", plain_span(request_model=model))
    assert [longest] == [names[3] for names in _remembered()]
    _refuse(monkeypatch)
    assert READ._replace(request_model=longest) == read("chat", plain_span(request_model=longest))


def test_names_are_remembered_up_to_a_number() -> None:
    """Strangers may choose them: when there are too many, the oldest eighth is forgotten, and the last one is remembered."""
    most = module._MOST_NAMES
    for number in range(most):
        read("chat", plain_span(request_model=f"model-{number}"))
    assert most == len(_remembered())
    read("chat", plain_span(request_model="one-more"))
    left = [f"model-{number}" for number in range(most // 8, most)]
    assert [*left, "one-more"] == [names[3] for names in _remembered()]


def _remembered() -> list[tuple[str, ...]]:
    return [*module._plain_names]  # pyright: ignore[reportReturnType] - the keys are names


@pytest.mark.parametrize(
    ("response", "request_tier", "expected"),
    [
        ("batch", None, "batch"), ("FLEX", None, "flex"), (None, "priority", "priority"), ("batch", "flex", "batch"),
        ("default", "flex", None), ("", "flex", "flex"), (None, None, None), (7, None, None), ("auto", None, None),
    ],
)  # fmt: skip
def test_the_tier_is_the_one_that_served_or_was_asked_for(
    response: object, request_tier: object, expected: str | None
) -> None:
    """In small letters; none where it is the usual one."""
    said = {"openai.response.service_tier": response, "openai.request.service_tier": request_tier}
    assert expected == module.service_tier(said)


@pytest.mark.parametrize(("key", "expected"), [("gen_ai.usage.output_tokens", True), ("http.request.method", False)])
def test_a_span_has_a_mark_or_is_no_request(key: str, expected: bool) -> None:
    """One is enough, whatever it says."""
    assert expected == reports_genai({key: None, "user.id": "7"})

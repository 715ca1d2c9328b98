"""Reading a span, case by case: what is common is read at once, and what is odd is put right."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.inventory.hosts import Server
from otel_genai_impact.telemetry import request as module
from otel_genai_impact.telemetry.request import MOST_TOKENS, Request, read

if TYPE_CHECKING:
    from collections.abc import Mapping

SPAN: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.id": "r1",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 350,
}
READ = Request("inference", "chat", "openai", "gpt-4o-2024-08-06", "gpt-4o", None, "r1", 120, 350, None, None)
SCOPE = InstrumentationScope("app")
CACHE_READ, CACHE_WRITTEN = "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_write.input_tokens"
REASONING = "gen_ai.usage.reasoning.output_tokens"


@pytest.fixture(autouse=True)
def no_names_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_plain_names", dict[object, str]())


def _with(**changes: object) -> dict[str, Any]:
    """The span with other values: by the last part of an attribute's name, dots as underscores; None leaves it out."""
    by_field = {key.removeprefix("gen_ai.").removeprefix("usage.").replace(".", "_"): key for key in SPAN}
    changed = {**SPAN, **{by_field[field]: value for field, value in changes.items()}}
    return {key: value for key, value in changed.items() if value is not None}


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
    span = _with(input_tokens=input_tokens, output_tokens=output_tokens)
    expected = READ._replace(input_tokens=input_tokens, output_tokens=output_tokens)
    assert expected == read("chat gpt-4o", span)
    _refuse(monkeypatch)
    again = read("chat gpt-4o", span)
    assert expected == again
    assert isinstance(again, Request)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (_with(response_id=None), READ._replace(response_id=None)),
        (_with(response_id=""), READ._replace(response_id=None)),
        (_with(response_id=7), READ._replace(response_id=None)),
        (_with(input_tokens=None), READ._replace(input_tokens=None)),
        (_with(input_tokens=-1), READ._replace(input_tokens=-1)),
        (_with(input_tokens=-7), READ._replace(input_tokens=-1)),
        (_with(input_tokens=MOST_TOKENS + 1), READ._replace(input_tokens=-1)),
        (_with(input_tokens="120"), READ),
        (_with(input_tokens=120.0), READ),
        (_with(input_tokens=True), READ._replace(input_tokens=-1)),
        (_with(output_tokens=-7), READ._replace(output_tokens=-1)),
        (_with(output_tokens=MOST_TOKENS + 1), READ._replace(output_tokens=-1)),
        (_with(output_tokens="350"), READ),
        (_with(output_tokens=True), READ._replace(output_tokens=-1)),
        (_with(output_tokens=None), READ._replace(output_tokens=None)),
        (_with(request_model=None), READ._replace(request_model=None)),
        (_with(request_model=["gpt-4o"]), READ._replace(request_model=None)),
        (_with(request_model=""), READ._replace(request_model=None)),
        (_with(response_model=None), READ._replace(response_model=None)),
        (_with(response_model=""), READ._replace(response_model=None)),
        (_with(response_model=7), READ._replace(response_model=None)),
        (_with(provider_name=7), READ._replace(provider=None)),
        (_with(provider_name=""), READ._replace(provider=None)),
        (_with(provider_name=None), READ._replace(provider=None)),
        (_with(provider_name="langgraph"), READ._replace(provider=None)),
        (_with(provider_name="groq"), READ._replace(provider="groq")),
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
    span = {**_with(provider_name="groq"), "server.address": "generativelanguage.googleapis.com"}
    assert READ._replace(provider="groq") == read("chat", span)
    _refuse(monkeypatch)
    assert READ._replace(provider="groq") == read("chat", span)


def test_the_region_of_a_cloud_is_read_from_its_host() -> None:
    """The same model in two regions: two places, though the names are known from the first."""
    span = _with(provider_name="aws.bedrock")
    hosts = [f"bedrock-runtime.{region}.amazonaws.com" for region in ("eu-west-3", "us-east-1", "eu-west-3")]
    found = [read("chat", {**span, "server.address": host}) for host in hosts]
    servers = [request.served_by for request in found if request is not None and request.served_by is not None]
    assert [None] * 3 == [server.provider for server in servers]  # the cloud is the one that was named
    assert servers[0].place == servers[2].place != servers[1].place


@pytest.mark.parametrize("operation", ["chat", "text_completion", "generate_content"])
def test_an_inference_keeps_its_operation(operation: str) -> None:
    """Its kind is the same for all."""
    assert READ._replace(operation=operation) == read("whatever", _with(operation_name=operation))


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
    assert [READ] * 2 == [read("chat", _with(**names)) for _ in range(2)]


def test_names_are_remembered_up_to_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 200 characters; what is longer is read as well, and looked at each time."""
    longest, longer = "m" * 200, "m" * 201
    for model in (longest, longer):
        assert READ._replace(request_model=model) == read("chat", _with(request_model=model))
    assert [longest] == [names[3] for names in _remembered()]
    _refuse(monkeypatch)
    assert READ._replace(request_model=longest) == read("chat", _with(request_model=longest))


def test_names_are_remembered_up_to_a_number() -> None:
    """Strangers may choose them: when there are too many, it begins anew, and the last one is remembered."""
    for number in range(module._MOST_NAMES):
        read("chat", _with(request_model=f"model-{number}"))
    assert module._MOST_NAMES == len(_remembered())
    read("chat", _with(request_model="one-more"))
    assert ["one-more"] == [names[3] for names in _remembered()]


def _remembered() -> list[tuple[str, ...]]:
    return [*module._plain_names]  # pyright: ignore[reportReturnType] - the keys are names


@pytest.mark.parametrize("provider", ["gemini", "vertex_ai"])
@pytest.mark.parametrize(
    ("usage", "output_tokens"),
    [
        ({"total": 470}, 350),
        ({"total": 500}, 380),
        ({"total": 400}, 350),
        ({"total": "500"}, 380),
        ({"total": -1}, 350),
        ({"total": "many"}, 350),
        ({}, 350),
        ({"total": 500, "input": None}, 350),
        ({"total": 500, "input": -1}, 350),
        ({"total": 500, "input": 0}, 500),
        ({"total": 500, "output": None}, None),
        ({"total": 500, "output": -1}, -1),
        ({"total": 500, "output": 0}, 380),
    ],
)
def test_thoughts_that_a_total_has_more_are_output(
    provider: str, usage: dict[str, object], output_tokens: int | None
) -> None:
    """Where a provider counts thoughts apart, and all three counts are good: never less than what was reported."""
    names = {
        "input": "gen_ai.usage.input_tokens",
        "output": "gen_ai.usage.output_tokens",
        "total": "gen_ai.usage.total_tokens",
    }
    span = {**_with(provider_name=provider), **{names[name]: count for name, count in usage.items()}}
    for _ in range(2):
        found = read("chat", span)
        assert found is not None
        assert output_tokens == found.output_tokens
        assert provider == found.provider


def test_a_total_says_nothing_where_thoughts_are_counted() -> None:
    """OpenAI's output has its reasoning; and of whom a framework asks is not known."""
    assert READ == read("chat", {**SPAN, "gen_ai.usage.total_tokens": 5000})
    framework = {**_with(provider_name="langgraph"), "gen_ai.usage.total_tokens": 5000}
    assert READ._replace(provider=None) == read("chat", framework)


@pytest.mark.parametrize(
    ("scope", "input_tokens"),
    [("opentelemetry.instrumentation.genai.bedrock", 150), ("app", 120), (None, 120)],
)
def test_input_without_the_cache_is_known_by_the_instrumentation(scope: str | None, input_tokens: int) -> None:
    """Some leave the cache out of the input, however small it is; 120 and 20 read and 10 written are 150."""
    span = {**SPAN, CACHE_READ: 20, CACHE_WRITTEN: 10}
    found = read("chat", span, None if scope is None else InstrumentationScope(scope))
    assert READ._replace(input_tokens=input_tokens, cached_tokens=20) == found


@pytest.mark.parametrize(
    ("input_tokens", "read_tokens", "written_tokens", "expected"),
    [(None, 20, 10, None), (-1, 20, 10, -1), (0, 20, 10, 30), (0, 20, None, 20), (5, -1, 10, 15), (5, 7, -1, 12)],
)
def test_parts_of_the_input_are_added_where_they_are_left_out(
    input_tokens: int | None, read_tokens: int, written_tokens: int | None, expected: int | None
) -> None:
    """Less input than its parts; parts that are no counts are none, and an input that is none stays what it is."""
    span = {**_with(input_tokens=input_tokens), CACHE_READ: read_tokens, CACHE_WRITTEN: written_tokens}
    found = read("chat", span)
    assert found is not None
    assert expected == found.input_tokens


@pytest.mark.parametrize(
    ("name", "scope", "span", "expected"),
    [
        # What a sampler dropped is said again by the name of the span and by the instrumentation.
        ("chat gpt-4o", "opentelemetry.instrumentation.openai_v2", {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", "openai", "gpt-4o")),
        ("chat gpt-4o", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, "gpt-4o")),
        ("chat gpt-4o", "app", {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, "gpt-4o")),
        ("chat gpt-4o", "com.anthropic.sdk.python", {"gen_ai.provider.name": "openai"}, ("inference", "chat", "openai", "gpt-4o")),
        ("chat gpt-4o", None, {"gen_ai.request.model": "other"}, ("inference", "chat", None, "other")),
        ("chat", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, None)),
        ("chat ", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, None)),
        ("chat with a friend", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, None)),
        ("embeddings e-3", None, {"gen_ai.usage.input_tokens": 5}, ("embeddings", "embeddings", None, "e-3")),
        # What the span says itself holds before its name.
        ("chat gpt-4o", None, {"gen_ai.operation.name": "embeddings"}, ("embeddings", "embeddings", None, None)),
        # A name that nobody knows: what generates tokens is inference, anything else a kind of its own.
        ("answer", None, {"gen_ai.operation.name": "dream", "gen_ai.usage.output_tokens": 5}, ("inference", "dream", None, None)),
        ("answer", None, {"gen_ai.operation.name": "dream", "gen_ai.usage.input_tokens": 5}, ("dream", "dream", None, None)),
        ("answer gpt-4o", None, {"gen_ai.usage.output_tokens": 5}, ("inference", None, None, None)),
        ("answer gpt-4o", None, {"gen_ai.usage.input_tokens": 5}, ("inference", None, None, None)),
        ("answer", None, {"gen_ai.operation.name": "speech", "gen_ai.usage.output_tokens": 5}, ("speech", "speech", None, None)),
        # No request at all.
        ("answer", None, {"gen_ai.operation.name": "dream"}, None),
        ("answer", None, {"gen_ai.request.model": "gpt-4o"}, None),
        ("answer", None, {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.output_tokens": 5}, None),
        ("chat gpt-4o", None, {"gen_ai.operation.name": "execute_tool"}, None),
        ("x._prepare_chat_with_tools", None, {"gen_ai.operation.name": "chat"}, None),
    ],
)  # fmt: skip
def test_what_the_span_does_not_say_is_said_by_its_name_and_its_instrumentation(
    name: str, scope: str | None, span: dict[str, Any], expected: tuple[str | None, ...] | None
) -> None:
    """Kind, operation, provider and request model; None where the span is no request."""
    found = read(name, span, None if scope is None else InstrumentationScope(scope))
    assert expected == (None if found is None else (found.kind, found.operation, found.provider, found.request_model))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("12", 12), ("12.5", -1), ("many", -1), (" " * 30 + "12", 12), (" " * 31 + "12", -1), (12.0, 12), (12.5, -1),
        (0, 0), (MOST_TOKENS, MOST_TOKENS), (MOST_TOKENS + 1, -1), (float(MOST_TOKENS), MOST_TOKENS), (-1, -1), (-9, -1),
        (True, -1), (False, -1), (float("nan"), -1), (float("inf"), -1), ([12], -1), (b"12", -1),
    ],
)  # fmt: skip
def test_a_count_is_a_whole_number_however_it_is_written(value: object, expected: int | None) -> None:
    """In a text of at most 32 characters, too; minus one says that what was reported is none, None that nothing was."""
    found = module._tokens(value)
    assert expected == found
    assert found is None or type(found) is int


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


@pytest.mark.parametrize(
    ("name", "span", "starts", "names"),
    [
        ("chat gpt-4o", {}, True, True),
        ("embeddings e-3", {}, True, True),
        ("chat", {}, True, True),
        ("chatter", {}, False, False),
        ("GET /chat", {}, False, False),
        ("GET /", {"gen_ai.operation.name": "chat"}, True, False),
        ("GET /", {"gen_ai.operation.name": "rerank"}, True, False),
        ("GET /", {"openinference.span.kind": "LLM"}, True, False),
        ("chat gpt-4o", {"gen_ai.operation.name": "invoke_agent"}, False, True),
        ("GET /", {}, False, False),
    ],
)
def test_a_request_is_known_when_it_starts(name: str, span: dict[str, Any], starts: bool, names: bool) -> None:
    """By the operation that it says, or else by its name."""
    assert starts == module.starts_request(name, span)
    assert names == module.names_an_operation(name)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"gen_ai.operation.name": "invoke_agent"}, True),
        ({"gen_ai.operation.name": "chat"}, False),
        ({"openinference.span.kind": "CHAIN"}, True),
        ({"openinference.span.kind": "chain"}, False),
        ({"traceloop.span.kind": "workflow"}, True),
        ({"langfuse.observation.type": "tool"}, True),
        ({"langfuse.observation.type": ["tool"]}, False),
        ({}, False),
    ],
)
def test_agents_workflows_and_tools_get_sums(span: dict[str, Any], expected: bool) -> None:
    """In whatever words a span says what it is."""
    assert expected == module.is_rolled_up(span)


@pytest.mark.parametrize(("key", "expected"), [("gen_ai.usage.output_tokens", True), ("http.request.method", False)])
def test_a_span_has_a_mark_or_is_no_request(key: str, expected: bool) -> None:
    """One is enough, whatever it says."""
    assert expected == module.reports_genai({key: None, "user.id": "7"})


def test_a_text_says_something() -> None:
    """An empty one does not, and nothing else is one."""
    assert ["x", None, None, None] == [module.text(value) for value in ("x", "", 7, ["x"])]

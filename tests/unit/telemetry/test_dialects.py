"""Other dialects: what OpenLLMetry, OpenInference, OpenLIT, Langfuse and others write is read as the same request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.inventory.hosts import Server
from otel_genai_impact.telemetry.request import Request, read

if TYPE_CHECKING:
    from tests.kit.telemetry import Telemetry

CONVENTIONS = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "r1",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 350,
    "gen_ai.usage.cache_read.input_tokens": 100,
    "gen_ai.usage.reasoning.output_tokens": 50,
}
THE_SAME = Request("inference", "chat", "openai", "gpt-4o-2024-08-06", "gpt-4o", None, "r1", 120, 350, 100, 50)

DIALECTS: dict[str, dict[str, Any]] = {
    "the conventions": CONVENTIONS,
    "the conventions, older": {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.id": "r1",
        "gen_ai.usage.prompt_tokens": 120,
        "gen_ai.usage.completion_tokens": 350,
        "gen_ai.usage.cache_read_input_tokens": 100,
        "gen_ai.usage.reasoning_tokens": 50,
    },
    "OpenLLMetry": {
        "llm.request.type": "chat",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.id": "r1",
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 350,
        "llm.usage.total_tokens": 470,
        "gen_ai.usage.cache_read_input_tokens": 100,
        "llm.usage.reasoning_tokens": 50,
    },
    "OpenInference": {
        "openinference.span.kind": "LLM",
        "llm.provider": "openai",
        "llm.model_name": "gpt-4o",
        "llm.response.model_name": "gpt-4o-2024-08-06",
        "llm.response.id": "r1",
        "llm.token_count.prompt": 120,
        "llm.token_count.completion": 350,
        "llm.token_count.total": 470,
        "llm.token_count.prompt_details.cache_read": 100,
        "llm.token_count.completion_details.reasoning": 50,
    },
    "Semantic Kernel": {**CONVENTIONS, "gen_ai.operation.name": "chat.completions"},
    "LiteLLM's callback": {**CONVENTIONS, "gen_ai.operation.name": "acompletion", "llm.request.type": "acompletion"},
    "texts and floats": {
        **CONVENTIONS,
        "gen_ai.usage.input_tokens": "120",
        "gen_ai.usage.output_tokens": 350.0,
        "gen_ai.usage.cache_read.input_tokens": "100",
        "gen_ai.usage.reasoning.output_tokens": 50.0,
    },
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_the_same_request(dialect: str) -> None:
    """Operation, provider, models, id and tokens."""
    assert read("whatever", DIALECTS[dialect]) == THE_SAME


def test_langfuse_says_usage_in_json() -> None:
    """One text, in words of its own; what is no such text says nothing."""
    span = {
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": "gpt-4o",
        "langfuse.observation.usage_details": json.dumps(
            {"input": 120, "output": 350, "total": 470, "input_cached_tokens": 100, "output_reasoning_tokens": 50}
        ),
    }
    assert read("answer", span) == Request("inference", "chat", None, None, "gpt-4o", None, None, 120, 350, 100, 50)
    for broken in ("{", "[" * 5000, "[1]", '"x"', "null", 12, ""):
        request = read("answer", {**span, "langfuse.observation.usage_details": broken})
        assert request == Request("inference", "chat", None, None, "gpt-4o", None, None, None, None, None, None)


@pytest.mark.parametrize("key", ["gen_ai.provider.name", "gen_ai.system"])
@pytest.mark.parametrize("framework", ["strands-agents", "langgraph"])
def test_a_framework_is_no_provider(framework: str, key: str) -> None:
    """Some put their own name there: who provided the model is then not said, or said elsewhere."""
    bare = {name: value for name, value in CONVENTIONS.items() if name != "gen_ai.provider.name"}
    assert read("chat", {**bare, key: framework}) == THE_SAME._replace(provider=None)
    if key == "gen_ai.system":
        assert read("chat", {**bare, key: framework, "llm.system": "openai"}) == THE_SAME


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        # The words of Langfuse: parts are beside what they are parts of, unless the total says that they are within.
        ({"input": 20, "output": 300, "input_cache_read": 100, "output_reasoning": 50}, (120, 350, 100, 50)),
        ({"input": 20, "output": 350, "total": 470, "input_cached_tokens": 100}, (120, 350, 100, None)),
        ({"input": 120, "output": 350, "total": 470, "input_cached_tokens": 100}, (120, 350, 100, None)),
        ({"input": 120, "output": 350, "input_priority": 120, "output_audio": -1}, (120, 350, None, None)),
        ({"input": -5, "output": 350, "input_cache_read": 100}, (-1, 350, 100, None)),
        ({"input": "120", "output": 350.0, "input_cache_read": 100}, (120, 350, 100, None)),
        # The words of OpenAI, of its two APIs; and of Anthropic, whose cache is beside the input.
        (
            {
                "prompt_tokens": 120,
                "completion_tokens": 350,
                "total_tokens": 470,
                "prompt_tokens_details": {"cached_tokens": 100},
                "completion_tokens_details": {"reasoning_tokens": 50},
            },
            (120, 350, 100, 50),
        ),
        (
            {
                "input_tokens": 120,
                "output_tokens": 350,
                "input_tokens_details": {"cached_tokens": 100},
                "output_tokens_details": {"reasoning_tokens": 50},
            },
            (120, 350, 100, 50),
        ),
        ({"input_tokens": 20, "output_tokens": 350, "cache_read_input_tokens": 100}, (120, 350, 100, None)),
    ],
)
def test_langfuse_s_usage_may_be_in_words_of_others(usage: dict[str, Any], counts: tuple[int | None, ...]) -> None:
    """Its callbacks translate what some providers say, and pass on what others do: input and output are those in all."""
    text = json.dumps(usage)
    request = read("answer", {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": text})
    assert request is not None
    assert counts == request[-4:]


@pytest.mark.parametrize(
    ("attributes", "operation"),
    [
        ({"openinference.span.kind": "EMBEDDING", "embedding.model_name": "m"}, "embeddings"),
        ({"openinference.span.kind": "RERANKER", "llm.model_name": "m"}, "rerank"),
        ({"llm.request.type": "embedding", "gen_ai.request.model": "m"}, "embeddings"),
        ({"gen_ai.operation.name": "embedding", "gen_ai.request.model": "m"}, "embeddings"),
        ({"gen_ai.operation.name": "image", "gen_ai.request.model": "m"}, "image_generation"),
        ({"langfuse.observation.type": "embedding"}, "embeddings"),
        # LiteLLM's callback says 0 output tokens of embeddings, too.
        ({"gen_ai.operation.name": "aembedding", "gen_ai.usage.output_tokens": 0}, "embeddings"),
        ({"gen_ai.operation.name": "aimage_generation", "gen_ai.usage.output_tokens": 5}, "image_generation"),
    ],
)
def test_other_operations_have_their_names(attributes: dict[str, Any], operation: str) -> None:
    """They are counted, and are no text inference."""
    request = read("whatever", attributes)
    assert request is not None
    assert (operation, operation) == (request.kind, request.operation)


@pytest.mark.parametrize(
    "marks",
    [
        *({"openinference.span.kind": kind} for kind in ("AGENT", "CHAIN", "TOOL", "RETRIEVER", "GUARDRAIL")),
        *({"traceloop.span.kind": kind} for kind in ("workflow", "task", "agent", "tool")),
        *({"langfuse.observation.type": kind} for kind in ("span", "agent", "tool", "chain", "event")),
        *({"gen_ai.operation.name": kind} for kind in ("vectordb", "framework", "invoke_agent", "execute_tool")),
    ],
)
def test_what_repeats_the_tokens_below_it_is_no_request(marks: dict[str, str]) -> None:
    """Agents, chains, tools and workflows, even with token counts on them."""
    counts = {"gen_ai.usage.input_tokens": 120, "gen_ai.usage.output_tokens": 350, "llm.token_count.completion": 350}
    assert read("chain", {**marks, **counts, "llm.model_name": "gpt-4o"}) is None


def test_what_llama_index_prepares_is_no_request() -> None:
    """OpenInference makes an LLM span of it; the request itself has another one."""
    span = {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.provider": "openai"}
    assert read("OpenAI._prepare_chat_with_tools", span) is None
    assert read("OpenAI.achat", span) is not None


LOGFIRE = {
    "logfire.span_type": "span",
    "request_data": '{"model":"gpt-4o"}',
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
}


def test_a_stream_in_logfire_is_one_request() -> None:
    """Its first span ends before the answer and says nothing of it; a second one, a log, says what was used."""
    assert read("Chat Completion with {request_data[model]!r}", LOGFIRE) is None
    log = {**LOGFIRE, "logfire.span_type": "log", "logfire.level_num": 9}
    for usage in ({}, {"gen_ai.usage.input_tokens": 120, "gen_ai.usage.output_tokens": 350}):
        assert read("streaming response from {request_data[model]!r} took", {**log, **usage}) is not None


@pytest.mark.parametrize(
    "more",
    [
        {"gen_ai.response.id": "r1"},
        {"gen_ai.usage.output_tokens": 350},
        {"response_data": "{}"},
        {"logfire.level_num": 17},
        {"gen_ai.operation.name": "embeddings"},
    ],
)
def test_what_is_no_stream_in_logfire_is_a_request(more: dict[str, Any]) -> None:
    """An answer without usage, an error, and what is no inference."""
    assert read("Chat Completion with {request_data[model]!r}", {**LOGFIRE, **more}) is not None


def test_the_conventions_hold_before_a_kind_of_another() -> None:
    """A span may carry both: a chat is a chat, whatever the chain around it is called."""
    request = read("chat", {**CONVENTIONS, "openinference.span.kind": "CHAIN", "traceloop.span.kind": "workflow"})
    assert request == THE_SAME
    counts = {"gen_ai.operation.name": "something of its own", "openinference.span.kind": "LLM", "llm.model_name": "m"}
    request = read("x", counts)
    assert request is not None
    assert request.operation == "chat"


@pytest.mark.parametrize(
    ("parts", "input_tokens"),
    [
        ({"gen_ai.usage.input_tokens": 20, "gen_ai.usage.cache_read.input_tokens": 100}, 120),
        ({"gen_ai.usage.input_tokens": 120, "gen_ai.usage.cache_read.input_tokens": 100}, 120),
        (
            {
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.cache_read.input_tokens": 100,
                "gen_ai.usage.cache_creation_input_tokens": 15,
                "openinference.span.kind": "LLM",
                "gen_ai.operation.name": None,
            },
            120,
        ),
        ({"gen_ai.usage.input_tokens": 20, "gen_ai.usage.cache_read.input_tokens": "lots"}, 20),
        ({"gen_ai.usage.input_tokens": 20, "gen_ai.usage.cache_read.input_tokens": -7}, 20),
    ],
)
def test_input_that_leaves_the_cache_out(parts: dict[str, Any], input_tokens: int) -> None:
    """Less input than what was read from the cache cannot include it: it is added; what is no count is not."""
    request = read("chat", {**CONVENTIONS, **parts})
    assert request is not None
    assert (input_tokens, 350) == (request.input_tokens, request.output_tokens)


@pytest.mark.parametrize(
    ("parameters", "model"),
    [
        ('{"model": "gpt-4o", "stream": true}', "gpt-4o"),
        ('{"model": ["gpt-4o"]}', None),
        ('["gpt-4o"]', None),
        ('{"model": "gpt-4o"', None),
        ('{"model": "gpt-4o", "tools": "' + "x" * 5000 + '"}', None),
    ],
)
def test_a_model_that_is_only_among_the_parameters(parameters: str, model: str | None) -> None:
    """OpenInference says it of unfinished streams only there; what is no JSON, or too long, says nothing."""
    request = read("Completions", {"openinference.span.kind": "LLM", "llm.invocation_parameters": parameters})
    assert request is not None
    assert (None, model, None) == (request.response_model, request.request_model, request.output_tokens)


def test_the_model_of_the_answer_holds_before_that_of_the_parameters() -> None:
    """What a span says of the model itself is what is read."""
    said = {"llm.model_name": "gpt-4o-mini", "llm.invocation_parameters": '{"model": "gpt-4o"}'}
    request = read("Completions", {"openinference.span.kind": "LLM", **said})
    assert request is not None
    assert "gpt-4o-mini" == request.request_model


@pytest.mark.parametrize(
    ("scope", "input_tokens"),
    [
        ("opentelemetry.instrumentation.genai.bedrock", 151),
        ("openlit.instrumentation.anthropic", 151),
        ("otel_genai_impact.instrumentation.litellm", 120),
    ],
)
def test_instrumentations_that_always_leave_the_cache_out(scope: str, input_tokens: int) -> None:
    """Of these it is known, so that also an input of more than what was read from the cache does not include it."""
    cached = {"gen_ai.usage.input_tokens": 120, "gen_ai.usage.cache_read.input_tokens": 31}
    request = read("chat", {**CONVENTIONS, **cached}, InstrumentationScope(scope))
    assert request is not None
    assert input_tokens == request.input_tokens


@pytest.mark.parametrize(
    ("provider", "total", "output_tokens"),
    [
        ("gcp.gemini", 520, 400),
        ("gcp.vertex_ai", 470, 350),
        ("gcp.gemini", 400, 350),
        ("gcp.gemini", "many", 350),
        ("openai", 520, 350),
    ],
)
def test_output_that_leaves_the_thoughts_out(provider: str, total: object, output_tokens: int) -> None:
    """Google counts thoughts beside the answer: where the total says so, they are output; elsewhere nothing is added."""
    attributes = {**CONVENTIONS, "gen_ai.provider.name": provider, "gen_ai.usage.total_tokens": total}
    request = read("chat", attributes)
    assert request is not None
    assert output_tokens == request.output_tokens


def test_a_dialect_is_estimated_like_the_conventions(telemetry: Telemetry) -> None:
    """The same energy, and one request for each in the metrics."""
    spans = [
        telemetry.end(telemetry.start(attributes | {"n": number}, name="llm"))
        for number, attributes in enumerate(
            {key: value for key, value in dialect.items() if "id" not in key.split(".")}
            for dialect in DIALECTS.values()
        )
    ]
    assert len({span["genai_impact.energy"] for span in spans}) == 1
    assert telemetry.total("genai_impact.requests") == len(DIALECTS)


@pytest.mark.parametrize(
    "where",
    [
        {"server.address": "api.groq.com"},
        {"gen_ai.openai.api_base": "https://api.groq.com/openai/v1/"},
        {
            "openai.api_base": "https://api.groq.com/openai/v1/",
            "gen_ai.operation.name": None,
            "llm.request.type": "chat",
        },
    ],
)
def test_the_host_says_who_served_it(where: dict[str, Any]) -> None:
    """In whichever attribute it stands; the provider stays what the span says."""
    attributes = {key: value for key, value in {**CONVENTIONS, **where}.items() if value is not None}
    assert read("chat", attributes) == THE_SAME._replace(served_by=Server("groq", None))


def test_the_host_of_other_providers_says_nothing() -> None:
    """Their SDKs talk to them alone."""
    request = read("chat", {**CONVENTIONS, "gen_ai.provider.name": "cohere", "server.address": "localhost"})
    assert request == THE_SAME._replace(provider="cohere")


def test_metrics_name_the_provider_of_the_span(telemetry: Telemetry) -> None:
    """The data centre is that of the host, and the assumptions say so."""
    attributes = {"server.address": "generativelanguage.googleapis.com", "gen_ai.request.model": "gemini-2.5-flash"}
    written = telemetry.request(attributes)
    assert "provider.host" in written["genai_impact.assumptions"]
    assert written["genai_impact.zone"] == "USA"
    assert telemetry.total("genai_impact.requests", **{"gen_ai.provider.name": "openai"}) == 1


ANSWER = {
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "r1",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 350,
}


@pytest.mark.parametrize(
    ("scope", "provider"),
    [
        ("opentelemetry.instrumentation.openai_v2", "openai"),
        ("opentelemetry.instrumentation.openai.v1", "openai"),
        ("opentelemetry.instrumentation.genai.openai", "openai"),
        ("opentelemetry.instrumentation.anthropic", "anthropic"),
        ("com.anthropic.sdk.python", "anthropic"),
        ("openinference.instrumentation.mistralai", "mistral_ai"),
        ("otel_genai_impact.instrumentation.groq", "groq"),
        ("openinference.instrumentation.langchain", None),
        ("opentelemetry.instrumentation.httpx", None),
        ("my.app.openai", None),
        ("", None),
    ],
)
def test_what_a_sampler_dropped_is_said_by_name_and_scope(scope: str, provider: str | None) -> None:
    """What a span started with is gone; its name has operation and model, its instrumentation the provider."""
    request = read("chat gpt-4o", ANSWER, InstrumentationScope(scope))
    expected = ("chat", provider, "gpt-4o-2024-08-06", "gpt-4o", 120, 350)
    assert request is not None
    assert expected == (
        request.operation, request.provider, request.response_model, request.request_model, request.input_tokens,
        request.output_tokens,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["chat", "chat ", "answer gpt-4o", "chat about a model", ""])
def test_a_name_without_a_model_says_none(name: str) -> None:
    """Only `{operation} {model}` does."""
    request = read(name, ANSWER)
    assert request is not None
    assert request.request_model is None


def test_what_the_span_says_holds_before_its_name_and_scope() -> None:
    """Name and scope only fill gaps."""
    said = {**ANSWER, "gen_ai.provider.name": "groq", "gen_ai.request.model": "llama"}
    request = read("chat gpt-4o", said, InstrumentationScope("opentelemetry.instrumentation.openai_v2"))
    assert request is not None
    assert (request.provider, request.request_model) == ("groq", "llama")

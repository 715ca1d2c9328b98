"""LiteLLM's instrumentation, on what LiteLLM says of itself: whom a call asks, for what, and where."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.instrumentation.litellm import LiteLLMInstrumentor

if TYPE_CHECKING:
    from otel_genai_impact.instrumentation._endpoint import Endpoint


@pytest.fixture(autouse=True)
def litellm(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """As much of the SDK as is looked at."""
    module = types.ModuleType("litellm")
    providers = ("openai", "anthropic", "mistral", "vertex_ai", "bedrock", "groq", "azure", "openrouter", "xai")
    costs = {"gpt-4o": {"litellm_provider": "openai"}, "gemini-pro": {"litellm_provider": "vertex_ai-language-models"}}
    vars(module).update(provider_list=list(providers), model_cost=costs, api_base=None, callbacks=[])
    monkeypatch.setitem(sys.modules, "litellm", module)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    return module


def _endpoint(name: str = "completion") -> Endpoint:
    return next(endpoint for endpoint in LiteLLMInstrumentor.endpoints if endpoint.name == name)


@pytest.mark.parametrize(
    ("asked", "provider", "model"),
    [
        ({"model": "openai/gpt-4o"}, "openai", "gpt-4o"),
        ({"model": "gpt-4o"}, "openai", "gpt-4o"),
        ({"model": "mistral/mistral-large-latest"}, "mistral_ai", "mistral-large-latest"),
        ({"model": "vertex_ai/claude-opus-5"}, "gcp.vertex_ai", "claude-opus-5"),
        ({"model": "gemini-pro"}, "gcp.vertex_ai", "gemini-pro"),
        ({"model": "bedrock/anthropic.claude-v2"}, "aws.bedrock", "anthropic.claude-v2"),
        ({"model": "azure/a-deployment"}, "azure.ai.openai", "a-deployment"),
        ({"model": "xai/grok-4"}, "x_ai", "grok-4"),
        ({"model": "openrouter/openai/gpt-oss-20b"}, "openrouter", "openai/gpt-oss-20b"),
        ({"model": "openai/gpt-oss-20b", "custom_llm_provider": "groq"}, "groq", "openai/gpt-oss-20b"),
        ({"model": "google/gemma-2b"}, None, "google/gemma-2b"),
        ({"model": None}, None, None),
    ],
)
def test_whom_a_call_asks(asked: dict[str, Any], provider: str | None, model: str | None) -> None:
    """The provider by its name in the conventions, the model as the provider calls it."""
    endpoint = _endpoint()
    assert (provider, model) == (endpoint.provider(None, asked), endpoint.model(None, asked))


def test_where_a_call_goes(litellm: types.ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the call says, else what was set for all, else what the environment says of its provider."""
    client = types.SimpleNamespace(base_url="http://client")
    asked: dict[str, Any] = {"model": "openai/gpt-4o"}
    find = _endpoint().base_url
    assert None is find(None, asked)
    monkeypatch.setenv("OPENAI_API_BASE", "http://environment")
    assert "http://environment" == find(None, asked)
    assert None is find(None, {"model": "groq/gpt-oss-20b"})
    vars(litellm)["api_base"] = "http://for-all"
    assert "http://for-all" == find(None, asked)
    assert "http://client" == find(None, {**asked, "client": client})
    assert "http://of-this-call" == find(None, {**asked, "client": client, "api_base": "http://of-this-call"})


def test_whose_spans_it_stands_back_for(litellm: types.ModuleType) -> None:
    """LiteLLM's own callback for OpenTelemetry, by its name or as an object of a class built on it; no other one."""
    theirs = type("OpenTelemetry", (), {"__module__": "litellm.integrations.opentelemetry"})
    built_on_it = type("Langfuse", (theirs,), {"__module__": "app"})
    for callback, expected in (("langsmith", False), (print, False), ("otel", True), (built_on_it(), True)):
        vars(litellm)["callbacks"] = [callback]
        assert expected == LiteLLMInstrumentor().stands_back(None)


class Invocation:
    """What is told of a call."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None


def cached(tokens: int) -> types.SimpleNamespace:
    """As usages say it."""
    return types.SimpleNamespace(cached_tokens=tokens)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((0, 0), {}),
        ((7, 0), {"input_tokens": 7, "output_tokens": 0}),
        ((7, 20), {"input_tokens": 7, "output_tokens": 20}),
    ],
)
def test_what_was_not_reported_is_not_told(said: tuple[int, int], told: dict[str, int]) -> None:
    """LiteLLM makes it 0; no request has neither input nor output."""
    usage = types.SimpleNamespace(prompt_tokens=said[0], completion_tokens=said[1])
    invocation = Invocation()
    _endpoint().read(invocation, types.SimpleNamespace(choices=[], usage=usage))
    assert told == vars(invocation)


def test_a_stream_says_its_usage_in_parts() -> None:
    """The input with its first chunk, the output with its last one; both are the provider's, of what was received."""
    parts = [types.SimpleNamespace(prompt_tokens=7, completion_tokens=1, prompt_tokens_details=cached(3)),
             None,
             types.SimpleNamespace(prompt_tokens=0, completion_tokens=20, prompt_tokens_details=cached(0))]  # fmt: skip
    stream = types.SimpleNamespace(chunks=[types.SimpleNamespace(usage=part) for part in parts])
    reads_stream = _endpoint().reads_stream
    assert reads_stream is not None
    invocation = Invocation()
    estimated = types.SimpleNamespace(prompt_tokens=99, completion_tokens=99)
    reads_stream(stream)(invocation, types.SimpleNamespace(choices=[], usage=estimated))
    assert {"input_tokens": 7, "output_tokens": 20, "cache_read_input_tokens": 3} == vars(invocation)

"""LiteLLM: completions, responses, embeddings, images and speech of whatever provider it asks."""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage, text
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# LiteLLM's names of providers that the conventions, or our inventory, call otherwise.
_PROVIDERS: Final = {
    "text-completion-openai": "openai",
    "anthropic_text": "anthropic",
    "azure": "azure.ai.openai",
    "azure_text": "azure.ai.openai",
    "azure_ai": "azure.ai.inference",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "bedrock_mantle": "aws.bedrock",
    "codestral": "mistral_ai",
    "text-completion-codestral": "mistral_ai",
    "cohere_chat": "cohere",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "ollama_chat": "ollama",
    "together_ai": "together",
    "watsonx": "ibm.watsonx.ai",
    "watsonx_text": "ibm.watsonx.ai",
    "xai": "x_ai",
}
_VERTEX: Final = "vertex_ai"  # and what begins so
# What makes LiteLLM answer itself, or hand the request on to itself, once for each model.
_NO_REQUEST: Final = ("mock_response", "mock_tool_calls", "mock_timeout", "fallbacks")
_FIRST: Final[Mapping[str, str]] = dict.fromkeys(("text_completion", "image_generation"), "prompt")
# Callbacks of its own that make a span of each call, or write onto the one that is current, ours.
_OWN_SPANS: Final = ("litellm.integrations.opentelemetry", "litellm.integrations.otel.")
_CALLBACKS: Final = ("callbacks", "success_callback", "_async_success_callback")

# LiteLLM's functions call each other: the outermost of a kind, embeddings or not, is the request.
_under_way: Final[ContextVar[tuple[bool, ...]]] = ContextVar("otel_genai_impact_litellm", default=())


def _asked(kwargs: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """LiteLLM's name of the provider, and the provider's name of the model: both may stand in `model`."""
    model, provider = text(kwargs.get("model")), text(kwargs.get("custom_llm_provider"))
    litellm: Any = sys.modules["litellm"]
    first, _, rest = (model or "").partition("/")
    if rest and (first == provider or (provider is None and first in litellm.provider_list)):
        return first, rest
    return provider or text(litellm.model_cost.get(model, {}).get("litellm_provider")), model


def _model(instance: object, kwargs: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    return _asked(kwargs)[1]


def _provider(instance: object, kwargs: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    name = _asked(kwargs)[0]
    if name is not None and name.startswith(_VERTEX):
        return "gcp.vertex_ai"
    return _PROVIDERS.get(name or "", name)


def _base_url(instance: object, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    """As LiteLLM looks for it; where it finds none, the answer may tell."""
    given = kwargs.get("api_base") or kwargs.get("base_url") or getattr(kwargs.get("client"), "base_url", None)
    if given:
        return given
    variable = (_asked(kwargs)[0] or "").upper()
    in_environment = (os.environ.get(f"{variable}{suffix}") for suffix in ("_BASE_URL", "_API_BASE"))
    return getattr(sys.modules["litellm"], "api_base", None) or next(filter(None, in_environment), None)


def _hidden(given: Any) -> Mapping[str, Any]:
    """What LiteLLM says of an answer besides."""
    return getattr(given, "_hidden_params", None) or {}


def _is_kept(result: Any) -> bool:
    return _hidden(result).get("cache_hit") is True


def _completion(invocation: Any, given: Any) -> None:
    _identify(invocation, given)
    _finish_reasons(invocation, given.choices)
    _usage(invocation, getattr(given, "usage", None))


def _completion_stream(stream: Any) -> Callable[[Any, Any], None]:
    """Most streams keep the provider's chunks: the usage that they give the application may be LiteLLM's estimate."""
    return partial(_chunk, stream if hasattr(stream, "chunks") else getattr(stream, "completion_stream", stream))


def _chunk(stream: Any, invocation: Any, chunk: Any) -> None:
    _identify(invocation, chunk)
    if _finish_reasons(invocation, chunk.choices) or getattr(chunk, "usage", None) is not None:
        for received in getattr(stream, "chunks", (chunk,)):
            _usage(invocation, getattr(received, "usage", None))


def _response(invocation: Any, given: Any) -> None:
    """A response, or an event of its stream, of which the last one has the response within."""
    response = getattr(given, "response", given)
    usage = getattr(response, "usage", None)
    if hasattr(response, "output"):
        _identify(invocation, response)
    if usage is not None:
        details = getattr(usage, "input_tokens_details", None), getattr(usage, "output_tokens_details", None)
        set_usage(
            invocation,
            input=usage.input_tokens,
            output=usage.output_tokens,
            cached=getattr(details[0], "cached_tokens", None),
            reasoning=getattr(details[1], "reasoning_tokens", None) or None,
        )
        add_finish_reasons(invocation, (getattr(response, "status", None),))


def _embeddings(invocation: Any, given: Any) -> None:
    _identify(invocation, given)
    set_usage(invocation, input=getattr(given.usage, "prompt_tokens", None) or None)


def _media(invocation: Any, given: Any) -> None:
    """Images, and what is said or heard: their usage, where there is any, is spelled like that of a response."""
    usage = getattr(given, "usage", None)
    set_usage(
        invocation,
        input=getattr(usage, "input_tokens", None) or None,
        output=getattr(usage, "output_tokens", None) or None,
    )


def _identify(invocation: Any, given: Any) -> None:
    """The answer's id and model. LiteLLM puts the provider before some models."""
    provider = f"{_hidden(given).get('custom_llm_provider')}/"
    model = text(getattr(given, "model", None))
    set_identity(invocation, id=getattr(given, "id", None), model=model and model.removeprefix(provider))


def _finish_reasons(invocation: Any, choices: Iterable[Any]) -> bool:
    reasons = [reason for choice in choices if (reason := getattr(choice, "finish_reason", None)) is not None]
    add_finish_reasons(invocation, reasons)
    return bool(reasons)


def _usage(invocation: Any, usage: Any) -> None:
    """LiteLLM makes what the provider did not report 0, and of a stream some say the input first, the output last."""
    if usage is None or not (usage.prompt_tokens or usage.completion_tokens):
        return
    details = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    set_usage(
        invocation,
        input=usage.prompt_tokens or None,
        output=usage.completion_tokens,
        cached=getattr(details[0], "cached_tokens", None) if usage.prompt_tokens else None,
        reasoning=getattr(details[1], "reasoning_tokens", None) or None,
    )


def _makes_spans(callback: object) -> bool:
    return callback == "otel" or any(kind.__module__.startswith(_OWN_SPANS) for kind in type(callback).__mro__)


class LiteLLMInstrumentor(SdkInstrumentor):
    """Spans for the SDK `litellm`; the router is seen through what it calls."""

    entry_point: ClassVar[str] = "litellm"
    provider: ClassVar[str] = "litellm"  # where it cannot be told
    # Before it, some streams lost the provider's usage; and 1.82.7 and 1.82.8 were somebody else's, with malware in them.
    requirement: ClassVar[str] = "litellm >= 1.83"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module=module,
            name=prefix + name,
            operation=operation,
            read=read,
            base_url=_base_url,
            model=_model,
            provider=_provider,
            output={"image_generation": "image", "speech": "speech"}.get(operation),
            kept=_is_kept,
            reads_stream=_completion_stream if read is _completion else None,
        )
        for home, name, operation, read in (
            ("litellm.main", "completion", "chat", _completion),
            ("litellm.main", "text_completion", "text_completion", _completion),
            ("litellm.responses.main", "responses", "chat", _response),
            ("litellm.main", "embedding", "embeddings", _embeddings),
            ("litellm.images.main", "image_generation", "image_generation", _media),
            ("litellm.main", "speech", "speech", _media),
            ("litellm.main", "transcription", "transcription", _media),
        )
        for prefix in ("", "a")
        # The package has names of its own for them, which it takes, or makes, before we can wrap the modules'.
        for module in (home, "litellm")
    )

    def stands_back(self, instance: object) -> bool:
        """Also where LiteLLM's own callback for OpenTelemetry is active."""
        litellm = sys.modules["litellm"]
        callbacks = (callback for name in _CALLBACKS for callback in getattr(litellm, name, ()))
        return super().stands_back(instance) or any(map(_makes_spans, callbacks))

    def _request(
        self, endpoint: Endpoint, names: tuple[str, ...], wrapped: Any, instance: Any, args: Any, kwargs: Any
    ) -> Any:
        kinds = _kinds(endpoint, kwargs)
        if kinds is None:
            return wrapped(*args, **kwargs)
        token = _under_way.set(kinds)
        try:
            return super()._request(endpoint, names, wrapped, instance, args, kwargs)
        finally:
            _under_way.reset(token)

    async def _request_async(
        self, endpoint: Endpoint, names: tuple[str, ...], wrapped: Any, instance: Any, args: Any, kwargs: Any
    ) -> Any:
        kinds = _kinds(endpoint, kwargs)
        if kinds is None:
            return await wrapped(*args, **kwargs)
        token = _under_way.set(kinds)
        try:
            # Some take their arguments as they come, and hand them on; then only the first has a known place.
            names = names or (_FIRST.get(str(endpoint.operation), "model"),)
            return await super()._request_async(endpoint, names, wrapped, instance, args, kwargs)
        finally:
            _under_way.reset(token)


def _kinds(endpoint: Endpoint, kwargs: Mapping[str, Any]) -> tuple[bool, ...] | None:
    """What is under way with this call, too; None if it is part of another one, or makes no request itself."""
    embeds, under_way = endpoint.operation == "embeddings", _under_way.get()
    if embeds in under_way or any(kwargs.get(name) for name in _NO_REQUEST):
        return None
    return (*under_way, embeds)

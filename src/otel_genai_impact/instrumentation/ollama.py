"""Ollama: chat, text and image generation, and embeddings, of a client or of the module's own functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Mapping

# By the class of the response: what all methods of a client call is told this first.
_OPERATIONS: Final = {
    "ChatResponse": "chat",
    "GenerateResponse": "text_completion",
    "EmbedResponse": "embeddings",
    "EmbeddingsResponse": "embeddings",
}
_OF_AN_IMAGE: Final = ("width", "height", "steps")


def _body(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    return arguments.get("json") or {}


def _operation(arguments: Mapping[str, Any]) -> str | None:
    """None for what runs no model: `pull`, `list`, `web_search`, ..."""
    operation = _OPERATIONS.get(getattr(arguments.get("cls"), "__name__", ""))
    is_image = operation == "text_completion" and any(name in _body(arguments) for name in _OF_AN_IMAGE)
    return "image_generation" if is_image else operation


def _base_url(client: Any, arguments: Mapping[str, Any]) -> object:  # noqa: ARG001
    return client._client.base_url  # noqa: SLF001 -- there is no public way to the HTTP client


def _model(client: object, arguments: Mapping[str, Any]) -> object:  # noqa: ARG001
    return _body(arguments).get("model")


def _parameters(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    options: dict[str, Any] = dict(_body(arguments).get("options") or {})
    most = options.get("num_predict")
    # A negative one stands for no limit.
    return {**options, "max_tokens": most} if isinstance(most, int) and most >= 0 else options


def _is_stream(arguments: Mapping[str, Any]) -> bool:
    return bool(arguments.get("stream"))


def _read(invocation: Any, given: Any) -> None:
    """A response, or a part of a stream, whose last one has the reason and the counts; embeddings have fewer fields."""
    set_identity(invocation, model=getattr(given, "model", None))
    set_usage(
        invocation,
        input=getattr(given, "prompt_eval_count", None),
        output=getattr(given, "eval_count", None),
        cached=getattr(given, "prompt_eval_cached_count", None),
    )
    if hasattr(invocation, "finish_reasons"):
        add_finish_reasons(invocation, (getattr(given, "done_reason", None),))
    if getattr(given, "image", None):
        invocation.output_type = "image"


class OllamaInstrumentor(SdkInstrumentor):
    """Spans for the SDK `ollama`.

    The module's functions are methods of a client, bound when the SDK is imported; so what is wrapped is the one method
    that all of them call to make their request, and it does not matter who holds which of them since when.
    """

    entry_point: ClassVar[str] = "ollama"
    provider: ClassVar[str] = "ollama"
    requirement: ClassVar[str] = "ollama >= 0.4"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module="ollama._client",
            name=f"{client}._request",
            operation=_operation,
            read=_read,
            base_url=_base_url,
            model=_model,
            parameters=_parameters,
            lazy=_is_stream,
        )
        for client in ("Client", "AsyncClient")
    )

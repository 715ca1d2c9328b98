"""Together: chat and text completions, embeddings, images, videos, speech, transcriptions and translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHAT_URL: Final = "https://api-inference.together.ai/v1"
# Module and class of the resource, its method, the operation, and what comes out of it if it is no text.
_REQUESTS: Final = (
    ("chat.completions", "CompletionsResource", "create", "chat", None),
    ("completions", "CompletionsResource", "create", "text_completion", None),
    ("embeddings", "EmbeddingsResource", "create", "embeddings", None),
    ("images", "ImagesResource", "generate", "image_generation", "image"),
    ("videos", "VideosResource", "create", "video_generation", "video"),
    ("audio.speech", "SpeechResource", "create", "speech", "speech"),
    ("audio.transcriptions", "TranscriptionsResource", "create", "transcription", None),
    ("audio.translations", "TranslationsResource", "create", "translation", None),
)


def _base_url(resource: Any, arguments: Mapping[str, Any]) -> object:  # noqa: ARG001
    return resource._client.base_url  # noqa: SLF001 -- a resource has no public way to its client


def _chat_url(resource: Any, arguments: Mapping[str, Any]) -> object:
    """From 3.0 on, chats go to a server of their own, unless the application names one for all."""
    client = resource._client  # noqa: SLF001
    apart = not client._base_url_overridden and not client._version.startswith("2.")  # noqa: SLF001
    return _CHAT_URL if apart else _base_url(resource, arguments)


def _field(value: Any, name: str) -> Any:
    """What the SDK has a class for is an object; what the provider sends besides stays a mapping."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value).get(name)
    return getattr(value, name, None)


def _read(invocation: Any, given: Any) -> None:
    """A response, or a chunk of a stream; they have these fields in common, and few have all."""
    set_identity(invocation, id=getattr(given, "id", None), model=getattr(given, "model", None))
    # That of a completion stands in the last chunk itself, or in its choice.
    reasons = [getattr(choice, "finish_reason", None) for choice in getattr(given, "choices", None) or ()]
    if not any(reasons):
        reasons = [getattr(given, "finish_reason", None)]
    add_finish_reasons(invocation, (reason or None for reason in reasons))
    usage = getattr(given, "usage", None)
    inputs, outputs = _field(usage, "prompt_tokens_details"), _field(usage, "completion_tokens_details")
    cached = _field(inputs, "cached_tokens")
    set_usage(
        invocation,
        input=_field(usage, "prompt_tokens"),
        output=_field(usage, "completion_tokens"),
        cached=_field(usage, "cached_tokens") if cached is None else cached,
        reasoning=_field(outputs, "reasoning_tokens"),
    )


class TogetherInstrumentor(SdkInstrumentor):
    """Spans for the SDK `together`."""

    entry_point: ClassVar[str] = "together"
    provider: ClassVar[str] = "together"
    requirement: ClassVar[str] = "together >= 2.0"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module=f"together.resources.{module}",
            name=f"{prefix}{owner}.{method}",
            operation=operation,
            read=_read,
            base_url=_chat_url if operation == "chat" else _base_url,
            output=output,
        )
        for module, owner, method, operation, output in _REQUESTS
        for prefix in ("", "Async")
    )

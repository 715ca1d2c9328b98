"""Mistral: chat and fill-in-the-middle completions, and embeddings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from otel_genai_impact.instrumentation._shared import (
    Endpoint,
    SdkInstrumentor,
    read_chat_completion,
    read_usage,
    set_identity,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def _base_url(resource: Any, kwargs: Mapping[str, Any]) -> object:
    given = kwargs.get("server_url")
    return given or resource.sdk_configuration.get_server_details()[0]


def _chat(invocation: Any, given: Any) -> None:
    """An event of a stream has the chunk within."""
    read_chat_completion(invocation, getattr(given, "data", given))


def _embeddings(invocation: Any, given: Any) -> None:
    set_identity(invocation, model=given.model)
    read_usage(invocation, given.usage)


def _tells_itself(configuration: Any) -> bool:
    """Whether the SDK's own spans go where ours would go: it can be told so in three ways."""
    setting = getattr(configuration, "telemetry", None)
    if setting is None:
        setting = os.environ.get("MISTRAL_SDK_TELEMETRY")
    if isinstance(setting, str) and setting.strip().lower() == "global":
        return True
    hooks = getattr(getattr(configuration, "_hooks", None), "before_request_hooks", ())
    return any(
        getattr(hook, "_telemetry_use_global_provider", False)
        or (getattr(hook, "tracer_provider", None) and not getattr(hook, "_auto_telemetry_provider", None))
        for hook in hooks
    )


class MistralInstrumentor(SdkInstrumentor):
    """Spans for the SDK `mistralai`. `parse` and `parse_stream` are seen through what they call."""

    entry_point: ClassVar[str] = "mistralai"
    provider: ClassVar[str] = "mistral_ai"
    requirement: ClassVar[str] = "mistralai >= 3.0"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module=f"mistralai.client.{module}", name=name + suffix, operation=operation, read=read, base_url=_base_url
        )
        for module, name, operation, read in (
            ("chat", "Chat.complete", "chat", _chat),
            ("chat", "Chat.stream", "chat", _chat),
            ("fim", "Fim.complete", "text_completion", _chat),
            ("fim", "Fim.stream", "text_completion", _chat),
            ("embeddings", "Embeddings.create", "embeddings", _embeddings),
        )
        for suffix in ("", "_async")
    )

    def stands_back(self, instance: Any) -> bool:
        """Also where the SDK makes spans of its own for the application's tracer provider."""
        return super().stands_back(instance) or _tells_itself(instance.sdk_configuration)

"""Mistral: chat, responses, agents, conversations, fill-in-the-middle completions, and embeddings; on Azure and Google Cloud, too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import (
    add_finish_reasons,
    read_chat_completion,
    read_usage,
    set_identity,
    set_usage,
)
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Mapping

# `gen_ai.provider.name` by the package of the client. Until 1.x the SDK's modules stood right in `mistralai`, where
# `mistralai.client` was something else.
_CLOUDS: Final = {"mistralai.azure.client": "azure.ai.inference", "mistralai.gcp.client": "gcp.vertex_ai"}
# The SDK's own spans call these requests the work of an agent, which is no inference, or nothing: ours are there besides.
_NOT_TOLD: Final = frozenset({"Agents", "Conversations", "Responses"})
_ENDED: Final = frozenset({"completed", "incomplete", "failed"})


def _base_url(resource: Any, kwargs: Mapping[str, Any]) -> object:
    given = kwargs.get("server_url")
    return given or resource.sdk_configuration.get_server_details()[0]


def _provider(resource: Any, kwargs: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    """Whose client the application holds; a subclass of the application's own is found by its base."""
    modules = (kind.__module__.rpartition(".")[0] for kind in type(resource).__mro__)
    return next((_CLOUDS[module] for module in modules if module in _CLOUDS), None)


def _chat(invocation: Any, given: Any) -> None:
    """An event of a stream has the chunk within."""
    read_chat_completion(invocation, getattr(given, "data", given))


def _conversation(invocation: Any, given: Any) -> None:
    """What a conversation brought new; its parts say which model wrote them, and it has no id of its own."""
    given = getattr(given, "data", given)
    for part in (given, *getattr(given, "outputs", ())):
        set_identity(invocation, model=getattr(part, "model", None))
    read_usage(invocation, getattr(given, "usage", None))


def _response(invocation: Any, given: Any) -> None:
    """A response, or an event of its stream, of which the first and the last have it within."""
    given = getattr(given, "data", given)
    given = getattr(given, "response", given)
    set_identity(invocation, id=getattr(given, "id", None), model=getattr(given, "model", None))
    status, usage = getattr(given, "status", None), getattr(given, "usage", None)
    if status in _ENDED:
        add_finish_reasons(invocation, (status,))
    set_usage(
        invocation,
        input=getattr(usage, "input_tokens", None),
        output=getattr(usage, "output_tokens", None),
        cached=getattr(getattr(usage, "input_tokens_details", None), "cached_tokens", None),
        reasoning=getattr(getattr(usage, "output_tokens_details", None), "reasoning_tokens", None),
    )


def _embeddings(invocation: Any, given: Any) -> None:
    set_identity(invocation, model=given.model)
    read_usage(invocation, given.usage)


def _tells_itself(configuration: Any) -> bool:
    """Whether the SDK's own spans go where ours would go: it can be told so in three ways.

    Until 1.x, and in the clients for clouds, it makes none that follow the conventions, whatever it is told.
    """
    hooks = getattr(getattr(configuration, "_hooks", None), "before_request_hooks", ())
    tracing = [hook for hook in hooks if hasattr(hook, "tracer_provider")]
    if not tracing:
        return False
    setting = getattr(configuration, "telemetry", None)
    if setting is None:
        setting = os.environ.get("MISTRAL_SDK_TELEMETRY")
    if isinstance(setting, str) and setting.strip().lower() == "global":
        return True
    return any(
        getattr(hook, "_telemetry_use_global_provider", False)
        or (hook.tracer_provider and not getattr(hook, "_auto_telemetry_provider", None))
        for hook in tracing
    )


_BY_MODULE: Final = (
    ("chat", "Chat.complete", "chat", _chat),
    ("chat", "Chat.stream", "chat", _chat),
    ("responses", "Responses.create", "chat", _response),
    ("agents", "Agents.complete", "chat", _chat),
    ("agents", "Agents.stream", "chat", _chat),
    ("fim", "Fim.complete", "text_completion", _chat),
    ("fim", "Fim.stream", "text_completion", _chat),
    ("embeddings", "Embeddings.create", "embeddings", _embeddings),
    *(
        ("conversations", f"Conversations.{name}", "chat", _conversation)
        for name in ("start", "append", "restart", "start_stream", "append_stream", "restart_stream")
    ),
)
_PACKAGES: Final = {
    "mistralai": {"chat", "agents", "fim", "embeddings"},
    "mistralai.client": {"chat", "agents", "fim", "embeddings", "conversations", "responses"},
    "mistralai.azure.client": {"chat"},
    "mistralai.gcp.client": {"chat", "fim"},
}


class MistralInstrumentor(SdkInstrumentor):
    """Spans for the SDK `mistralai`. `parse`, `parse_stream` and `run` are seen through what they call."""

    entry_point: ClassVar[str] = "mistralai"
    provider: ClassVar[str] = "mistral_ai"
    requirement: ClassVar[str] = "mistralai >= 1.6"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module=f"{package}.{module}",
            name=name + suffix,
            operation=operation,
            read=read,
            base_url=_base_url,
            provider=_provider,
        )
        for package, modules in _PACKAGES.items()
        for module, name, operation, read in _BY_MODULE
        if module in modules
        for suffix in ("", "_async")
    )

    def stands_back(self, instance: Any) -> bool:
        """Also where the SDK makes spans of its own, which we can read, for the application's tracer provider."""
        return super().stands_back(instance) or (
            type(instance).__name__ not in _NOT_TOLD and _tells_itself(instance.sdk_configuration)
        )

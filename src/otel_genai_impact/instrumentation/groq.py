"""Groq: chat completions and embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import read_chat_completion, read_usage, set_identity
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMPLETIONS: Final = "groq.resources.chat.completions"
_EMBEDDINGS: Final = "groq.resources.embeddings"


def _base_url(resource: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return resource._client.base_url  # noqa: SLF001 -- a resource has no public way to its client


def _chat(invocation: Any, given: Any) -> None:
    """A stream's usage comes in Groq's own field, whether it was asked for or not."""
    read_chat_completion(invocation, given)
    # To ask a model of pydantic's for a field that it does not have takes long.
    in_stream: Any = given.__dict__.get("x_groq")
    if in_stream is not None:
        read_usage(invocation, in_stream.usage)


def _embeddings(invocation: Any, given: Any) -> None:
    set_identity(invocation, model=given.model)
    read_usage(invocation, given.usage)


class GroqInstrumentor(SdkInstrumentor):
    """Spans for the SDK `groq`."""

    entry_point: ClassVar[str] = "groq"
    provider: ClassVar[str] = "groq"
    requirement: ClassVar[str] = "groq >= 1.0"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(module=module, name=f"{owner}.create", operation=operation, read=read, base_url=_base_url)
        for module, owner, operation, read in (
            (_COMPLETIONS, "Completions", "chat", _chat),
            (_COMPLETIONS, "AsyncCompletions", "chat", _chat),
            (_EMBEDDINGS, "Embeddings", "embeddings", _embeddings),
            (_EMBEDDINGS, "AsyncEmbeddings", "embeddings", _embeddings),
        )
    )

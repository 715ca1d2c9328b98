"""Cohere: chat in both versions of its API, the older text completions, embeddings and transcriptions.

Every method of a client makes its request through the client of raw responses, which applications may use themselves:
wrapped there, one request is one span, and the generators that the SDK makes of streams stay its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact.instrumentation._endpoint import Around, Endpoint, never
from otel_genai_impact.instrumentation._shared import SdkInstrumentor
from otel_genai_impact.instrumentation.cohere import _answers, _places, _streams, _threads

if TYPE_CHECKING:
    from collections.abc import Mapping

_V1: Final = "cohere.raw_base_client"
_V2: Final = "cohere.v2.raw_client"
_TRANSCRIPTIONS: Final = "cohere.audio.transcriptions.raw_client"


def _parameters(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Cohere has short names for two of them."""
    return {**kwargs, "top_p": kwargs.get("p"), "top_k": kwargs.get("k")}


class CohereInstrumentor(SdkInstrumentor):
    """Spans for the SDK `cohere`."""

    entry_point: ClassVar[str] = "cohere"
    provider: ClassVar[str] = "cohere"
    requirement: ClassVar[str] = "cohere >= 5.16"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module=module,
            name=f"{kind}{name}",
            operation=operation,
            read=read,
            base_url=_places.base_url,
            provider=_places.provider,
            parameters=_parameters,
            lazy=_streams.when_entered if name.endswith("_stream") else never,
            follow=_streams.followed if name.endswith("_stream") else None,
        )
        for module, name, operation, read in (
            (_V2, "RawV2Client.chat", "chat", _answers.chat),
            (_V2, "RawV2Client.chat_stream", "chat", _answers.chat_event),
            (_V2, "RawV2Client.embed", "embeddings", _answers.embeddings),
            (_V1, "RawBaseCohere.chat", "chat", _answers.chat_v1),
            (_V1, "RawBaseCohere.chat_stream", "chat", _answers.chat_event_v1),
            (_V1, "RawBaseCohere.generate", "text_completion", _answers.completion),
            (_V1, "RawBaseCohere.generate_stream", "text_completion", _answers.completion_event),
            (_V1, "RawBaseCohere.summarize", "text_completion", _answers.completion),
            (_V1, "RawBaseCohere.embed", "embeddings", _answers.embeddings),
            (_TRANSCRIPTIONS, "RawTranscriptionsClient.create", "transcription", _answers.transcription),
        )
        for kind in ("", "Async")
    )
    around: ClassVar[tuple[Around, ...]] = (
        Around(module="cohere.client", name="Client.embed", wrap=_threads.split),
        Around(module="cohere.base_client", name="BaseCohere.embed", wrap=_threads.in_a_thread),
    )

"""Google: content, embeddings, images and videos of Gemini's API and of Vertex AI, and interactions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from otel_genai_impact.instrumentation._endpoint import Endpoint, never
from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODELS: Final = "google.genai.models"
_INTERACTIONS: Final = "google.genai._gaos.interactions"
_VERTEX: Final = "gcp.vertex_ai"
_WORDS: Final = "step.delta"
_UNFINISHED: Final = ("queued", "in_progress")


def _of(holder: Any, name: str) -> Any:
    """The SDK takes mappings wherever it takes objects of its own."""
    if isinstance(holder, dict):
        return cast("dict[str, Any]", holder).get(name)
    return getattr(holder, name, None)


def _sum(one: Any, other: Any) -> Any:
    """Of what was reported; what is no count spoils the sum, and stands for it."""
    if one is None or other is None:
        return other if one is None else one
    for count in (one, other):
        if not isinstance(count, int) or count < 0:
            return count
    return one + other


def _base_url(models: Any, kwargs: Mapping[str, Any]) -> object:
    """The client's, unless this one call has its own."""
    own = _of(_of(kwargs.get("config"), "http_options"), "base_url")
    return own or models._api_client._http_options.base_url  # noqa: SLF001 -- there is no public way to it


def _provider(models: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return _VERTEX if models._api_client.vertexai else None  # noqa: SLF001 -- there is no public way to it


def _parameters(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    return _numbers(kwargs.get("config"))


def _numbers(config: Any) -> Mapping[str, Any]:
    names = ("temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed")
    return {"max_tokens": _of(config, "max_output_tokens"), **{name: _of(config, name) for name in names}}


def _always(kwargs: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """A generator does nothing before it is read."""
    return True


def _content(invocation: Any, given: Any) -> None:
    """A response, or one chunk of a stream: each says anew what was used so far."""
    usage, candidates = given.usage_metadata, given.candidates
    if usage is None and candidates is None:
        given = _unparsed(given)
        usage, candidates = _of(given, "usage_metadata"), _of(given, "candidates")
    if invocation.response_id is None:
        set_identity(invocation, id=_of(given, "response_id"), model=_of(given, "model_version"))
    add_finish_reasons(invocation, [_of(candidate, "finish_reason") for candidate in candidates or ()])
    if usage is not None:
        thoughts = _of(usage, "thoughts_token_count")
        set_usage(
            invocation,
            input=_sum(_of(usage, "prompt_token_count"), _of(usage, "tool_use_prompt_token_count")),
            output=_sum(_of(usage, "candidates_token_count"), thoughts),
            cached=_of(usage, "cached_content_token_count"),
            reasoning=thoughts,
        )


def _unparsed(given: Any) -> Any:
    """A response that the SDK gives as it came, where the application wants it so."""
    body = _of(_of(given, "sdk_http_response"), "body")
    if not body:
        return given

    def renamed(found: dict[str, Any]) -> dict[str, Any]:
        return {re.sub(r"(?=[A-Z])", "_", name).lower(): value for name, value in found.items()}

    return json.loads(body, object_hook=renamed)


def _embeddings(invocation: Any, given: Any) -> None:
    """Older models on Vertex AI count the tokens of each text."""
    used = _of(_of(given, "usage_metadata"), "prompt_token_count")
    if used is None:
        counts = [_of(_of(embedding, "statistics"), "token_count") for embedding in given.embeddings or ()]
        used = None if None in counts or not counts else sum(counts)
    set_usage(invocation, input=used)


def _nothing(invocation: Any, given: Any) -> None:
    """Of images and videos, the answer says nothing but themselves."""


def _body(kwargs: Mapping[str, Any]) -> Any:
    """What an interaction is asked with: one object, or arguments."""
    return _of(kwargs.get("request"), "body") or kwargs


def _interaction_model(interactions: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    """None where an agent is asked: it has the models that it likes."""
    return _of(_body(kwargs), "model")


def _interaction_parameters(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    return _numbers(_of(_body(kwargs), "generation_config"))


def _interaction_url(interactions: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return interactions.sdk_configuration.get_server_details()[0]


def _interaction_provider(interactions: Any, kwargs: Mapping[str, Any]) -> object:
    """This part of the SDK knows no Vertex AI, but its addresses."""
    prefix = str(interactions.sdk_configuration.globals.api_version)
    is_vertex = "/projects/" in prefix or "aiplatform." in str(_interaction_url(interactions, kwargs))
    return _VERTEX if is_vertex else None


def _interaction(invocation: Any, given: Any) -> None:
    """An interaction, or an event of a stream, which may hold one; most are words, and hold nothing."""
    if _of(given, "event_type") == _WORDS and _of(given, "metadata") is None:
        return
    found = _of(given, "interaction") or given
    status = _of(found, "status")
    set_identity(invocation, id=_of(found, "id"), model=_of(found, "model"))
    add_finish_reasons(invocation, () if status in _UNFINISHED else (status,))
    usage = _of(found, "usage") or _of(_of(found, "metadata"), "total_usage")
    thoughts = _of(usage, "total_thought_tokens")
    set_usage(
        invocation,
        input=_sum(_of(usage, "total_input_tokens"), _of(usage, "total_tool_use_tokens")),
        output=_sum(_of(usage, "total_output_tokens"), thoughts),
        cached=_of(usage, "total_cached_tokens"),
        reasoning=thoughts,
    )


class GoogleGenAiInstrumentor(SdkInstrumentor):
    """Spans for the SDK `google-genai`.

    Its public methods may make many requests: calls of functions, and continuations of long answers. Those that are
    wrapped make one each.
    """

    entry_point: ClassVar[str] = "google-genai"
    provider: ClassVar[str] = "gcp.gemini"
    requirement: ClassVar[str] = "google-genai >= 3.0"
    endpoints: ClassVar[tuple[Endpoint, ...]] = (
        *(
            Endpoint(
                module=_MODELS,
                name=f"{owner}.{name}",
                operation=operation,
                read=read,
                base_url=_base_url,
                provider=_provider,
                parameters=_parameters,
                output=output,
                inner=True,
                lazy=_always if (owner, name) == ("Models", "_generate_content_stream") else never,
            )
            for owner in ("Models", "AsyncModels")
            for name, operation, read, output in (
                ("_generate_content", "generate_content", _content, None),
                ("_generate_content_stream", "generate_content", _content, None),
                ("_embed_content", "embeddings", _embeddings, None),
                ("_generate_images", "image_generation", _nothing, "image"),
                ("_edit_image", "image_generation", _nothing, "image"),
                ("_upscale_image", "image_generation", _nothing, "image"),
                ("recontext_image", "image_generation", _nothing, "image"),
                ("_generate_videos", "video_generation", _nothing, "video"),
            )
        ),
        *(
            Endpoint(
                module=_INTERACTIONS,
                name=f"{owner}.create",
                operation="generate_content",
                read=_interaction,
                base_url=_interaction_url,
                model=_interaction_model,
                provider=_interaction_provider,
                parameters=_interaction_parameters,
                inner=True,
                stream_in="generator",
            )
            for owner in ("Interactions", "AsyncInteractions")
        ),
    )

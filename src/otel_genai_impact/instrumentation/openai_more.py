"""OpenAI, what the official instrumentation leaves out: images, videos, audio, moderation, legacy and beta text."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact._contain import contained
from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import add_finish_reasons, read_chat_completion, set_identity, set_usage
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_genai_impact.instrumentation._call import Call

_OFFICIAL: Final = "opentelemetry.instrumentation."
# By the module of the client's class: others serve with the same API, and have classes of their own in the SDK.
_PROVIDERS: Final = {"openai.lib.azure": "azure.ai.openai", "openai.lib.bedrock": "aws.bedrock"}


def _base_url(resource: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return resource._client.base_url  # noqa: SLF001 -- a resource has no public way to its client


def _provider(resource: Any, kwargs: Mapping[str, Any]) -> str | None:  # noqa: ARG001
    modules = (kind.__module__ for kind in type(resource._client).__mro__)  # noqa: SLF001 -- as above
    return next((_PROVIDERS[module] for module in modules if module in _PROVIDERS), None)


def _media(invocation: Any, given: Any) -> None:
    """An answer, or an event of a stream: some name an id, a model or tokens, most do not; some are mere text or bytes."""
    set_identity(invocation, id=getattr(given, "id", None), model=getattr(given, "model", None))
    usage = getattr(given, "usage", None)
    set_usage(
        invocation,
        input=getattr(usage, "input_tokens", None),
        output=getattr(usage, "output_tokens", None),
        cached=getattr(getattr(usage, "input_tokens_details", None), "cached_tokens", None),
        reasoning=getattr(getattr(usage, "output_tokens_details", None), "reasoning_tokens", None),
    )


def _response(invocation: Any, given: Any) -> None:
    """A response, or an event of a stream: the first and the last of them hold the response."""
    response = getattr(given, "response", given)
    _media(invocation, response)
    status = getattr(response, "status", None)
    if status == "completed":
        add_finish_reasons(invocation, ("stop",))
    elif status == "incomplete":
        add_finish_reasons(invocation, (getattr(getattr(response, "incomplete_details", None), "reason", None),))


def _endpoints(
    module: str,
    methods: tuple[str, ...],
    operation: str,
    read: Callable[[Any, Any], None],
    *,
    output: str | None = None,
    optional: bool = False,
) -> tuple[Endpoint, ...]:
    """The same methods of both clients."""
    return tuple(
        Endpoint(
            module=f"openai.resources.{module}",
            name=prefix + method,
            operation=operation,
            read=read,
            base_url=_base_url,
            provider=_provider,
            output=output,
            optional=optional,
        )
        for method in methods
        for prefix in ("", "Async")
    )


class OpenAIMoreInstrumentor(SdkInstrumentor):
    """Spans for the SDK `openai`, beside the official ones."""

    entry_point: ClassVar[str] = "openai-more"
    provider: ClassVar[str] = "openai"
    requirement: ClassVar[str] = "openai >= 2.0"
    endpoints: ClassVar[tuple[Endpoint, ...]] = (
        *_endpoints("completions", ("Completions.create",), "text_completion", read_chat_completion),
        *_endpoints("responses.responses", ("Responses.compact",), "chat", _response, optional=True),
        *_endpoints(
            "beta.responses.responses", ("Responses.create", "Responses.compact"), "chat", _response, optional=True
        ),
        *_endpoints("decisions", ("Decisions.create",), "decision", _media, optional=True),
        *_endpoints(
            "images", ("Images.generate", "Images.edit", "Images.create_variation"), "image_generation", _media,
            output="image",
        ),
        *_endpoints(
            "videos", ("Videos.create", "Videos.edit", "Videos.extend", "Videos.remix"), "video_generation", _media,
            output="video", optional=True,
        ),
        *_endpoints("audio.speech", ("Speech.create",), "speech", _media, output="speech"),
        *_endpoints("audio.transcriptions", ("Transcriptions.create",), "transcription", _media),
        *_endpoints("audio.translations", ("Translations.create",), "translation", _media),
        *_endpoints("moderations", ("Moderations.create",), "moderation", _media),
    )  # fmt: skip

    def _begun(self, endpoint: Endpoint, names: tuple[str, ...], instance: Any, args: Any, kwargs: Any) -> Call | None:
        """Later releases of the official instrumentation may have more methods: those are theirs."""
        with contained("looking for other instrumentations of a method"):
            if _is_wrapped_by_others(instance, endpoint.name.rpartition(".")[2]):
                return None
        return super()._begun(endpoint, names, instance, args, kwargs)


def _is_wrapped_by_others(resource: object, name: str) -> bool:
    """Whether one of the wrappers around a method, above or below ours, follows the GenAI conventions."""
    method: Any = inspect.getattr_static(type(resource), name)
    while method is not None:
        wrapper = getattr(method, "_self_wrapper", None)
        if str(getattr(wrapper, "__module__", "")).startswith(_OFFICIAL):
            return True
        method = getattr(method, "__wrapped__", None)
    return False

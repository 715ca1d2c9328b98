"""Hugging Face: what `InferenceClient` asks of models, whichever of the Inference Providers serves them."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact._contain import contained
from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage, text
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.instrumentation._call import Call

_HUGGING_FACE: Final = "huggingface"
# Hugging Face's own: its serverless inference, which also stands for a server of one's own, and its router, which does
# not say whom it chose; by these rules, if it was told any.
_ROUTER: Final = "auto"
_ITS_OWN: Final = frozenset({"hf-inference", _ROUTER, "", "fastest", "cheapest", "preferred"})
_CLIENTS: Final = (
    ("huggingface_hub.inference._client", "InferenceClient"),
    ("huggingface_hub.inference._generated._async_client", "AsyncInferenceClient"),
)

# The call that is under way, until the SDK has chosen who serves it.
_under_way: Final[ContextVar[Call | None]] = ContextVar("otel_genai_impact_huggingface_hub", default=None)


def _always(kwargs: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """The SDK may ask the hub first who serves the model; only then it makes the request."""
    return True


def _unknown_yet(instance: Any, kwargs: Mapping[str, Any]) -> None:
    """Where the request goes is seen when the SDK has prepared it."""


def _name(model: object) -> str | None:
    """A model may also be given as the URL of a server, which is no name."""
    name = text(model)
    return None if name is None or name.startswith(("http://", "https://")) else name


def _model(client: Any, kwargs: Mapping[str, Any]) -> str | None:
    return _name(kwargs.get("model")) or _name(client.model)


def _parameters(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Chat has `max_tokens`, the others the name that it had before."""
    most = kwargs.get("max_new_tokens")
    return kwargs if most is None else {**kwargs, "max_tokens": most}


def _begin(call: Call, helper: Any, kwargs: Mapping[str, Any], prepared: Any) -> None:
    """Start the call's span: the SDK has chosen a provider and a URL, and a model where none was asked for."""
    provider, model = helper.provider, _name(kwargs.get("model") or prepared.model)
    if provider == _ROUTER and model is not None:
        model, _, provider = model.partition(":")
    call.begin(provider=_HUGGING_FACE if provider in _ITS_OWN else provider, base_url=prepared.url, model=model)


def _chat(invocation: Any, given: Any) -> None:
    set_identity(invocation, id=given.id, model=given.model)
    add_finish_reasons(invocation, (choice.finish_reason for choice in given.choices or ()))
    # Groq reports a stream's usage in a field of its own, whether it was asked for or not.
    usage = given.usage or _of(getattr(given, "x_groq", None), "usage")
    set_usage(
        invocation,
        input=_of(usage, "prompt_tokens"),
        output=_of(usage, "completion_tokens"),
        cached=_of(_of(usage, "prompt_tokens_details"), "cached_tokens"),
        reasoning=_of(_of(usage, "completion_tokens_details"), "reasoning_tokens"),
    )


def _of(value: Any, name: str) -> Any:
    """What the SDK has no type for, it gives as a dictionary."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _text(invocation: Any, given: Any) -> None:
    """Only details tell of tokens; without them, text comes alone. A stream's are in its last chunk."""
    details = getattr(given, "details", None)
    if details is None:
        return
    add_finish_reasons(invocation, (details.finish_reason,))
    # `best_of` generates several sequences, of which the best is told of first, and the others beside it.
    others = [sequence.generated_tokens for sequence in getattr(details, "best_of_sequences", None) or ()]
    tokens = details.generated_tokens
    set_usage(
        invocation, input=getattr(details, "input_length", None), output=sum(others, tokens) if others else tokens
    )


def _nothing(invocation: Any, given: Any) -> None:
    """Vectors, images, sound and plain text say nothing of themselves."""


# The SDK chooses here, for every request, whom to ask and where; it makes no request itself.
_PREPARATION: Final = Endpoint(
    module="huggingface_hub.inference._providers._common",
    name="TaskProviderHelper.prepare_request",
    operation="",
    read=_nothing,
    base_url=_unknown_yet,
)


class HuggingFaceHubInstrumentor(SdkInstrumentor):
    """Spans for the SDK `huggingface_hub`. `chat.completions.create` is another name of `chat_completion`."""

    entry_point: ClassVar[str] = "huggingface-hub"
    provider: ClassVar[str] = _HUGGING_FACE
    requirement: ClassVar[str] = "huggingface-hub >= 0.36"
    endpoints: ClassVar[tuple[Endpoint, ...]] = (
        _PREPARATION,
        *(
            Endpoint(
                module=module,
                name=f"{owner}.{name}",
                operation=operation,
                read=read,
                base_url=_unknown_yet,
                model=_model,
                parameters=_parameters,
                output=output,
                lazy=_always,
            )
            for module, owner in _CLIENTS
            for name, operation, read, output in (
                ("chat_completion", "chat", _chat, None),
                ("text_generation", "text_completion", _text, None),
                ("summarization", "text_completion", _nothing, None),
                ("feature_extraction", "embeddings", _nothing, None),
                ("text_to_image", "image_generation", _nothing, "image"),
                ("image_to_image", "image_generation", _nothing, "image"),
                ("text_to_video", "video_generation", _nothing, "video"),
                ("image_to_video", "video_generation", _nothing, "video"),
                ("text_to_speech", "speech", _nothing, "speech"),
                ("automatic_speech_recognition", "transcription", _nothing, None),
                ("translation", "translation", _nothing, None),
            )
        ),
    )

    def _request(
        self, endpoint: Endpoint, names: tuple[str, ...], wrapped: Any, instance: Any, args: Any, kwargs: Any
    ) -> Any:
        if endpoint is _PREPARATION:
            prepared = wrapped(*args, **kwargs)
            with contained("starting a span for a request"):
                call = _under_way.get()
                if call is not None:
                    _begin(call, instance, kwargs, prepared)
            return prepared
        before = _under_way.set(None)
        try:
            return super()._request(endpoint, names, wrapped, instance, args, kwargs)
        finally:
            _under_way.reset(before)

    async def _request_async(
        self, endpoint: Endpoint, names: tuple[str, ...], wrapped: Any, instance: Any, args: Any, kwargs: Any
    ) -> Any:
        before = _under_way.set(None)
        try:
            return await super()._request_async(endpoint, names, wrapped, instance, args, kwargs)
        finally:
            _under_way.reset(before)

    def _begun(self, endpoint: Endpoint, names: tuple[str, ...], instance: Any, args: Any, kwargs: Any) -> Call | None:
        call = super()._begun(endpoint, names, instance, args, kwargs)
        _under_way.set(call)
        return call

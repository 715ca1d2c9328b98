"""Cohere: chat in both versions of its API, the older text completions, embeddings and transcriptions.

Every method of a client makes its request through the client of raw responses, which applications may use themselves:
wrapped there, one request is one span, and the generators that the SDK makes of streams stay its own.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final

from otel_genai_impact._contain import contained
from otel_genai_impact.instrumentation._shared import (
    Endpoint,
    SdkInstrumentor,
    add_finish_reasons,
    never,
    set_identity,
    set_usage,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping

    from otel_genai_impact.instrumentation._call import Call

_V1: Final = "cohere.raw_base_client"
_V2: Final = "cohere.v2.raw_client"
_TRANSCRIPTIONS: Final = "cohere.audio.transcriptions.raw_client"


def _base_url(client: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return client._client_wrapper.get_base_url()  # noqa: SLF001 -- a raw client has no public way to it


def _parameters(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Cohere has short names for two of them."""
    return {**kwargs, "top_p": kwargs.get("p"), "top_k": kwargs.get("k")}


def _chat(invocation: Any, given: Any) -> None:
    set_identity(invocation, id=given.data.id)
    _ended(invocation, given.data)


def _chat_event(invocation: Any, event: Any) -> None:
    """The first event has the id, the last one all else; those between them are the answer."""
    kind = getattr(event, "type", None)
    if kind == "message-start":
        set_identity(invocation, id=event.id)
    elif kind == "message-end" and event.delta is not None:
        _ended(invocation, event.delta)


def _ended(invocation: Any, said: Any) -> None:
    add_finish_reasons(invocation, (said.finish_reason,))
    _usage(invocation, said.usage)


def _chat_v1(invocation: Any, given: Any) -> None:
    _answered_v1(invocation, given.data)


def _chat_event_v1(invocation: Any, event: Any) -> None:
    """The last event carries the whole response."""
    kind = getattr(event, "event_type", None)
    if kind == "stream-start":
        set_identity(invocation, id=event.generation_id)
    elif kind == "stream-end":
        _answered_v1(invocation, event.response, event.finish_reason)


def _answered_v1(invocation: Any, said: Any, reason: object = None) -> None:
    set_identity(invocation, id=said.response_id or said.generation_id)
    add_finish_reasons(invocation, (reason or said.finish_reason,))
    _usage(invocation, said.meta)


def _completion(invocation: Any, given: Any) -> None:
    _completed(invocation, given.data)


def _completion_event(invocation: Any, event: Any) -> None:
    if getattr(event, "event_type", None) == "stream-end":
        _completed(invocation, event.response, event.finish_reason)


def _completed(invocation: Any, said: Any, reason: object = None) -> None:
    """Why it ended is said of each generation; the SDK knows no such field, and lets it through."""
    set_identity(invocation, id=said.id)
    reasons = [getattr(generation, "finish_reason", None) for generation in getattr(said, "generations", None) or ()]
    add_finish_reasons(invocation, reasons if any(reasons) else (reason,))
    _usage(invocation, getattr(said, "meta", None))


def _embeddings(invocation: Any, given: Any) -> None:
    _usage(invocation, given.data.meta)


def _transcription(invocation: Any, given: Any) -> None:
    """The answer is the text, and nothing else."""


def _usage(invocation: Any, usage: Any) -> None:
    """Cohere counts twice: the tokens that the model read and wrote, and those of them that it bills.

    Where it does not say the first, as for embeddings, the second stand for them.
    """
    if usage is None:
        return
    counts = [getattr(usage, name, None) for name in ("tokens", "billed_units")]

    def count(name: str) -> object:
        return next((value for value in (getattr(each, name, None) for each in counts) if value is not None), None)

    set_usage(
        invocation,
        input=count("input_tokens"),
        output=count("output_tokens"),
        cached=getattr(usage, "cached_tokens", None),
    )


def _when_entered(kwargs: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """A stream is a context manager first, which makes the request when it is entered."""
    return True


def _followed(manager: Any, call: Call) -> Any:
    return (_entered_async if hasattr(manager, "__aenter__") else _entered)(manager, call)


@contextmanager
def _entered(manager: Any, call: Call) -> Generator[Any]:
    """The same kind of context manager as the SDK's, around the SDK's."""
    with _requested(call), manager as response:
        _follow_events(response, call)
        yield response


@asynccontextmanager
async def _entered_async(manager: Any, call: Call) -> AsyncGenerator[Any]:
    with _requested(call):
        async with manager as response:
            _follow_events(response, call)
            yield response


@contextmanager
def _requested(call: Call) -> Generator[None]:
    """A request that ends when its context is left, if its stream did not end before."""
    with contained("starting a span for a request"):
        call.start()
    try:
        yield
    except GeneratorExit:
        call.stop()  # the SDK's generator was closed, by hand or because nobody holds it any more
        raise
    except BaseException as error:
        call.fail(error)
        raise
    call.stop()


def _follow_events(response: Any, call: Call) -> None:
    with contained("following an SDK's response"):
        response._data = call.stream(response.data)  # noqa: SLF001 -- `data` can only be read
    call.suspend()


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
            base_url=_base_url,
            parameters=_parameters,
            lazy=_when_entered if name.endswith("_stream") else never,
            follow=_followed if name.endswith("_stream") else None,
        )
        for module, name, operation, read in (
            (_V2, "RawV2Client.chat", "chat", _chat),
            (_V2, "RawV2Client.chat_stream", "chat", _chat_event),
            (_V2, "RawV2Client.embed", "embeddings", _embeddings),
            (_V1, "RawBaseCohere.chat", "chat", _chat_v1),
            (_V1, "RawBaseCohere.chat_stream", "chat", _chat_event_v1),
            (_V1, "RawBaseCohere.generate", "text_completion", _completion),
            (_V1, "RawBaseCohere.generate_stream", "text_completion", _completion_event),
            (_V1, "RawBaseCohere.summarize", "text_completion", _completion),
            (_V1, "RawBaseCohere.embed", "embeddings", _embeddings),
            (_TRANSCRIPTIONS, "RawTranscriptionsClient.create", "transcription", _transcription),
        )
        for kind in ("", "Async")
    )

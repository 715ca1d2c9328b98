"""Cohere: chat in both versions of its API, the older text completions, embeddings and transcriptions.

Every method of a client makes its request through the client of raw responses, which applications may use themselves:
wrapped there, one request is one span, and the generators that the SDK makes of streams stay its own.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from opentelemetry.context import attach, detach, get_current

from otel_genai_impact._contain import contained
from otel_genai_impact.instrumentation._endpoint import Around, Endpoint, never
from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping

    from otel_genai_impact.instrumentation._call import Call

_V1: Final = "cohere.raw_base_client"
_V2: Final = "cohere.v2.raw_client"
_TRANSCRIPTIONS: Final = "cohere.audio.transcriptions.raw_client"
# The SDK's word for a count that AWS did not send is -1.
_NOT_COUNTED: Final = (None, -1)


def _base_url(client: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return _place(client)[1]


def _provider(client: Any, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    return _place(client)[0]


def _parameters(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Cohere has short names for two of them."""
    return {**kwargs, "top_p": kwargs.get("p"), "top_k": kwargs.get("k")}


def _chat(invocation: Any, given: Any) -> None:
    set_identity(invocation, id=_of(given.data, "id"))
    _ended(invocation, given.data)


def _chat_event(invocation: Any, event: Any) -> None:
    """The first event has the id, the last one all else; those between them are the answer."""
    kind = _of(event, "type")
    if kind == "message-start":
        set_identity(invocation, id=_of(event, "id"))
    elif kind == "message-end":
        _ended(invocation, _of(event, "delta"))


def _ended(invocation: Any, said: Any) -> None:
    add_finish_reasons(invocation, (_of(said, "finish_reason"),))
    _usage(invocation, _of(said, "usage") or _of(said, "meta"))


def _chat_v1(invocation: Any, given: Any) -> None:
    _answered(invocation, given.data)


def _chat_event_v1(invocation: Any, event: Any) -> None:
    """The last event carries the whole response, where it is Cohere that serves it."""
    kind = _of(event, "event_type")
    if kind == "stream-start":
        set_identity(invocation, id=_of(event, "generation_id"))
    elif kind == "stream-end":
        _answered(invocation, _of(event, "response"), _of(event, "finish_reason"))
        _usage(invocation, _of_bedrock(event))


def _answered(invocation: Any, said: Any, reason: object = None) -> None:
    set_identity(invocation, id=_of(said, "response_id") or _of(said, "generation_id"))
    add_finish_reasons(invocation, (reason or _of(said, "finish_reason"),))
    _usage(invocation, _of(said, "meta"))


def _completion(invocation: Any, given: Any) -> None:
    _completed(invocation, given.data)


def _completion_event(invocation: Any, event: Any) -> None:
    if _of(event, "event_type") == "stream-end":
        _completed(invocation, _of(event, "response"), _of(event, "finish_reason"))
        _usage(invocation, _of_bedrock(event))


def _completed(invocation: Any, said: Any, reason: object = None) -> None:
    """Why it ended is said of each generation; the SDK knows no such field, and lets it through."""
    set_identity(invocation, id=_of(said, "id"))
    reasons = [_of(generation, "finish_reason") for generation in _of(said, "generations") or ()]
    add_finish_reasons(invocation, reasons if any(reasons) else (reason,))
    _usage(invocation, _of(said, "meta"))


def _embeddings(invocation: Any, given: Any) -> None:
    _usage(invocation, _of(given.data, "meta"))


def _transcription(invocation: Any, given: Any) -> None:
    """The answer is the text, and nothing else."""


def _usage(invocation: Any, usage: Any) -> None:
    """Cohere counts twice: the tokens that the model read and wrote, and those of them that it bills.

    Where it does not say the first, as for embeddings, the second stand for them.
    """
    counts = _of(usage, "tokens"), _of(usage, "billed_units")

    def count(name: str) -> object:
        found = (_of(each, name) for each in counts)
        return next((value for value in found if value not in _NOT_COUNTED), None)

    set_usage(
        invocation, input=count("input_tokens"), output=count("output_tokens"), cached=_of(usage, "cached_tokens")
    )


def _of_bedrock(event: Any) -> object:
    """What Bedrock adds to the last event of a stream, in Cohere's words."""
    metrics = _of(event, "amazon-bedrock-invocationMetrics")
    return {
        "tokens": {"input_tokens": _of(metrics, "inputTokenCount"), "output_tokens": _of(metrics, "outputTokenCount")}
    }


def _of(said: Any, name: str) -> Any:
    """A part of an answer; what a release of the SDK does not know by name yet, it leaves a dictionary."""
    if isinstance(said, dict):
        return cast("dict[str, Any]", said).get(name)
    return getattr(said, name, None)


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


class _Options(dict[str, Any]):
    """The options of a request, with the context in which it was asked for."""

    def __init__(self, given: Any) -> None:
        super().__init__(cast("dict[str, Any]", given) if isinstance(given, dict) else {})
        self.given: Any = given
        self.context = get_current()


def _split(wrapped: Any, client: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG001
    """The older client's `embed` makes its requests in threads, where nothing is known of the application's span."""
    if args:
        return wrapped(*args, **kwargs)  # it takes none, and says so
    return wrapped(**{**kwargs, "request_options": _Options(kwargs.get("request_options"))})


def _in_a_thread(wrapped: Any, client: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG001
    """The options bring the context there; the SDK gets them as they were."""
    options = kwargs.get("request_options")
    if not isinstance(options, _Options):
        return wrapped(*args, **kwargs)
    token = attach(options.context)
    try:
        return wrapped(*args, **{**kwargs, "request_options": options.given})
    finally:
        detach(token)


def _place(client: Any) -> tuple[str | None, object]:
    """Whose service a client asks, if it is not Cohere's, and where.

    The SDK's clients of clouds give their HTTP client a hook that turns each request into one to the cloud.
    """
    wrapper = client._client_wrapper  # noqa: SLF001 -- a raw client has no public way to it
    hooks = getattr(wrapper.httpx_client.httpx_client, "event_hooks", {})
    for hook in hooks.get("request", ()):
        cloud = _CLOUDS.get(getattr(hook, "__module__", ""))
        if cloud is not None:
            with contained("finding out which cloud a client of Cohere's asks"):
                names = hook.__code__.co_freevars
                cells = (cell.cell_contents for cell in hook.__closure__)
                return cloud(hook.__globals__, dict(zip(names, cells, strict=True)))
            return None, None
    return None, wrapper.get_base_url()


def _aws(module: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, object]:
    service, region = found["service"], found["aws_region"]
    return f"aws.{service}", module["get_url"](platform=service, aws_region=region, model="", stream=False)


def _oracle(module: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, object]:
    return "oci", module["get_oci_url"](region=found["oci_region"], endpoint="chat")


_CLOUDS: Final = {"cohere.aws_client": _aws, "cohere.oci_client": _oracle}


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
            provider=_provider,
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
    around: ClassVar[tuple[Around, ...]] = (
        Around(module="cohere.client", name="Client.embed", wrap=_split),
        Around(module="cohere.base_client", name="BaseCohere.embed", wrap=_in_a_thread),
    )

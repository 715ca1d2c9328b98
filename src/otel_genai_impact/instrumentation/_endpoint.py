"""One entry of the table that says what of an SDK makes a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_genai_impact.instrumentation._call import Call


def never(kwargs: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """Most endpoints make their request when they are called."""
    return False


def asked_model(instance: object, kwargs: Mapping[str, Any]) -> object:  # noqa: ARG001
    """Most endpoints take the model as an argument of this name."""
    return kwargs.get("model")


def kept_nothing(result: object) -> bool:  # noqa: ARG001
    """Most SDKs keep no answers to give them again."""
    return False


def of_the_sdk(instance: object, kwargs: Mapping[str, Any]) -> None:
    """Most SDKs are those of one provider."""


def as_given(kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Most endpoints take the parameters of a request as arguments of their own."""
    return kwargs


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method, or function, of an SDK that makes a request.

    Whether it gives a stream is seen by what it gave, not by what it was asked. What looks at a call gets the object that
    the method belongs to (None for a function), and the arguments by their names, however they were given.

    Attributes:
        module: where it is defined.
        name: class and method, `Completions.create`; or a function, `completion`.
        operation: `chat`, `text_completion`, `generate_content`, `embeddings`, or one of those that no method covers yet:
            `image_generation`, `video_generation`, `speech`, `transcription`, `translation`, ...; or, where one method
            makes requests of several kinds, what tells it by the arguments, None for one that runs no model.
        read: writes what a response, or one chunk of a stream, says of itself.
        base_url: the base URL of a call.
        model: the model that is asked for.
        provider: `gen_ai.provider.name`, where not all calls of the SDK have the same; None: the instrumentor's.
        parameters: where numbers such as `temperature` and `max_tokens` are found, by these names.
        output: `gen_ai.output.type`, where it is no text: `image`, `video`, `speech`.
        lazy: whether a call with these arguments makes its request only when its stream is read.
        follow: what the application gets for a result that is neither a response nor a stream of itself; None: it is.
        inner: whether the SDK reads the stream itself, in a generator of its own: closing that one drops the stream.
        stream_in: the attribute of a stream in which the SDK looks for its generator; None: it reads the stream itself.
        optional: whether some of the releases that are supported do not have it, or its module.
        kept: whether a call gave what the SDK has kept of an earlier one, so that it made no request.
        reads_stream: makes of a stream what reads its chunks, where they do not say all; None: `read` does.
    """

    module: str
    name: str
    operation: str | Callable[[Mapping[str, Any]], str | None]
    read: Callable[[Any, Any], None]
    base_url: Callable[[Any, Mapping[str, Any]], object]
    model: Callable[[Any, Mapping[str, Any]], object] = asked_model
    provider: Callable[[Any, Mapping[str, Any]], object] = of_the_sdk
    parameters: Callable[[Mapping[str, Any]], Mapping[str, Any]] = as_given
    output: str | None = None
    lazy: Callable[[Mapping[str, Any]], bool] = never
    inner: bool = False
    stream_in: str | None = None
    follow: Callable[[Any, Call], Any] | None = None
    optional: bool = False
    kept: Callable[[Any], bool] = kept_nothing
    reads_stream: Callable[[Any], Callable[[Any, Any], None]] | None = None

    def operation_of(self, arguments: Mapping[str, Any]) -> str | None:
        """The operation of a call; None if it runs no model."""
        return self.operation if isinstance(self.operation, str) else self.operation(arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A method that makes no request itself, but has to be wrapped for those that it makes.

    Attributes:
        module: where it is defined.
        name: class and method.
        wrap: gets the method, the object that it belongs to, and the arguments by position and by name.
    """

    module: str
    name: str
    wrap: Callable[[Any, Any, tuple[Any, ...], Mapping[str, Any]], Any]

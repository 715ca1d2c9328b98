"""Cohere's streams: context managers first, which make their request when they are entered."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from otel_genai_impact._contain import contained

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping

    from otel_genai_impact.instrumentation._call import Call


def when_entered(kwargs: Mapping[str, Any]) -> bool:  # noqa: ARG001
    """A stream is a context manager first, which makes the request when it is entered."""
    return True


def followed(manager: Any, call: Call) -> Any:
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

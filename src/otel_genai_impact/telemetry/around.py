"""Running all of a function within a block: of functions, coroutine functions, generators and asynchronous generators.

A generator runs in steps, between which its caller runs: each step is in the block, and what the caller does is not.
"""

from __future__ import annotations

from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from contextlib import AbstractContextManager


def around(function: Callable[..., Any], block: AbstractContextManager[Any]) -> Any:
    """A function of the same kind, that runs in a block which can be entered again."""
    if iscoroutinefunction(function):

        @wraps(function)
        async def within_coroutine(*args: Any, **keywords: Any) -> Any:
            with block:
                return await function(*args, **keywords)

        return within_coroutine
    if isasyncgenfunction(function):
        return _around_asynchronous_generator(function, block)
    if isgeneratorfunction(function):
        return _around_generator(function, block)

    @wraps(function)
    def within(*args: Any, **keywords: Any) -> Any:
        with block:
            return function(*args, **keywords)

    return within


def _around_generator(function: Callable[..., Any], block: AbstractContextManager[Any]) -> Callable[..., Any]:
    @wraps(function)
    def steps(*args: Any, **keywords: Any) -> Generator[Any, Any, Any]:
        generator = function(*args, **keywords)
        step: Callable[[Any], Any] = generator.send
        said: Any = None
        while True:
            try:
                with block:
                    item = step(said)
            except StopIteration as end:
                return end.value
            try:
                said = yield item
                step = generator.send
            except GeneratorExit:
                with block:
                    generator.close()
                raise
            except BaseException as error:  # noqa: BLE001 -- the caller's, for the generator to handle
                step, said = generator.throw, error

    return steps


def _around_asynchronous_generator(
    function: Callable[..., Any], block: AbstractContextManager[Any]
) -> Callable[..., Any]:
    @wraps(function)
    async def steps(*args: Any, **keywords: Any) -> AsyncGenerator[Any, Any]:
        generator = function(*args, **keywords)
        step: Callable[[Any], Any] = generator.asend
        said: Any = None
        while True:
            try:
                with block:
                    item = await step(said)
            except StopAsyncIteration:
                return
            try:
                said = yield item
                step = generator.asend
            except GeneratorExit:
                with block:
                    await generator.aclose()
                raise
            except BaseException as error:  # noqa: BLE001 -- the caller's, for the generator to handle
                step, said = generator.athrow, error

    return steps

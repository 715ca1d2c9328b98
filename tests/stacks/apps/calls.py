"""What the applications share: named calls, made one after the other, each in a span of the application's own."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import trace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Made = Callable[["Asked"], "Awaitable[None] | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call to make.

    Attributes:
        prompt: what to say to the model.
        requests: how many requests the call shall come to.
    """

    model: str
    prompt: str
    requests: int


_CALLS: Final[dict[str, Made]] = {}


def call(name: str) -> Callable[[Made], Made]:
    """Makes a function one of the application's calls."""

    def register(function: Made) -> Made:
        _CALLS[name] = function
        return function

    return register


def package(name: str) -> Any:
    """A package that is in the environment of its own stack alone, so that no type checker finds it."""
    return import_module(name)


def start() -> None:
    """Starts what the variable names, `module:function` or `module:Instrumentor`, as an application does in its code."""
    for name in os.environ.get("APP_STARTS", "").split():
        module, _, function = name.partition(":")
        made = getattr(import_module(module), function)()
        if hasattr(made, "instrument"):
            made.instrument()


def run_all() -> None:
    """Makes the calls that the first argument names: a JSON object from call to model and number of requests."""
    start()
    wanted: dict[str, tuple[str, int]] = json.loads(sys.argv[1])
    tracer = trace.get_tracer("app")
    # One loop for all: some frameworks keep their clients, which belong to one.
    with asyncio.Runner() as runner:
        for name, (model, requests) in wanted.items():
            asked = Asked(model=model, prompt=f"Please: {name}", requests=requests)
            with tracer.start_as_current_span(f"app: {name}"):
                made = _CALLS[name](asked)
                if inspect.iscoroutine(made):
                    runner.run(made, context=copy_context())


def in_threads(function: Callable[[Asked], object], asked: Asked) -> None:
    """Calls it once for each request, all at the same time; threads know nothing of the span around the call."""
    with ThreadPoolExecutor(asked.requests) as pool:
        for _ in pool.map(function, [asked] * asked.requests):
            pass


async def in_tasks(function: Callable[[Asked], Any], asked: Asked) -> None:
    """Calls it once for each request, all at the same time; tasks know the span around the call."""
    await asyncio.gather(*(function(asked) for _ in range(asked.requests)))

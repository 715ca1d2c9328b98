"""What the applications under test share: named calls, run one after the other, each told as one line of JSON.

With or without instrumentation the lines must be the same, so they hold no ids and no times.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from opentelemetry import trace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Call = Callable[["Seen"], "Awaitable[None] | None"]

T = TypeVar("T")


@dataclass(kw_only=True)
class Seen:
    """What the application sees of one call.

    Attributes:
        model: the model to ask.
        prompt: what to say to it; the provider server chooses its answer by it.
        classes: what `isinstance` goes by, of each result.
        types: what each result truly is.
        answer: the text, or what else the call gave.
    """

    model: str
    prompt: str
    classes: list[str] = field(default_factory=list[str])
    types: list[str] = field(default_factory=list[str])
    answer: object = None
    error: str | None = None

    def result(self, value: T) -> T:
        """Notes the type of a value that the SDK gave, and gives it on."""
        for names, kind in ((self.classes, value.__class__), (self.types, type(value))):
            name = f"{kind.__module__}.{kind.__qualname__}"
            if names[-1:] != [name]:
                names.append(name)
        return value


_CALLS: Final[dict[str, Call]] = {}


def call(name: str) -> Callable[[Call], Call]:
    """Makes a function one of the application's calls."""

    def register(function: Call) -> Call:
        _CALLS[name] = function
        return function

    return register


def registered(name: str) -> Call:
    """The call of this name."""
    return _CALLS[name]


def run_all() -> None:
    """Makes the calls that the first argument names, a JSON object from call to model, each in a span of its own."""
    models: dict[str, str] = json.loads(sys.argv[1])
    tracer = trace.get_tracer("app")
    for name, model in models.items():
        seen = Seen(model=model, prompt=name)
        with tracer.start_as_current_span(f"app: {name}"):
            _make(_CALLS[name], seen)
        print(json.dumps({"call": name, **vars(seen)}), flush=True)


def _make(function: Call, seen: Seen) -> None:
    try:
        made = function(seen)
        if inspect.iscoroutine(made):
            asyncio.run(made)
    except Exception as error:  # noqa: BLE001 -- whatever an SDK raises is a result to compare
        seen.error = f"{type(error).__module__}.{type(error).__qualname__}: {error}"

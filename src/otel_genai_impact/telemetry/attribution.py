"""Whom a request is for, as the application says in `attribute_to`.

It becomes attributes of the request's span, and of the metrics where the user allows that (`attributing.py`). Nothing of it
leaves the process but with the telemetry: it is no baggage, and in no header of any request.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained, log_once
from otel_genai_impact.telemetry.around import around
from otel_genai_impact.telemetry.plans import short
from otel_genai_impact.telemetry.scope import Scope, current, enter, leave

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token

    from opentelemetry.context import Context

MOST_KEYS: Final = 16
_LONGEST_KEY: Final = 100
_LARGEST_NUMBER: Final = 10**100
# What others write, and what we do: nobody is charged by writing over it.
_TAKEN: Final = ("gen_ai.", "genai_impact.", "otel.")

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def attribute_to(attributes: Mapping[str, object] | None = None, /, **names: object) -> AttributedTo:
    """Say whom the requests are for that start in this block, or while this function runs.

    As `with`, `async with` or decorator of functions, coroutine functions and generators:

        with attribute_to(tenant="acme", feature="search"):
            client.chat.completions.create(...)

    Args:
        attributes: names and values, for names that are no words of Python: `{"tenant.id": "acme"}`.
        **names: the same.

    An inner block adds to the outer one, and its value holds where both name one; None takes a name away. Values are
    texts, numbers or truth values. What cannot be used is one line in the log. Never raises.
    """
    return AttributedTo(attributes, names)


class AttributedTo:
    """A block of `attribute_to`. May be entered again, and in several threads or tasks at a time."""

    def __init__(self, attributes: Mapping[str, object] | None, names: Mapping[str, object]) -> None:
        self._names: Mapping[str, str | None] = {}
        with contained("reading the names of attribute_to"):
            if attributes is not None and not isinstance(attributes, Mapping):
                log_once(
                    logging.WARNING, "attribute_to: what it is given is no mapping of names to values; it is ignored"
                )
                attributes = None
            self._names = _usable({**(attributes or {}), **names})
        self._entered: dict[int, tuple[Scope, Token[Context]]] = {}

    def __enter__(self) -> Self:
        with contained("entering attribute_to"):
            outer = current()
            joined = {**outer.attribution, **self._names}
            said = {key: value for key, value in joined.items() if value is not None}
            if len(said) > MOST_KEYS:
                log_once(
                    logging.WARNING, f"attribute_to: more than {MOST_KEYS} names at a time; the last ones are ignored"
                )
                said = dict(list(said.items())[:MOST_KEYS])
            scope = outer._replace(attribution=said)
            self._entered[id(scope)] = scope, enter(scope)
        return self

    def __exit__(self, *_: object) -> None:
        with contained("leaving attribute_to"):
            # Which of its entries this is, the context says: each thread and each task has its own.
            entered = self._entered.pop(id(current()), None)
            if entered is not None:
                leave(*entered)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()

    def __call__(self, function: _Function) -> _Function:
        """The function, all of which runs in a block of these names."""
        return around(function, self)


def _usable(names: Mapping[str, object]) -> dict[str, str | None]:
    usable: dict[str, str | None] = {}
    for key, value in names.items():
        if not isinstance(key, str) or not key or len(key) > _LONGEST_KEY or key.startswith(_TAKEN):
            log_once(
                logging.WARNING, f"attribute_to: {key!r:.{_LONGEST_KEY}} is no name that can be used; it is ignored"
            )
        elif value is None:
            usable[key] = None
        elif text := _text(value):
            usable[key] = short(text)
            if usable[key] != text:
                log_once(
                    logging.WARNING, f"attribute_to: the value of {key!r} is too long for a name; it is {semconv.OTHER}"
                )
        else:
            log_once(logging.WARNING, f"attribute_to: the value of {key!r} is no text and no number; it is ignored")
    return usable


def _text(value: object) -> str | None:
    """A value as a text; None if it can be none, such as what is no number."""
    match value:
        case str():
            return str.__str__(value)  # of a member of an enumeration the value, not its name
        case bool():
            return str(value).lower()
        case int() if abs(value) <= _LARGEST_NUMBER:  # Python refuses to write one of thousands of digits
            return str(value)
        case float() if isfinite(value):
            return str(value)
        case _:
            return None

"""What an application of test_stacks.py calls through its stack of instrumentations, and what shall come of each call."""

from __future__ import annotations

import os
import pkgutil
import tomllib
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Answer
from tests.stacks import plans

if TYPE_CHECKING:
    from collections.abc import Mapping

ESTIMATED: Final = "estimated"
FAILED: Final = "error"
APPS: Final = Path(__file__).parent / "apps"
PINNED: Final = Path(__file__).parents[2] / "constraints" / "stacks.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that the application makes. No two have the same model: spans and metric points are told apart by it.

    Attributes:
        model: the model to ask.
        answers: to the first request, the second and so on; the last one to all further ones.
        requests: how many requests to the model the call comes to.
        cache_is_apart: whether the provider counts the tokens of its cache beside the input, as Anthropic does.
        aliases: what some instrumentations call the model instead.
    """

    model: str
    answers: tuple[Answer, ...] = (Answer(),)
    requests: int = 1
    cache_is_apart: bool = False
    aliases: tuple[str, ...] = ()

    def sent_tokens(self) -> list[tuple[int, int]]:
        """Input, with that of the cache, and output of each request, as the server said it, sorted."""
        return sorted(self._tokens_of(self.answers[min(n, len(self.answers) - 1)]) for n in range(self.requests))

    def _tokens_of(self, answer: Answer) -> tuple[int, int]:
        beside = (answer.cached_tokens, answer.cache_write_tokens) if self.cache_is_apart else ()
        counts = (answer.input_tokens, answer.output_tokens, *beside)
        received, generated, *cache = [count for count in counts if isinstance(count, int)]
        return received + sum(cache), generated


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One application, and the instrumentations that it runs under.

    Attributes:
        app: the file in apps/ that makes the calls.
        calls: what it calls, in this order.
        reporters: the scopes of the spans that report its requests; where there are several, requests are seen twice.
        outcomes: of the calls that have no estimate, why not: a value of `genai_impact.not_estimated`.
        told_tokens: input and output of the calls whose instrumentation tells others than those that the server sent.
        environment: more variables for the application.
        rolls_up: whether the spans of requests are below that of the application.
        rolled_up: by name, spans of an agent and of its tool, and how many requests each shall say are below it.
    """

    app: str
    calls: Mapping[str, Call]
    reporters: frozenset[str]
    outcomes: Mapping[str, str] = field(default_factory=dict[str, str])
    told_tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    rolls_up: bool = True
    rolled_up: Mapping[str, int] = field(default_factory=dict[str, int])

    def outcome(self, call: str) -> str:
        """`estimated`, or why not."""
        failed = self.calls[call].answers[0].error_status is not None
        return self.outcomes.get(call, FAILED if failed else ESTIMATED)

    def tokens(self, call: str) -> list[tuple[int, int]]:
        """Input and output of each request of a call, as its spans should say it, sorted."""
        planned = self.calls[call]
        return [self.told_tokens[call]] * planned.requests if call in self.told_tokens else planned.sent_tokens()


def names() -> list[str]:
    """The stacks that have a plan."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(plans.__path__))


def stack_named(name: str) -> Stack:
    """The plan of a stack.

    Raises:
        LookupError: there is none of this name.
    """
    if name not in names():
        raise LookupError(f"there is no stack {name!r}; there are {names()}")
    stack = import_module(f"tests.stacks.plans.{name.replace('-', '_')}").STACK
    assert isinstance(stack, Stack)
    return stack


def name_in_this_environment() -> str:
    """The stack that this environment was made for.

    Raises:
        LookupError: the environment says none.
    """
    try:
        return os.environ["TEST_STACK"]
    except KeyError:
        raise LookupError("each stack is tested in an environment of its own; try: nox -s 'stacks(NAME)'") from None


def starter_of(name: str) -> list[str] | None:
    """The command that starts an application of this stack; None: `opentelemetry-instrument`; empty: it starts itself."""
    starter: list[str] | None = tomllib.loads(PINNED.read_text("utf-8"))[name].get("starter")
    return starter

"""What an application of test_instrumentations.py calls, and what shall come of each call."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from packaging.version import Version

from tests.kit.answers import Answer
from tests.kit.sdk_run import PlannedCall

if TYPE_CHECKING:
    from collections.abc import Mapping

ESTIMATED: Final = "estimated"

# What the server answers to a call of this name, where it is not an ordinary answer.
_ANSWERS: Final[Mapping[str, Mapping[str, object]]] = {
    "error": {"error_status": 400},
    "async error": {"error_status": 400},
    "error of a stream": {"error_status": 400},
    "stream broken": {"words_until_break": 2},
    "async cancelled": {"delay_s": 0.4},
    "usage left out": {"usage_reported": False},
    "retried": {"failures": 1},
    "async retried": {"failures": 1},
    "tool calls": {"calls_a_tool": True},
    "tool calls streamed": {"calls_a_tool": True},
    "async tool calls": {"calls_a_tool": True},
    "parsed": {"text": '{"text": "Hello"}'},
    "streamed": {"word_delay_s": 0.002},
}
# The same for all: what the application makes of the request, or what the answer says, decides.
_OUTCOMES: Final = {
    "error": "error",
    "async error": "error",
    "error of a stream": "error",
    "stream closed early": "no_usage",
    "async stream closed early": "no_usage",
    "stream abandoned": "error",
    "stream broken": "error",
    "async cancelled": "error",
    "streaming response unread": "no_usage",
    "embeddings": "unsupported_operation",
    "async embeddings": "unsupported_operation",
    "unknown model": "unknown_model",
    "invalid usage": "invalid_usage",
    "usage left out": "no_usage",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkPlan:
    """One SDK.

    Attributes:
        provider: `gen_ai.provider.name` of its spans.
        calls: what the application calls, in this order.
        models: of the inventory; as many at least as calls that have an estimate.
        operations: of the calls that are no `chat`.
        providers: of the calls to another one.
        outcomes: what comes of a call, where it is not what comes of a call of this name to every SDK.
        answers: what the server answers to a call, where it is not what a call of this name gets from every SDK.
        stops_with: why most answers end.
        finish_reasons: of the calls that end neither with that nor with `tool_calls`.
        gives: what this SDK's answers bring: `id`, `cached`, `reasoning`.
        withholds: of the calls whose answers bring less, what they do not: also `model` and `input`.
        lacks: what they do not say, as most SDKs' do: `model`.
        impossible: why the SDK cannot make a call that others make, where there is more to say than that it has none.
        since: the release of the SDK from which on a call is made, where older ones are supported that do not have it.
        distribution: what that release is one of.
        modules: what is imported of the SDK; None: the module of its own name.
        own_environment: whether it goes with none that has the other SDKs: its tests run in one of its own.
    """

    provider: str
    calls: tuple[str, ...]
    models: tuple[str, ...]
    operations: Mapping[str, str] = field(default_factory=dict[str, str])
    providers: Mapping[str, str] = field(default_factory=dict[str, str])
    outcomes: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, "Mapping[str, object]"])
    stops_with: str = "stop"
    finish_reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    gives: frozenset[str] = frozenset()
    withholds: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    lacks: frozenset[str] = frozenset()
    impossible: Mapping[str, str] = field(default_factory=dict[str, str])
    since: Mapping[str, str] = field(default_factory=dict[str, str])
    distribution: str = ""
    modules: tuple[str, ...] | None = None
    own_environment: bool = False

    @property
    def made(self) -> tuple[str, ...]:
        """The calls that the release that is installed has."""
        if not self.since:
            return self.calls
        release = Version(version(self.distribution))
        return tuple(call for call in self.calls if release >= Version(self.since.get(call, "0")))

    def plan(self) -> dict[str, PlannedCall]:
        """No two calls have the same model or the same tokens."""
        models = iter(self.models)
        return {
            call: PlannedCall(
                model=next(models) if self.outcome(call) == ESTIMATED else f"none-{number}",
                answer=self._answer(call, number),
            )
            for number, call in enumerate(self.made)
        }

    def outcome(self, call: str) -> str:
        """`estimated`, or why not."""
        return self.outcomes.get(call, _OUTCOMES.get(call, ESTIMATED))

    def operation(self, call: str) -> str:
        """What its span says that it is."""
        return "embeddings" if call.endswith("embeddings") else self.operations.get(call, "chat")

    def provider_of(self, call: str) -> str:
        """Whom its span names."""
        return self.providers.get(call, self.provider)

    def finish_reasons_of(self, call: str) -> tuple[str, ...]:
        """Why its answer ended."""
        return self.finish_reasons.get(call, ("tool_calls" if "tool calls" in call else self.stops_with,))

    def gives_of(self, call: str) -> frozenset[str]:
        """What its answer brings, beside the output tokens."""
        return (self.gives | {"model", "input"}) - self.lacks - self.withholds.get(call, frozenset())

    @staticmethod
    def server(call: str) -> str:
        """Where its client sends it."""
        return "localhost" if call == "another server" else "127.0.0.1"

    @staticmethod
    def is_streamed(call: str) -> bool:
        """Whether its answer comes in chunks."""
        return "stream" in call and call != "streaming response"

    def _answer(self, call: str, number: int) -> Answer:
        output: int = -5 if call == "invalid usage" else 100 + number
        usual = {"input_tokens": 20 + number, "output_tokens": output, "cached_tokens": 3, "reasoning_tokens": 2}
        return Answer(**{**usual, **_ANSWERS.get(call, {}), **self.answers.get(call, {})})  # type: ignore[arg-type]

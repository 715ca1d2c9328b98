"""What the applications of test_instrumentations.py call, SDK by SDK, and what shall come of each call."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Answer
from tests.kit.sdk_run import PlannedCall

if TYPE_CHECKING:
    from collections.abc import Mapping

APPS: Final = Path(__file__).parent / "apps"
ESTIMATED: Final = "estimated"
NONE: Final = "the SDK has none"

# What the server answers to a call of this name, where it is not an ordinary answer.
_ANSWERS: Final[Mapping[str, Mapping[str, object]]] = {
    "error": {"error_status": 400},
    "async error": {"error_status": 400},
    "error of a stream": {"error_status": 400},
    "stream broken": {"words_until_break": 2},
    "async cancelled": {"delay_s": 0.4},
    "usage left out": {"usage_reported": False},
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
        gives: what this SDK's answers bring: `id`, `cached`, `reasoning`.
    """

    provider: str
    calls: tuple[str, ...]
    models: tuple[str, ...]
    operations: Mapping[str, str] = field(default_factory=dict[str, str])
    gives: frozenset[str] = frozenset()

    def plan(self) -> dict[str, PlannedCall]:
        """No two calls have the same model or the same tokens."""
        models = iter(self.models)
        return {
            call: PlannedCall(
                model=next(models) if self.outcome(call) == ESTIMATED else f"none-{number}",
                answer=_answer(call, number),
            )
            for number, call in enumerate(self.calls)
        }

    @staticmethod
    def outcome(call: str) -> str:
        """`estimated`, or why not."""
        return _OUTCOMES.get(call, ESTIMATED)

    def operation(self, call: str) -> str:
        """What its span says that it is."""
        return "embeddings" if call.endswith("embeddings") else self.operations.get(call, "chat")


def _answer(call: str, number: int) -> Answer:
    output: int = -5 if call == "invalid usage" else 100 + number
    usual = {"input_tokens": 20 + number, "output_tokens": output, "cached_tokens": 3, "reasoning_tokens": 2}
    return Answer(**{**usual, **_ANSWERS.get(call, {})})  # type: ignore[arg-type]


SDKS: Final[Mapping[str, SdkPlan]] = {
    "groq": SdkPlan(
        provider="groq",
        calls=(
            "chat", "streamed", "stream in a with statement", "stream closed early", "stream abandoned",
            "stream broken", "raw response", "raw stream", "streaming response", "streaming response unread",
            "error", "unknown model", "invalid usage", "usage left out", "embeddings", "async", "async streamed",
            "async stream closed early", "async cancelled", "async raw response", "async raw stream", "async error",
            "async embeddings",
        ),
        models=(
            "openai/gpt-oss-120b", "openai/gpt-oss-20b", "google/gemma-2b-it", "google/gemma-2-9b-it",
            "google/gemma-2-2b-it", "google/gemma-2-27b-it", "google/codegemma-7b-it", "google/codegemma-2b",
            "google/gemma-1.1-7b-it", "google/gemma-7b", "google/gemma-2b", "google/gemma-2-9b",
        ),
        gives=frozenset({"id", "cached", "reasoning"}),
    ),
    "mistralai": SdkPlan(
        provider="mistral_ai",
        calls=(
            "chat", "server of one call", "parsed", "streamed", "stream in a with statement", "stream closed early",
            "stream abandoned", "stream broken", "fill in the middle", "fill in the middle streamed", "error",
            "error of a stream", "unknown model", "invalid usage", "usage left out", "embeddings", "async",
            "async streamed", "async stream closed early", "async cancelled", "async error",
            "async fill in the middle", "async fill in the middle streamed", "async embeddings",
        ),
        models=(
            "mistral-large-latest", "mistral-large-2512", "mistral-medium-latest", "mistral-small-latest",
            "mistral-small-2603", "codestral-latest", "codestral-2508", "ministral-8b-latest", "ministral-3b-latest",
            "codestral-2501", "codestral-2405",
        ),
        operations=dict.fromkeys(
            (
                "fill in the middle", "fill in the middle streamed", "async fill in the middle",
                "async fill in the middle streamed",
            ),
            "text_completion",
        ),
        gives=frozenset({"id"}),
    ),
}  # fmt: skip
CALLS: Final = tuple(dict.fromkeys(call for sdk in SDKS.values() for call in sdk.calls))


def table() -> str:
    """SDK by call, for docs/instrumentations.md."""
    rows = [
        f"| {call} | " + " | ".join(sdk.outcome(call) if call in sdk.calls else NONE for sdk in SDKS.values()) + " |"
        for call in CALLS
    ]
    return "\n".join([f"| call | {' | '.join(SDKS)} |", "|---" * (len(SDKS) + 1) + "|", *rows])

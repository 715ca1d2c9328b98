"""What the applications call through the SDKs that several stacks share: the same calls, so that their rows compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Answer
from tests.stacks.stack import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each SDK's application has these, under these names; "cached" only those whose API tells of a cache.
_SHARED: Final = ("chat", "streamed", "async", "async streamed", "tool calls", "two at once", "a hundred at once")
# What an instrumentation knows least of.
_FAILING: Final = ("failed", "ten failed at once")
_REQUESTS: Final = {"two at once": 2, "a hundred at once": 100, "ten failed at once": 10}


def calls(
    *models: str, made: tuple[str, ...] = _SHARED, cached: bool = False, cache_is_apart: bool = False
) -> Mapping[str, Call]:
    """The shared calls; no two have the same model, nor the same number of tokens."""
    made = (*made, "cached") if cached else made
    return {
        name: Call(
            model=model,
            answers=(_answer(name, number),),
            requests=_REQUESTS.get(name, 1),
            cache_is_apart=cache_is_apart,
        )
        for number, (name, model) in enumerate(zip(made, models, strict=True))
    }


def _answer(name: str, number: int) -> Answer:
    input_tokens, output_tokens = 40 + number, 110 + 10 * number
    if name == "cached":
        return Answer(input_tokens=input_tokens, output_tokens=output_tokens, cached_tokens=31)
    return Answer(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        calls_a_tool=name == "tool calls",
        error_status=400 if name in _FAILING else None,
        # Long enough for the requests to be under way together.
        delay_s=0.05 if name.endswith("at once") else 0.0,
    )


OPENAI: Final = calls(
    "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-failing",
    "gpt-failing-often", "gpt-5.1", made=(*_SHARED, *_FAILING), cached=True,
)  # fmt: skip
ANTHROPIC: Final = calls(
    "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-opus-5-5", "claude-sonnet-4-6",
    "claude-sonnet-5", "claude-failing", "claude-failing-often", "claude-haiku-5-5", "claude-sonnet-5-5",
    made=(*_SHARED, *_FAILING, "stream helper"), cached=True, cache_is_apart=True,
)  # fmt: skip
COHERE: Final = calls(
    "command-a-03-2025", "command-a-plus-05-2026", "command-a-reasoning-08-2025", "command-a-translate-08-2025",
    "command-a-vision-07-2025", "command-r-08-2024", "command-r-plus-08-2024",
)  # fmt: skip
OLLAMA: Final = calls(
    "openai/gpt-oss-20b", "openai/gpt-oss-120b", "google/gemma-2b", "google/gemma-7b", "google/gemma-2-2b",
    "google/gemma-2-9b", "google/gemma-2-27b",
)  # fmt: skip
GROQ: Final = OLLAMA
GOOGLE: Final = calls(
    "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-3.1-flash-lite",
    "gemini-3.1-pro-preview", "gemini-3.5-flash",
)  # fmt: skip
# The SDK has no asynchronous client.
BEDROCK: Final = {
    # Some leave the maker out; and what an invocation answers has a name of its own.
    call: replace(planned, aliases=(planned.model.rpartition(".")[2], *(("claude",) if call == "invoke" else ())))
    for call, planned in calls(
        "anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "anthropic.claude-opus-4-7-v1:0", "anthropic.claude-sonnet-4-6-v1:0", "anthropic.claude-opus-4-8-v1:0",
        "anthropic.claude-opus-5-v1:0", "eu.anthropic.claude-sonnet-5-v1:0", "anthropic.claude-opus-4-6-v1:0",
        made=("chat", "streamed", "tool calls", "invoke", "invoke streamed", "two at once", "a hundred at once"),
        cached=True, cache_is_apart=True,
    ).items()
}  # fmt: skip

"""What the applications call through the SDKs that several stacks share: the same calls, so that their rows compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.kit.answers import Answer
from tests.stacks.stack import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each SDK's application has these, under these names; "cached" only those whose API tells of a cache.
_SHARED: Final = ("chat", "streamed", "async", "async streamed", "tool calls", "two at once", "a hundred at once")
_REQUESTS: Final = {"two at once": 2, "a hundred at once": 100}


def calls(*models: str, cached: bool = False, cache_is_apart: bool = False) -> Mapping[str, Call]:
    """The shared calls; no two have the same model, nor the same number of tokens."""
    made = (*_SHARED, "cached") if cached else _SHARED
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
        # Long enough for the requests to be under way together.
        delay_s=0.05 if name.endswith("at once") else 0.0,
    )


OPENAI: Final = calls(
    "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", cached=True
)
ANTHROPIC: Final = calls(
    "claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-opus-5", "claude-opus-5-5", "claude-sonnet-4-6",
    "claude-sonnet-5", "claude-sonnet-5-5", cached=True, cache_is_apart=True,
)  # fmt: skip

"""What the applications call through frameworks: the same calls, so that their rows compare.

The agent has one tool, which asks a model itself: the model calls the tool, the tool asks, and the model answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.kit.answers import Answer
from tests.stacks.stack import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT: Final = "agent with a tool"
REQUESTS_OF_THE_AGENT: Final = 3
REQUESTS_OF_ITS_TOOL: Final = 1
_TOGETHER: Final = 10


def calls(*models: str, without: tuple[str, ...] = ()) -> Mapping[str, Call]:
    """The shared calls but some, each of a model of its own."""
    made = {name: call for name, call in _calls().items() if name not in without}
    return {
        name: Call(model=model, answers=answers, requests=requests)
        for (name, (answers, requests)), model in zip(made.items(), models, strict=False)
    }


def _calls() -> dict[str, tuple[tuple[Answer, ...], int]]:
    calls_its_tool = Answer(input_tokens=51, output_tokens=120, calls_a_tool=True)
    of_the_tool = Answer(text="It is sunny.", input_tokens=21, output_tokens=230)
    last = Answer(text="It is sunny in Paris.", input_tokens=81, output_tokens=340)
    together = Answer(input_tokens=44, output_tokens=140, delay_s=0.05)
    return {
        "chat": ((Answer(input_tokens=41, output_tokens=110, cached_tokens=31, reasoning_tokens=5),), 1),
        "streamed": ((Answer(input_tokens=42, output_tokens=220),), 1),
        "async": ((Answer(input_tokens=43, output_tokens=130),), 1),
        "ten at once": ((together,), _TOGETHER),
        AGENT: ((calls_its_tool, of_the_tool, last), REQUESTS_OF_THE_AGENT),
    }


OPENAI_MODELS: Final = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano")
OPENAI: Final = calls(*OPENAI_MODELS)

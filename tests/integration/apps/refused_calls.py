"""An application that lets one request of each kind through and has the second refused; started by test_refusing.py."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

from anthropic import Anthropic, AsyncAnthropic
from groq import AsyncGroq, Groq
from openai import AsyncOpenAI, OpenAI

from otel_genai_impact import BudgetExceeded, budget

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED: Any = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello?"}]}
OF_ANTHROPIC: Any = {**ASKED, "model": "claude-sonnet-4-5", "max_tokens": 50}
openai: Any = OpenAI()
anthropic: Any = Anthropic()
groq: Any = Groq()


def openai_stream() -> None:
    """Read to its end."""
    list(openai.chat.completions.create(**ASKED, stream=True, stream_options={"include_usage": True}))


def anthropic_stream() -> None:
    """By the SDK's helper."""
    with anthropic.messages.stream(**OF_ANTHROPIC) as stream:
        stream.get_final_message()


def _async(client: Callable[[], object]) -> Any:
    return client()


SYNC: dict[str, Callable[[], object]] = {
    "openai chat": lambda: openai.chat.completions.create(**ASKED),
    "openai raw": lambda: openai.chat.completions.with_raw_response.create(**ASKED),
    "openai responses": lambda: openai.responses.create(model="gpt-4o", input="Hello?"),
    "openai stream": openai_stream,
    "anthropic message": lambda: anthropic.messages.create(**OF_ANTHROPIC),
    "anthropic raw": lambda: anthropic.messages.with_raw_response.create(**OF_ANTHROPIC),
    "anthropic stream": anthropic_stream,
    "groq chat": lambda: groq.chat.completions.create(**ASKED),
}
ASYNC: dict[str, Callable[[], Any]] = {
    "openai async": lambda: _async(AsyncOpenAI).chat.completions.create(**ASKED),
    "anthropic async": lambda: _async(AsyncAnthropic).messages.create(**OF_ANTHROPIC),
    "groq async": lambda: _async(AsyncGroq).chat.completions.create(**ASKED),
}


def outcome(error: BaseException | None) -> str:
    """What came of a request."""
    return "sent" if error is None else f"{type(error).__name__} {getattr(error, 'exceeded', error)}"


def caught(call: Callable[[], object]) -> BaseException | None:
    """What the application gets instead of an answer."""
    try:
        call()
    except BudgetExceeded as error:
        return error
    return None


async def caught_async(call: Callable[[], Any]) -> BaseException | None:
    """The same, in an event loop."""
    try:
        await call()
    except BudgetExceeded as error:
        return error
    return None


async def main_async(said: dict[str, list[str]]) -> None:
    """What is async, each in a budget of one request."""
    for name, call in ASYNC.items():
        async with budget(name, requests=1, on_exceeded="refuse"):
            said[name] = [outcome(await caught_async(call)) for _ in range(3)]


def main() -> None:
    """Each in a budget of one request; then what is refused in no budget, and what is no request to a model."""
    said: dict[str, list[str]] = {}
    for name, call in SYNC.items():
        with budget(name, requests=1, on_exceeded="refuse"):
            said[name] = [outcome(caught(call)) for _ in range(3)]
    asyncio.run(main_async(said))
    openai.chat.completions.create(**ASKED)  # outside
    with budget("warns only", requests=0):
        openai.chat.completions.create(**ASKED)
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()

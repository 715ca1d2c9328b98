"""Six short questions, three to OpenAI and three to Anthropic, asked in the ways that applications ask.

An ordinary application, which knows nothing of telemetry. Against the real services:

    OPENAI_API_KEY=... ANTHROPIC_API_KEY=... python examples/chat.py

OPENAI_BASE_URL, ANTHROPIC_BASE_URL and CHAT_MODEL point it at any other server that speaks these APIs.
"""

from __future__ import annotations

import asyncio
import os

from anthropic import Anthropic, AsyncAnthropic
from openai import AsyncOpenAI, OpenAI

OPENAI_MODEL = os.environ.get("CHAT_MODEL", "gpt-4o-mini")
ANTHROPIC_MODEL = os.environ.get("CHAT_MODEL", "claude-haiku-4-5")
MAX_TOKENS = 60


def openai_chat(question: str) -> None:
    """Asks, and waits for the whole answer."""
    completion = OpenAI().chat.completions.create(
        model=OPENAI_MODEL,
        messages=[{"role": "user", "content": question}],
        max_completion_tokens=MAX_TOKENS,
    )
    print(completion.choices[0].message.content)


def openai_stream(question: str) -> None:
    """Prints the answer token by token, as it arrives; without `include_usage` nobody learns how many they were."""
    with OpenAI().chat.completions.create(
        model=OPENAI_MODEL,
        messages=[{"role": "user", "content": question}],
        max_completion_tokens=MAX_TOKENS,
        stream=True,
        stream_options={"include_usage": True},
    ) as chunks:
        for chunk in chunks:
            if chunk.choices:
                print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()


async def openai_async(question: str) -> None:
    """Asks without blocking the event loop."""
    async with AsyncOpenAI() as client:
        completion = await client.chat.completions.create(
            model=OPENAI_MODEL,
            messages=[{"role": "user", "content": question}],
            max_completion_tokens=MAX_TOKENS,
        )
    print(completion.choices[0].message.content)


def anthropic_message(question: str) -> None:
    """Asks, and waits for the whole answer."""
    message = Anthropic().messages.create(
        model=ANTHROPIC_MODEL,
        messages=[{"role": "user", "content": question}],
        max_tokens=MAX_TOKENS,
    )
    print("".join(block.text for block in message.content if block.type == "text"))


def anthropic_stream(question: str) -> None:
    """Prints the answer token by token, as it arrives."""
    with Anthropic().messages.stream(
        model=ANTHROPIC_MODEL,
        messages=[{"role": "user", "content": question}],
        max_tokens=MAX_TOKENS,
    ) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)
    print()


async def anthropic_async(question: str) -> None:
    """Asks without blocking the event loop."""
    async with AsyncAnthropic() as client:
        message = await client.messages.create(
            model=ANTHROPIC_MODEL,
            messages=[{"role": "user", "content": question}],
            max_tokens=MAX_TOKENS,
        )
    print("".join(block.text for block in message.content if block.type == "text"))


def heading(call: str, question: str) -> str:
    """Says which call comes next and gives the question back."""
    print(f"## {call}: {question}")
    return question


def main() -> None:
    """One call of each kind."""
    openai_chat(heading("OpenAI", "What is the capital of France? Answer in one sentence."))
    openai_stream(heading("OpenAI, streamed", "In one sentence, what is a glacier?"))
    asyncio.run(openai_async(heading("OpenAI, async", "What is a river? One sentence.")))
    anthropic_message(heading("Anthropic", "In one sentence, what is carbon dioxide?"))
    anthropic_stream(heading("Anthropic, streamed", "What is the water cycle, in one sentence?"))
    asyncio.run(anthropic_async(heading("Anthropic, async", "What does a data centre do? Answer in one sentence.")))


if __name__ == "__main__":
    main()

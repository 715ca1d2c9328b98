"""An application that uses Groq's SDK."""

from __future__ import annotations

from typing import Any

from calls import Asked, call, in_tasks, in_threads, run_all
from groq import AsyncGroq, Groq

_TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}

client: Any = Groq(max_retries=0)


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"model": asked.model, "messages": [{"role": "user", "content": asked.prompt}], **more}


@call("chat")
def chat(asked: Asked) -> None:
    assert client.chat.completions.create(**_asked(asked)).choices[0].message.content


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [chunk.choices for chunk in client.chat.completions.create(**_asked(asked, stream=True))]


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    assert client.chat.completions.create(**_asked(asked, tools=[_TOOL])).choices[0].message.tool_calls


@call("async")
async def asynchronous(asked: Asked) -> None:
    async with AsyncGroq(max_retries=0) as own:
        own_client: Any = own
        assert (await own_client.chat.completions.create(**_asked(asked))).choices[0].message.content


@call("async streamed")
async def async_streamed(asked: Asked) -> None:
    async with AsyncGroq(max_retries=0) as own:
        own_client: Any = own
        assert [chunk.choices async for chunk in await own_client.chat.completions.create(**_asked(asked, stream=True))]


@call("two at once")
async def two_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


if __name__ == "__main__":
    run_all()

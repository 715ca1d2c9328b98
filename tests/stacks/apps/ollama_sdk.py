"""An application that uses Ollama's SDK."""

from __future__ import annotations

from typing import Any

import ollama
from calls import Asked, call, in_tasks, in_threads, run_all

_TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}

client: Any = ollama.Client()


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"model": asked.model, "messages": [{"role": "user", "content": asked.prompt}], **more}


def _async_client() -> Any:
    return ollama.AsyncClient()


@call("chat")
def chat(asked: Asked) -> None:
    assert client.chat(**_asked(asked)).message.content


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [part.done for part in client.chat(**_asked(asked, stream=True))]


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    assert client.chat(**_asked(asked, tools=[_TOOL])).message.tool_calls


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _async_client().chat(**_asked(asked))).message.content


@call("async streamed")
async def async_streamed(asked: Asked) -> None:
    assert [part.done async for part in await _async_client().chat(**_asked(asked, stream=True))]


@call("two at once")
async def two_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


if __name__ == "__main__":
    run_all()

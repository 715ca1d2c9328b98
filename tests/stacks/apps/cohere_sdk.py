"""An application that uses Cohere's SDK."""

from __future__ import annotations

import os
from typing import Any

from calls import Asked, call, in_tasks, in_threads, run_all
from cohere import AsyncClientV2, ClientV2

_SERVER = f"{os.environ['PROVIDER_URL']}/cohere"
_WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}

client: Any = ClientV2(api_key="not-a-key", base_url=_SERVER)


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"model": asked.model, "messages": [{"role": "user", "content": asked.prompt}], **more}


def _async_client() -> Any:
    return AsyncClientV2(api_key="not-a-key", base_url=_SERVER)


@call("chat")
def chat(asked: Asked) -> None:
    assert client.chat(**_asked(asked)).message.content


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [event.type for event in client.chat_stream(**_asked(asked))]


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    assert client.chat(**_asked(asked, tools=[_WEATHER])).message.tool_calls


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _async_client().chat(**_asked(asked))).message.content


@call("async streamed")
async def async_streamed(asked: Asked) -> None:
    assert [event.type async for event in _async_client().chat_stream(**_asked(asked))]


@call("two at once")
async def two_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


if __name__ == "__main__":
    run_all()

"""An application that uses the Anthropic SDK."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from anthropic import Anthropic, AsyncAnthropic, BadRequestError
from calls import Asked, call, in_tasks, in_threads, run_all

_TOOL: Any = {"name": "weather", "input_schema": {"type": "object", "properties": {}}}

client: Any = Anthropic(max_retries=0)


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": asked.prompt}]
    return {"model": asked.model, "max_tokens": 999, "messages": messages, **more}


@call("cached")
@call("chat")
def chat(asked: Asked) -> None:
    assert client.messages.create(**_asked(asked)).content


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [event.type for event in client.messages.create(**_asked(asked, stream=True))]


@call("stream helper")
def stream_helper(asked: Asked) -> None:
    with client.messages.stream(**_asked(asked)) as stream:
        assert stream.get_final_message().content


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    assert "tool_use" == client.messages.create(**_asked(asked, tools=[_TOOL])).stop_reason


@call("async")
async def asynchronous(asked: Asked) -> None:
    async with AsyncAnthropic(max_retries=0) as own:
        own_client: Any = own
        assert (await own_client.messages.create(**_asked(asked))).content


@call("async streamed")
async def async_streamed(asked: Asked) -> None:
    async with AsyncAnthropic(max_retries=0) as own:
        own_client: Any = own
        assert [event.type async for event in await own_client.messages.create(**_asked(asked, stream=True))]


@call("two at once")
async def two_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


@call("failed")
def failed(asked: Asked) -> None:
    with suppress(BadRequestError):
        chat(asked)


@call("ten failed at once")
def ten_failed_at_once(asked: Asked) -> None:
    in_threads(failed, asked)


if __name__ == "__main__":
    run_all()

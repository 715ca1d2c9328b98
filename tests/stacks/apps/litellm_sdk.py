"""An application that uses LiteLLM."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

from calls import Asked, call, in_tasks, in_threads, run_all

# In no environment with the other SDKs, so no type checker finds it.
litellm: Any = import_module("litellm")

_TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": asked.prompt}]
    return {"model": f"openai/{asked.model}", "messages": messages, "max_retries": 0, **more}


@call("cached")
@call("chat")
def chat(asked: Asked) -> None:
    assert litellm.completion(**_asked(asked)).choices[0].message.content


@call("streamed")
def streamed(asked: Asked) -> None:
    stream = litellm.completion(**_asked(asked, stream=True, stream_options={"include_usage": True}))
    assert [chunk.choices for chunk in stream]


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    assert litellm.completion(**_asked(asked, tools=[_TOOL])).choices[0].message.tool_calls


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await litellm.acompletion(**_asked(asked))).choices[0].message.content


@call("async streamed")
async def async_streamed(asked: Asked) -> None:
    stream = await litellm.acompletion(**_asked(asked, stream=True, stream_options={"include_usage": True}))
    assert [chunk.choices async for chunk in stream]


@call("two at once")
async def two_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


@call("failed")
def failed(asked: Asked) -> None:
    with suppress(litellm.BadRequestError):
        chat(asked)


@call("ten failed at once")
def ten_failed_at_once(asked: Asked) -> None:
    in_threads(failed, asked)


if __name__ == "__main__":
    run_all()

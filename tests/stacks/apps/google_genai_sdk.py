"""An application that uses Google's SDK."""

from __future__ import annotations

import os
import ssl
from typing import Any

from calls import Asked, call, in_tasks, in_threads, run_all
from google import genai

_WEATHER = {"name": "weather", "description": "of a city", "parameters": {"type": "OBJECT"}}
_TLS = ssl.create_default_context()  # it takes long, and each client would make three


def _client() -> Any:
    server, tls = f"{os.environ['PROVIDER_URL']}/gemini", {"verify": _TLS}
    options: Any = {"base_url": server, "client_args": tls, "async_client_args": tls}
    return genai.Client(api_key="not-a-key", http_options=options)


client = _client()


def _asked(asked: Asked, **config: Any) -> dict[str, Any]:
    return {"model": asked.model, "contents": asked.prompt, "config": config}


@call("chat")
def chat(asked: Asked) -> None:
    assert client.models.generate_content(**_asked(asked)).text


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [chunk.text for chunk in client.models.generate_content_stream(**_asked(asked))]


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    tools = [{"function_declarations": [_WEATHER]}]
    assert client.models.generate_content(**_asked(asked, tools=tools)).function_calls


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _client().aio.models.generate_content(**_asked(asked))).text


@call("async streamed")
async def async_streamed(asked: Asked) -> None:
    assert [chunk.text async for chunk in await _client().aio.models.generate_content_stream(**_asked(asked))]


@call("two at once")
async def two_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


if __name__ == "__main__":
    run_all()

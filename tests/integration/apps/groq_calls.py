"""An application that uses Groq's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from calls import Seen, call, run_all
from groq import AsyncGroq, Groq

if TYPE_CHECKING:
    from groq.types.chat import ChatCompletion, ChatCompletionChunk

_TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


class OwnGroq(Groq):
    """A client of the application's own class."""


client: Any = Groq(max_retries=1)


def _async(**options: Any) -> Any:
    return AsyncGroq(**options)


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "temperature": 0.5}


def _text(completion: ChatCompletion) -> str | None:
    return completion.choices[0].message.content


def _words(chunk: ChatCompletionChunk) -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def _tools(calls: Any) -> list[list[str]]:
    """The tools that the model calls, with their arguments."""
    return [[called.function.name, called.function.arguments] for called in calls or ()]


def _chat(own: Any, seen: Seen) -> None:
    seen.answer = _text(seen.result(own.chat.completions.create(**_asked(seen))))


def chat(seen: Seen) -> None:
    _chat(client, seen)


for name in ("chat", "retried", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.chat.completions.create(**_asked(seen), stream=True))
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in stream)


@call("stream in a with statement")
def stream_in_with(seen: Seen) -> None:
    with seen.result(client.chat.completions.create(**_asked(seen), stream=True)) as stream:
        seen.answer = "".join(_words(seen.result(chunk)) for chunk in seen.result(stream))


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.chat.completions.create(**_asked(seen), stream=True)
    seen.result(next(iter(stream)))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.chat.completions.create(**_asked(seen), stream=True)
    seen.result(next(iter(stream)))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    stream = client.chat.completions.create(**_asked(seen), stream=True)
    try:
        seen.answer = [_words(seen.result(chunk)) for chunk in stream]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


@call("raw response")
def raw_response(seen: Seen) -> None:
    raw = seen.result(client.chat.completions.with_raw_response.create(**_asked(seen)))
    seen.answer = [raw.http_response.status_code, _text(seen.result(raw.parse()))]


@call("raw stream")
def raw_stream(seen: Seen) -> None:
    raw = seen.result(client.chat.completions.with_raw_response.create(**_asked(seen), stream=True))
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in seen.result(raw.parse()))


@call("streaming response")
def streaming_response(seen: Seen) -> None:
    with client.chat.completions.with_streaming_response.create(**_asked(seen)) as raw:
        seen.answer = _text(seen.result(seen.result(raw).parse()))


@call("streaming response unread")
def streaming_response_unread(seen: Seen) -> None:
    with client.chat.completions.with_streaming_response.create(**_asked(seen)) as raw:
        seen.answer = seen.result(raw).http_response.status_code


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    answer = seen.result(client.chat.completions.create(**_asked(seen), tools=[_TOOL]))
    seen.answer = _tools(answer.choices[0].message.tool_calls)


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    stream = client.chat.completions.create(**_asked(seen), tools=[_TOOL], stream=True)
    seen.answer = [called for chunk in stream for called in _tools(seen.result(chunk).choices[0].delta.tool_calls)]


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    with OwnGroq() as own:
        _chat(own, seen)


@call("another server")
def another_server(seen: Seen) -> None:
    with Groq(base_url=os.environ["GROQ_BASE_URL"].replace("127.0.0.1", "localhost")) as own:
        _chat(own, seen)


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    seen.result(client.chat.completions.create(**_asked(seen), stream=True))


@call("embeddings")
def embeddings(seen: Seen) -> None:
    seen.answer = seen.result(client.embeddings.create(model=seen.model, input=seen.prompt)).data[0].embedding


async def asynchronous(seen: Seen) -> None:
    async with _async(max_retries=1) as own:
        seen.answer = _text(seen.result(await own.chat.completions.create(**_asked(seen))))


for name in ("async", "async retried", "async error"):
    call(name)(asynchronous)


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.chat.completions.create(**_asked(seen), tools=[_TOOL]))
        seen.answer = _tools(answer.choices[0].message.tool_calls)


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with _async() as own:
        stream = seen.result(await own.chat.completions.create(**_asked(seen), stream=True))
        seen.answer = "".join([_words(seen.result(chunk)) async for chunk in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with _async() as own, await own.chat.completions.create(**_asked(seen), stream=True) as stream:
        async for chunk in stream:
            seen.result(chunk)
            break


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with _async() as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.chat.completions.create(**_asked(seen)))
        await asyncio.sleep(0.05)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async raw response")
async def async_raw_response(seen: Seen) -> None:
    async with _async() as own:
        raw = seen.result(await own.chat.completions.with_raw_response.create(**_asked(seen)))
        seen.answer = _text(seen.result(await raw.parse()))


@call("async raw stream")
async def async_raw_stream(seen: Seen) -> None:
    async with _async() as own:
        raw = seen.result(await own.chat.completions.with_raw_response.create(**_asked(seen), stream=True))
        seen.answer = "".join([_words(seen.result(chunk)) async for chunk in seen.result(await raw.parse())])


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.embeddings.create(model=seen.model, input=seen.prompt))
        seen.answer = answer.data[0].embedding


if __name__ == "__main__":
    with client:
        run_all()

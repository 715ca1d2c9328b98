"""An application that uses Mistral's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from typing import Any

from calls import Seen, call, run_all
from mistralai.client import Mistral
from pydantic import BaseModel

_SERVER = f"{os.environ['PROVIDER_URL']}/mistral"


class Greeting(BaseModel):
    """What `parse` shall make of the answer."""

    text: str


def _client() -> Any:
    return Mistral(api_key="not-a-key", server_url=_SERVER)


client = _client()


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "temperature": 0.5}


def _text(completion: Any) -> str:
    return completion.choices[0].message.content


def _words(event: Any) -> str:
    return event.data.choices[0].delta.content or ""


def chat(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat.complete(**_asked(seen))))


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("server of one call")
def server_of_one_call(seen: Seen) -> None:
    elsewhere: Any = Mistral(api_key="not-a-key")
    seen.answer = _text(seen.result(elsewhere.chat.complete(**_asked(seen), server_url=_SERVER)))


@call("parsed")
def parsed(seen: Seen) -> None:
    answer = seen.result(client.chat.parse(Greeting, **_asked(seen)))
    seen.answer = answer.choices[0].message.parsed.text


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.chat.stream(**_asked(seen)))
    seen.answer = "".join(_words(seen.result(event)) for event in stream)


@call("stream in a with statement")
def stream_in_with(seen: Seen) -> None:
    with seen.result(client.chat.stream(**_asked(seen))) as stream:
        seen.answer = "".join(_words(seen.result(event)) for event in seen.result(stream))


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    with client.chat.stream(**_asked(seen)) as stream:
        seen.result(next(stream))


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.chat.stream(**_asked(seen))
    seen.result(next(stream))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    try:
        seen.answer = [_words(event) for event in client.chat.stream(**_asked(seen))]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    seen.result(client.chat.stream(**_asked(seen)))


@call("fill in the middle")
def fill_in_the_middle(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.fim.complete(model=seen.model, prompt=seen.prompt, suffix="end")))


@call("fill in the middle streamed")
def fill_in_the_middle_streamed(seen: Seen) -> None:
    stream = seen.result(client.fim.stream(model=seen.model, prompt=seen.prompt))
    seen.answer = "".join(_words(seen.result(event)) for event in stream)


@call("embeddings")
def embeddings(seen: Seen) -> None:
    seen.answer = seen.result(client.embeddings.create(model=seen.model, inputs=[seen.prompt])).data[0].embedding


@call("async")
async def asynchronous(seen: Seen) -> None:
    async with _client() as own:
        seen.answer = _text(seen.result(await own.chat.complete_async(**_asked(seen))))


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with _client() as own:
        stream = seen.result(await own.chat.stream_async(**_asked(seen)))
        seen.answer = "".join([_words(seen.result(event)) async for event in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with _client() as own, await own.chat.stream_async(**_asked(seen)) as stream:
        async for event in stream:
            seen.result(event)
            break


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with _client() as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.chat.complete_async(**_asked(seen)))
        await asyncio.sleep(0.05)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async error")
async def async_error(seen: Seen) -> None:
    async with _client() as own:
        seen.answer = _text(await own.chat.complete_async(**_asked(seen)))


@call("async fill in the middle")
async def async_fill_in_the_middle(seen: Seen) -> None:
    async with _client() as own:
        seen.answer = _text(seen.result(await own.fim.complete_async(model=seen.model, prompt=seen.prompt)))


@call("async fill in the middle streamed")
async def async_fill_in_the_middle_streamed(seen: Seen) -> None:
    async with _client() as own:
        stream = seen.result(await own.fim.stream_async(model=seen.model, prompt=seen.prompt))
        seen.answer = "".join([_words(seen.result(event)) async for event in stream])


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with _client() as own:
        answer = seen.result(await own.embeddings.create_async(model=seen.model, inputs=[seen.prompt]))
        seen.answer = answer.data[0].embedding


if __name__ == "__main__":
    run_all()

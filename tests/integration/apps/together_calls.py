"""An application that uses Together's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from calls import Seen, call, run_all
from together import AsyncTogether, Together

# Older releases have the version of the API in the address of the server.
_SERVER = f"{os.environ['PROVIDER_URL']}/together{'/v1' if version('together').startswith('2.') else ''}"
_TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


def _client(kind: Any = Together, server: str = _SERVER) -> Any:
    return kind(api_key="not-a-key", base_url=server, max_retries=1)


def _async() -> Any:
    return _client(AsyncTogether)


class OwnClient(Together):
    """As applications make them, to add what all their calls have in common."""


client = _client()


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "temperature": 0.5}


def _prompted(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "prompt": seen.prompt}


def _spoken(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "input": seen.prompt, "voice": "tara"}


def _heard(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "file": ("sound.mp3", b"ID3")}


def _text(completion: Any) -> str:
    return completion.choices[0].message.content


def _words(chunk: Any) -> str:
    return chunk.choices[0].delta.content or ""


def _tools(message: Any) -> list[list[str]]:
    return [[called.function.name, called.function.arguments] for called in message.tool_calls or ()]


def _chat(own: Any, seen: Seen) -> None:
    seen.answer = _text(seen.result(own.chat.completions.create(**_asked(seen))))


def chat(seen: Seen) -> None:
    _chat(client, seen)


for name in ("chat", "retried", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    _chat(_client(OwnClient), seen)


@call("another server")
def another_server(seen: Seen) -> None:
    _chat(_client(server=_SERVER.replace("127.0.0.1", "localhost")), seen)


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    answer = seen.result(client.chat.completions.create(**_asked(seen), tools=[_TOOL]))
    seen.answer = _tools(answer.choices[0].message)


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    stream = client.chat.completions.create(**_asked(seen), tools=[_TOOL], stream=True)
    seen.answer = [called for chunk in stream for called in _tools(seen.result(chunk).choices[0].delta)]


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


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    seen.result(client.chat.completions.create(**_asked(seen), stream=True))


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


@call("text completion")
def text_completion(seen: Seen) -> None:
    seen.answer = seen.result(client.completions.create(**_prompted(seen))).choices[0].text


@call("text completion streamed")
def text_completion_streamed(seen: Seen) -> None:
    stream = seen.result(client.completions.create(**_prompted(seen), stream=True))
    seen.answer = "".join(seen.result(chunk).choices[0].text for chunk in stream)


@call("embeddings")
def embeddings(seen: Seen) -> None:
    seen.answer = seen.result(client.embeddings.create(model=seen.model, input=seen.prompt)).data[0].embedding


@call("image")
def image(seen: Seen) -> None:
    seen.answer = seen.result(client.images.generate(**_prompted(seen))).data[0].url


@call("video")
def video(seen: Seen) -> None:
    seen.answer = seen.result(client.videos.create(**_prompted(seen))).status


@call("speech")
def speech(seen: Seen) -> None:
    seen.answer = seen.result(client.audio.speech.create(**_spoken(seen))).read().decode()


@call("speech streamed")
def speech_streamed(seen: Seen) -> None:
    stream = seen.result(client.audio.speech.create(**_spoken(seen), response_format="raw", stream=True))
    seen.answer = [seen.result(chunk).b64 for chunk in stream]


@call("speech in pieces")
def speech_in_pieces(seen: Seen) -> None:
    with client.audio.speech.with_streaming_response.create(**_spoken(seen)) as raw:
        seen.answer = b"".join(seen.result(raw).iter_bytes()).decode()


@call("transcription")
def transcription(seen: Seen) -> None:
    seen.answer = seen.result(client.audio.transcriptions.create(**_heard(seen))).text


@call("translation")
def translation(seen: Seen) -> None:
    seen.answer = seen.result(client.audio.translations.create(**_heard(seen))).text


@call("async")
@call("async retried")
async def asynchronous(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = _text(seen.result(await own.chat.completions.create(**_asked(seen))))


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


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.chat.completions.create(**_asked(seen), tools=[_TOOL]))
        seen.answer = _tools(answer.choices[0].message)


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


@call("async error")
async def async_error(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = _text(await own.chat.completions.create(**_asked(seen)))


@call("async text completion")
async def async_text_completion(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = seen.result(await own.completions.create(**_prompted(seen))).choices[0].text


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.embeddings.create(model=seen.model, input=seen.prompt))
        seen.answer = answer.data[0].embedding


@call("async image")
async def async_image(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = seen.result(await own.images.generate(**_prompted(seen))).data[0].url


@call("async speech")
async def async_speech(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.audio.speech.create(**_spoken(seen)))
        seen.answer = (await answer.read()).decode()


@call("async speech streamed")
async def async_speech_streamed(seen: Seen) -> None:
    async with _async() as own:
        stream = seen.result(await own.audio.speech.create(**_spoken(seen), response_format="raw", stream=True))
        seen.answer = [seen.result(chunk).b64 async for chunk in stream]


@call("async transcription")
async def async_transcription(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = seen.result(await own.audio.transcriptions.create(**_heard(seen))).text


if __name__ == "__main__":
    with client:
        run_all()

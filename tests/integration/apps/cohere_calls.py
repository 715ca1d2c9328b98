"""An application that uses Cohere's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from typing import Any

from calls import Seen, call, run_all
from cohere import AsyncClient, AsyncClientV2, Client, ClientV2

_SERVER = f"{os.environ['PROVIDER_URL']}/cohere"
_RETRIED: Any = {"max_retries": 3}  # older releases count from 2, and do not try again unless they are told to


def _client(kind: Any, base_url: str = _SERVER) -> Any:
    return kind(api_key="not-a-key", base_url=base_url)


client = _client(ClientV2)
v1 = _client(Client)


class OwnClient(ClientV2):
    """A client of the application's."""

    def chat(self, **asked: Any) -> Any:
        """Speaks to the model in the application's way."""
        return super().chat(**asked)


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "temperature": 0.5, "p": 0.9}


def _asked_v1(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "message": seen.prompt, "temperature": 0.5}


def _texts(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "texts": ["one", seen.prompt], "input_type": "search_query"}


def _text(answer: Any) -> str:
    return answer.message.content[0].text


def _word(event: Any) -> str:
    return event.delta.message.content.text if event.type == "content-delta" else ""


def _word_v1(event: Any) -> str:
    return event.text if event.event_type == "text-generation" else ""


def chat(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat(**_asked(seen))))


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.chat_stream(**_asked(seen)))
    seen.answer = "".join(_word(seen.result(event)) for event in stream)


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.chat_stream(**_asked(seen))
    seen.result(next(stream))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.chat_stream(**_asked(seen))
    seen.result(next(stream))
    del stream
    gc.collect()


def _until_broken(seen: Seen, stream: Any, word: Any) -> None:
    try:
        seen.answer = [word(seen.result(event)) for event in stream]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    _until_broken(seen, client.chat_stream(**_asked(seen)), _word)


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    seen.result(next(client.chat_stream(**_asked(seen))))


@call("raw response")
def raw_response(seen: Seen) -> None:
    raw = seen.result(client.with_raw_response.chat(**_asked(seen)))
    seen.answer = [raw.headers["content-type"], _text(seen.result(raw.data))]


@call("raw stream")
def raw_stream(seen: Seen) -> None:
    with seen.result(client.with_raw_response.chat_stream(**_asked(seen))) as raw:
        seen.answer = "".join(_word(seen.result(event)) for event in seen.result(seen.result(raw).data))


@call("raw stream left early")
def raw_stream_left_early(seen: Seen) -> None:
    with client.with_raw_response.chat_stream(**_asked(seen)) as raw:
        for event in raw.data:
            seen.result(event)
            break


def _called(answer: Any) -> list[str]:
    return [answer.message.tool_calls[0].function.name, answer.finish_reason]


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    seen.answer = _called(seen.result(client.chat(**_asked(seen))))


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    seen.answer = [seen.result(event).type for event in client.chat_stream(**_asked(seen))]


@call("retried")
def retried(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat(**_asked(seen), request_options=_RETRIED)))


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    seen.answer = _text(seen.result(_client(OwnClient).chat(**_asked(seen))))


@call("another server")
def another_server(seen: Seen) -> None:
    elsewhere = _client(ClientV2, _SERVER.replace("127.0.0.1", "localhost"))
    seen.answer = _text(seen.result(elsewhere.chat(**_asked(seen))))


@call("embeddings")
def embeddings(seen: Seen) -> None:
    answer = seen.result(client.embed(**_texts(seen), embedding_types=["float"]))
    seen.answer = answer.embeddings.float


@call("async")
async def asynchronous(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        seen.answer = _text(seen.result(await own.chat(**_asked(seen))))


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        stream = seen.result(own.chat_stream(**_asked(seen)))
        seen.answer = "".join([_word(seen.result(event)) async for event in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        stream = own.chat_stream(**_asked(seen))
        async for event in stream:
            seen.result(event)
            break
        await stream.aclose()


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.chat(**_asked(seen)))
        await asyncio.sleep(0.05)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        seen.answer = _called(seen.result(await own.chat(**_asked(seen))))


@call("async retried")
async def async_retried(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        seen.answer = _text(seen.result(await own.chat(**_asked(seen), request_options=_RETRIED)))


@call("async raw response")
async def async_raw_response(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        raw = seen.result(await own.with_raw_response.chat(**_asked(seen)))
        seen.answer = _text(seen.result(raw.data))


@call("async raw stream")
async def async_raw_stream(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own, seen.result(own.with_raw_response.chat_stream(**_asked(seen))) as raw:
        seen.answer = "".join([_word(seen.result(event)) async for event in seen.result(seen.result(raw).data)])


@call("async error")
async def async_error(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        seen.answer = _text(await own.chat(**_asked(seen)))


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        answer = seen.result(await own.embed(**_texts(seen), embedding_types=["float"]))
        seen.answer = answer.embeddings.float


@call("v1 chat")
def chat_v1(seen: Seen) -> None:
    seen.answer = seen.result(v1.chat(**_asked_v1(seen))).text


@call("v1 streamed")
def streamed_v1(seen: Seen) -> None:
    stream = seen.result(v1.chat_stream(**_asked_v1(seen)))
    seen.answer = "".join(_word_v1(seen.result(event)) for event in stream)


@call("v1 raw stream")
def raw_stream_v1(seen: Seen) -> None:
    with seen.result(v1.with_raw_response.chat_stream(**_asked_v1(seen))) as raw:
        seen.answer = "".join(_word_v1(seen.result(event)) for event in seen.result(raw.data))


@call("v1 stream broken")
def stream_broken_v1(seen: Seen) -> None:
    _until_broken(seen, v1.chat_stream(**_asked_v1(seen)), _word_v1)


@call("v1 tool calls")
def tool_calls_v1(seen: Seen) -> None:
    answer = seen.result(v1.chat(**_asked_v1(seen)))
    seen.answer = [answer.tool_calls[0].name, answer.finish_reason]


@call("v1 embeddings")
def embeddings_v1(seen: Seen) -> None:
    seen.answer = seen.result(v1.embed(**_texts(seen))).embeddings


@call("v1 text completion")
def completion_v1(seen: Seen) -> None:
    seen.answer = seen.result(v1.generate(model=seen.model, prompt=seen.prompt)).generations[0].text


@call("v1 text completion streamed")
def completion_streamed_v1(seen: Seen) -> None:
    stream = seen.result(v1.generate_stream(model=seen.model, prompt=seen.prompt))
    seen.answer = "".join(_word_v1(seen.result(event)) for event in stream)


@call("v1 summary")
def summary_v1(seen: Seen) -> None:
    seen.answer = seen.result(v1.summarize(model=seen.model, text=seen.prompt)).summary


@call("async v1 chat")
async def async_chat_v1(seen: Seen) -> None:
    async with _client(AsyncClient) as own:
        seen.answer = seen.result(await own.chat(**_asked_v1(seen))).text


@call("async v1 streamed")
async def async_streamed_v1(seen: Seen) -> None:
    async with _client(AsyncClient) as own:
        stream = seen.result(own.chat_stream(**_asked_v1(seen)))
        seen.answer = "".join([_word_v1(seen.result(event)) async for event in stream])


@call("async v1 text completion")
async def async_completion_v1(seen: Seen) -> None:
    async with _client(AsyncClient) as own:
        seen.answer = seen.result(await own.generate(model=seen.model, prompt=seen.prompt)).generations[0].text


@call("async v1 embeddings")
async def async_embeddings_v1(seen: Seen) -> None:
    async with _client(AsyncClient) as own:
        seen.answer = seen.result(await own.embed(**_texts(seen))).embeddings


def _spoken(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "language": "en", "file": ("speech.wav", b"RIFF", "audio/wav")}


@call("transcription")
def transcription(seen: Seen) -> None:
    seen.answer = seen.result(client.audio.transcriptions.create(**_spoken(seen))).text


@call("async transcription")
async def async_transcription(seen: Seen) -> None:
    async with _client(AsyncClientV2) as own:
        seen.answer = seen.result(await own.audio.transcriptions.create(**_spoken(seen))).text


if __name__ == "__main__":
    with client, v1:
        run_all()

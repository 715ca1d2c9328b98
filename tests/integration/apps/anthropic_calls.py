"""An application that uses the Anthropic SDK in every way; started by test_anthropic.py, it knows nothing of impacts."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from anthropic import Anthropic, AsyncAnthropic
from calls import Seen, call, run_all

if TYPE_CHECKING:
    from anthropic.types import Message, MessageParam, RawMessageStreamEvent

client = Anthropic(max_retries=0)


def _say(seen: Seen) -> list[MessageParam]:
    return [{"role": "user", "content": seen.prompt}]


def _text(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def _words(event: RawMessageStreamEvent) -> str:
    return event.delta.text if event.type == "content_block_delta" and event.delta.type == "text_delta" else ""


def create(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.messages.create(model=seen.model, max_tokens=99, messages=_say(seen))))


# The same call; what differs is what the server answers.
for reason in ("error", "negative usage", "null usage", "cached", "unknown model"):
    call(reason)(create)
call("create")(create)


@call("three creates")
def three_creates(seen: Seen) -> None:
    for _ in range(3):
        create(seen)


@call("threads")
def threads(seen: Seen) -> None:
    def answer(number: int) -> object:
        own = Seen(model=seen.model, prompt=seen.prompt)
        create(own)
        return own.answer

    with ThreadPoolExecutor(4) as pool:
        seen.answer = list(pool.map(answer, range(8)))


@call("create streamed")
def create_streamed(seen: Seen) -> None:
    stream = seen.result(client.messages.create(model=seen.model, max_tokens=99, messages=_say(seen), stream=True))
    seen.answer = "".join(_words(seen.result(event)) for event in stream)


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.messages.create(model=seen.model, max_tokens=99, messages=_say(seen), stream=True)
    seen.result(next(iter(stream)))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.messages.create(model=seen.model, max_tokens=99, messages=_say(seen), stream=True)
    seen.result(next(iter(stream)))
    del stream
    gc.collect()


@call("stream never read")
def stream_never_read(seen: Seen) -> None:
    with client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen)) as stream:
        seen.result(stream)


@call("raw response")
def raw_response(seen: Seen) -> None:
    raw = seen.result(client.messages.with_raw_response.create(model=seen.model, max_tokens=99, messages=_say(seen)))
    seen.answer = [raw.status_code, _text(seen.result(raw.parse()))]


@call("stream text")
def stream_text(seen: Seen) -> None:
    with seen.result(client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen))) as stream:
        seen.answer = list(seen.result(stream).text_stream)


@call("stream events")
def stream_events(seen: Seen) -> None:
    with client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen)) as stream:
        seen.answer = [seen.result(event).type for event in stream]


@call("stream final message")
def stream_final_message(seen: Seen) -> None:
    with client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen)) as stream:
        seen.answer = _text(seen.result(stream.get_final_message()))


@call("async create")
async def async_create(seen: Seen) -> None:
    async with AsyncAnthropic(max_retries=0) as async_client:
        message = await async_client.messages.create(model=seen.model, max_tokens=99, messages=_say(seen))
        seen.answer = _text(seen.result(message))


@call("async create streamed")
async def async_create_streamed(seen: Seen) -> None:
    async with AsyncAnthropic(max_retries=0) as async_client:
        stream = seen.result(
            await async_client.messages.create(model=seen.model, max_tokens=99, messages=_say(seen), stream=True)
        )
        seen.answer = "".join([_words(seen.result(event)) async for event in stream])


@call("async stream text")
async def async_stream_text(seen: Seen) -> None:
    async with (
        AsyncAnthropic(max_retries=0) as async_client,
        async_client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen)) as stream,
    ):
        seen.answer = [text async for text in seen.result(stream).text_stream]


@call("async stream events")
async def async_stream_events(seen: Seen) -> None:
    async with (
        AsyncAnthropic(max_retries=0) as async_client,
        async_client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen)) as stream,
    ):
        seen.answer = [seen.result(event).type async for event in stream]


@call("async stream final message")
async def async_stream_final_message(seen: Seen) -> None:
    async with (
        AsyncAnthropic(max_retries=0) as async_client,
        async_client.messages.stream(model=seen.model, max_tokens=99, messages=_say(seen)) as stream,
    ):
        seen.answer = _text(seen.result(await stream.get_final_message()))


if __name__ == "__main__":
    with client:
        run_all()

"""An application that uses the OpenAI SDK in every way; started by test_openai.py, it knows nothing of impacts."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from calls import Seen, call, run_all
from openai import AsyncOpenAI, AzureOpenAI, OpenAI
from pydantic import BaseModel

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
    from openai.types.responses import ResponseStreamEvent

client = OpenAI(max_retries=0)


class Greeting(BaseModel):
    """What `parse` shall make of the answer."""

    text: str


def _say(seen: Seen) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": seen.prompt}]


def _text(completion: ChatCompletion) -> str | None:
    return completion.choices[0].message.content


def _words(chunk: ChatCompletionChunk) -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def _delta(event: ResponseStreamEvent) -> str:
    return event.delta if event.type == "response.output_text.delta" else ""


def chat(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat.completions.create(model=seen.model, messages=_say(seen))))


# The same call; what differs is what the server answers.
for reason in ("error", "negative usage", "fractional usage", "huge usage", "null usage", "no tokens", "unknown model"):
    call(reason)(chat)
call("chat")(chat)


@call("three chats")
def three_chats(seen: Seen) -> None:
    for _ in range(3):
        chat(seen)


@call("threads")
def threads(seen: Seen) -> None:
    def answer(number: int) -> object:
        own = Seen(model=seen.model, prompt=seen.prompt)
        chat(own)
        return own.answer

    with ThreadPoolExecutor(4) as pool:
        seen.answer = list(pool.map(answer, range(8)))


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(
        client.chat.completions.create(
            model=seen.model, messages=_say(seen), stream=True, stream_options={"include_usage": True}
        )
    )
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in stream)


@call("streamed without usage")
def streamed_without_usage(seen: Seen) -> None:
    stream = seen.result(client.chat.completions.create(model=seen.model, messages=_say(seen), stream=True))
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in stream)


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.chat.completions.create(model=seen.model, messages=_say(seen), stream=True)
    seen.result(next(iter(stream)))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.chat.completions.create(model=seen.model, messages=_say(seen), stream=True)
    seen.result(next(iter(stream)))
    del stream
    gc.collect()


@call("async")
async def asynchronous(seen: Seen) -> None:
    async with AsyncOpenAI(max_retries=0) as async_client:
        seen.answer = _text(
            seen.result(await async_client.chat.completions.create(model=seen.model, messages=_say(seen)))
        )


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with AsyncOpenAI(max_retries=0) as async_client:
        stream = seen.result(
            await async_client.chat.completions.create(
                model=seen.model, messages=_say(seen), stream=True, stream_options={"include_usage": True}
            )
        )
        seen.answer = "".join([_words(seen.result(chunk)) async for chunk in stream])


@call("responses")
def responses(seen: Seen) -> None:
    seen.answer = seen.result(client.responses.create(model=seen.model, input=seen.prompt)).output_text


@call("responses streamed")
def responses_streamed(seen: Seen) -> None:
    stream = seen.result(client.responses.create(model=seen.model, input=seen.prompt, stream=True))
    seen.answer = "".join(_delta(seen.result(event)) for event in stream)


@call("responses stream helper")
def responses_stream_helper(seen: Seen) -> None:
    with seen.result(client.responses.stream(model=seen.model, input=seen.prompt)) as stream:
        for event in seen.result(stream):
            seen.result(event)
        seen.answer = seen.result(stream.get_final_response()).output_text


@call("raw response")
def raw_response(seen: Seen) -> None:
    raw = seen.result(client.chat.completions.with_raw_response.create(model=seen.model, messages=_say(seen)))
    seen.answer = [raw.http_response.status_code, _text(seen.result(raw.parse()))]


@call("stream helper")
def stream_helper(seen: Seen) -> None:
    with seen.result(
        client.chat.completions.stream(model=seen.model, messages=_say(seen), stream_options={"include_usage": True})
    ) as stream:
        for event in seen.result(stream):
            seen.result(event)
        seen.answer = _text(seen.result(stream.get_final_completion()))


@call("parsed")
def parsed(seen: Seen) -> None:
    answer = seen.result(client.chat.completions.parse(model=seen.model, messages=_say(seen), response_format=Greeting))
    greeting = answer.choices[0].message.parsed
    seen.answer = greeting and greeting.text


@call("responses parsed")
def responses_parsed(seen: Seen) -> None:
    answer = seen.result(client.responses.parse(model=seen.model, input=seen.prompt, text_format=Greeting))
    seen.answer = answer.output_parsed and answer.output_parsed.text


@call("Azure")
def azure(seen: Seen) -> None:
    endpoint = f"{os.environ['PROVIDER_URL']}/azure"
    with AzureOpenAI(azure_endpoint=endpoint, api_version="2024-10-21", api_key="not-a-key") as other:
        seen.answer = _text(seen.result(other.chat.completions.create(model=seen.model, messages=_say(seen))))


@call("embeddings")
def embeddings(seen: Seen) -> None:
    answer = seen.result(client.embeddings.create(model=seen.model, input=seen.prompt))
    seen.answer = answer.data[0].embedding


if __name__ == "__main__":
    with client:
        run_all()

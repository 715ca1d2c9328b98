"""An application that uses what is less known of OpenAI's SDK; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from calls import Seen, call, run_all
from openai import AsyncOpenAI, AzureOpenAI, OpenAI

if TYPE_CHECKING:
    from openai.types import Completion

_PICTURE = ("picture.png", b"\x89PNG", "image/png")
_SOUND = ("sound.mp3", b"ID3", "audio/mpeg")

client: Any = OpenAI(max_retries=1)


class OwnClient(OpenAI):
    """An application's own."""


def _other(kind: Any, **options: Any) -> Any:
    return kind(**options)


def _azure() -> Any:
    endpoint = f"{os.environ['PROVIDER_URL']}/azure"
    return _other(AzureOpenAI, azure_endpoint=endpoint, api_version="2024-10-21", api_key="not-a-key")


def _async(**options: Any) -> Any:
    return AsyncOpenAI(**options)


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "prompt": seen.prompt, "temperature": 0.5}


def _streamed(seen: Seen) -> dict[str, Any]:
    return {**_asked(seen), "stream": True, "stream_options": {"include_usage": True}}


def _text(completion: Completion) -> str:
    return completion.choices[0].text


def _words(chunk: Completion) -> str:
    return chunk.choices[0].text if chunk.choices else ""


def text_completion(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.completions.create(**_asked(seen))))


for name in ("text completion", "retried", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(text_completion)


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.completions.create(**_streamed(seen)))
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in stream)


@call("stream in a with statement")
def stream_in_with(seen: Seen) -> None:
    with seen.result(client.completions.create(**_streamed(seen))) as stream:
        seen.answer = "".join(_words(seen.result(chunk)) for chunk in seen.result(stream))


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.completions.create(**_streamed(seen))
    seen.result(next(iter(stream)))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.completions.create(**_streamed(seen))
    seen.result(next(iter(stream)))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    stream = client.completions.create(**_streamed(seen))
    try:
        seen.answer = [_words(seen.result(chunk)) for chunk in stream]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    seen.result(client.completions.create(**_streamed(seen)))


@call("raw response")
def raw_response(seen: Seen) -> None:
    raw = seen.result(client.completions.with_raw_response.create(**_asked(seen)))
    seen.answer = [raw.http_response.status_code, _text(seen.result(raw.parse()))]


@call("raw stream")
def raw_stream(seen: Seen) -> None:
    raw = seen.result(client.completions.with_raw_response.create(**_streamed(seen)))
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in seen.result(raw.parse()))


@call("streaming response")
def streaming_response(seen: Seen) -> None:
    with client.completions.with_streaming_response.create(**_asked(seen)) as raw:
        seen.answer = _text(seen.result(seen.result(raw).parse()))


@call("streaming response unread")
def streaming_response_unread(seen: Seen) -> None:
    with client.completions.with_streaming_response.create(**_asked(seen)) as raw:
        seen.answer = seen.result(raw).http_response.status_code


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    with _other(OwnClient) as own:
        seen.answer = _text(seen.result(own.completions.create(**_asked(seen))))


@call("another server")
def another_server(seen: Seen) -> None:
    with _other(OpenAI, base_url=os.environ["OPENAI_BASE_URL"].replace("127.0.0.1", "localhost")) as other:
        seen.answer = _text(seen.result(other.completions.create(**_asked(seen))))


@call("Azure")
def azure(seen: Seen) -> None:
    with _azure() as other:
        seen.answer = _text(seen.result(other.completions.create(**_asked(seen))))


@call("async")
async def asynchronous(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = _text(seen.result(await own.completions.create(**_asked(seen))))


@call("async retried")
async def async_retried(seen: Seen) -> None:
    async with _async(max_retries=1) as own:
        seen.answer = _text(seen.result(await own.completions.create(**_asked(seen))))


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with _async() as own:
        stream = seen.result(await own.completions.create(**_streamed(seen)))
        seen.answer = "".join([_words(seen.result(chunk)) async for chunk in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with _async() as own, await own.completions.create(**_streamed(seen)) as stream:
        async for chunk in stream:
            seen.result(chunk)
            break


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with _async() as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.completions.create(**_asked(seen)))
        await asyncio.sleep(0.05)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async raw response")
async def async_raw_response(seen: Seen) -> None:
    async with _async() as own:
        raw = seen.result(await own.completions.with_raw_response.create(**_asked(seen)))
        seen.answer = _text(seen.result(raw.parse()))


@call("async raw stream")
async def async_raw_stream(seen: Seen) -> None:
    async with _async() as own:
        raw = seen.result(await own.completions.with_raw_response.create(**_streamed(seen)))
        seen.answer = "".join([_words(seen.result(chunk)) async for chunk in seen.result(raw.parse())])


@call("async error")
async def async_error(seen: Seen) -> None:
    async with _async(max_retries=0) as own:
        seen.answer = _text(await own.completions.create(**_asked(seen)))


@call("compacted")
def compacted(seen: Seen) -> None:
    answer = seen.result(client.responses.compact(model=seen.model, input=seen.prompt))
    seen.answer = answer.output[0].type


@call("beta response")
def beta_response(seen: Seen) -> None:
    answer = seen.result(client.beta.responses.create(model=seen.model, input=seen.prompt))
    seen.answer = answer.output[0].content[0].text


@call("beta response streamed")
def beta_response_streamed(seen: Seen) -> None:
    stream = seen.result(client.beta.responses.create(model=seen.model, input=seen.prompt, stream=True))
    seen.answer = [seen.result(event).type for event in stream]


@call("async beta response streamed")
async def async_beta_response_streamed(seen: Seen) -> None:
    async with _async() as own:
        stream = seen.result(await own.beta.responses.create(model=seen.model, input=seen.prompt, stream=True))
        seen.answer = [seen.result(event).type async for event in stream]


@call("decision")
def decision(seen: Seen) -> None:
    asked = [{"type": "predicate", "question": "Is it?"}]
    answer = seen.result(client.decisions.create(model=seen.model, input=seen.prompt, questions=asked))
    seen.answer = answer.answers[0].probability


@call("image")
def image(seen: Seen) -> None:
    seen.answer = seen.result(client.images.generate(model=seen.model, prompt=seen.prompt)).data[0].b64_json


@call("image streamed")
def image_streamed(seen: Seen) -> None:
    stream = seen.result(client.images.generate(model=seen.model, prompt=seen.prompt, stream=True, partial_images=1))
    seen.answer = [seen.result(event).type for event in stream]


@call("image edited")
def image_edited(seen: Seen) -> None:
    answer = seen.result(client.images.edit(model=seen.model, image=_PICTURE, prompt=seen.prompt))
    seen.answer = answer.data[0].b64_json


@call("image edited streamed")
def image_edited_streamed(seen: Seen) -> None:
    with client.images.edit(model=seen.model, image=_PICTURE, prompt=seen.prompt, stream=True) as stream:
        seen.answer = [seen.result(event).type for event in stream]


@call("image varied")
def image_varied(seen: Seen) -> None:
    seen.answer = seen.result(client.images.create_variation(model=seen.model, image=_PICTURE)).data[0].url


@call("image of Azure")
def image_of_azure(seen: Seen) -> None:
    with _azure() as other:
        image = seen.result(other.images.generate(model=seen.model, prompt=seen.prompt))
        seen.answer = [one.b64_json for one in image.data or ()]


@call("video")
def video(seen: Seen) -> None:
    seen.answer = seen.result(client.videos.create(model=seen.model, prompt=seen.prompt)).status


@call("video polled")
def video_polled(seen: Seen) -> None:
    asked = client.videos.create_and_poll(model=seen.model, prompt=seen.prompt, poll_interval_ms=1)
    seen.answer = seen.result(asked).status


@call("speech")
def speech(seen: Seen) -> None:
    answer = client.audio.speech.create(model=seen.model, input=seen.prompt, voice="alloy")
    seen.answer = seen.result(answer).read().decode()


@call("speech raw")
def speech_raw(seen: Seen) -> None:
    raw = client.audio.speech.with_raw_response.create(model=seen.model, input=seen.prompt, voice="alloy")
    seen.answer = seen.result(seen.result(raw).parse()).read().decode()


@call("speech in pieces")
def speech_in_pieces(seen: Seen) -> None:
    speeches = client.audio.speech.with_streaming_response
    with speeches.create(model=seen.model, input=seen.prompt, voice="alloy") as answer:
        seen.answer = [piece.decode() for piece in seen.result(answer).iter_bytes(chunk_size=8)]


def _transcribed(seen: Seen, **options: Any) -> Any:
    return client.audio.transcriptions.create(model=seen.model, file=_SOUND, prompt=seen.prompt, **options)


@call("transcription")
def transcription(seen: Seen) -> None:
    seen.answer = seen.result(_transcribed(seen)).text


@call("transcription as text")
def transcription_as_text(seen: Seen) -> None:
    seen.answer = seen.result(_transcribed(seen, response_format="text"))


@call("transcription with times")
def transcription_with_times(seen: Seen) -> None:
    seen.answer = seen.result(_transcribed(seen, response_format="verbose_json")).text


@call("transcription streamed")
def transcription_streamed(seen: Seen) -> None:
    seen.answer = [seen.result(event).type for event in seen.result(_transcribed(seen, stream=True))]


@call("translation")
def translation(seen: Seen) -> None:
    answer = seen.result(client.audio.translations.create(model=seen.model, file=_SOUND, prompt=seen.prompt))
    seen.answer = answer.text


@call("moderation")
def moderation(seen: Seen) -> None:
    answer = seen.result(client.moderations.create(model=seen.model, input=seen.prompt))
    seen.answer = answer.results[0].flagged


@call("async image")
async def async_image(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.images.generate(model=seen.model, prompt=seen.prompt))
        seen.answer = answer.data[0].b64_json


@call("async image streamed")
async def async_image_streamed(seen: Seen) -> None:
    async with _async() as own:
        stream = seen.result(await own.images.generate(model=seen.model, prompt=seen.prompt, stream=True))
        seen.answer = [seen.result(event).type async for event in stream]


@call("async video polled")
async def async_video_polled(seen: Seen) -> None:
    async with _async() as own:
        asked = await own.videos.create_and_poll(model=seen.model, prompt=seen.prompt, poll_interval_ms=1)
        seen.answer = seen.result(asked).status


@call("async speech in pieces")
async def async_speech_in_pieces(seen: Seen) -> None:
    async with (
        _async() as own,
        own.audio.speech.with_streaming_response.create(model=seen.model, input=seen.prompt, voice="alloy") as answer,
    ):
        seen.answer = [piece.decode() async for piece in seen.result(answer).iter_bytes(chunk_size=8)]


@call("async transcription streamed")
async def async_transcription_streamed(seen: Seen) -> None:
    async with _async() as own:
        asked = own.audio.transcriptions.create(model=seen.model, file=_SOUND, prompt=seen.prompt, stream=True)
        seen.answer = [seen.result(event).type async for event in seen.result(await asked)]


@call("async moderation")
async def async_moderation(seen: Seen) -> None:
    async with _async() as own:
        answer = seen.result(await own.moderations.create(model=seen.model, input=seen.prompt))
        seen.answer = answer.results[0].flagged


if __name__ == "__main__":
    with client:
        run_all()

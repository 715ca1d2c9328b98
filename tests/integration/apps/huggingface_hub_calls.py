"""An application that uses Hugging Face's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from typing import Any

from calls import Seen, call, run_all
from huggingface_hub import constants

_SERVER = f"{os.environ['PROVIDER_URL']}/hf"
# Nothing leaves this machine: the router is the server of the test, too. It is read when the clients are imported.
constants.INFERENCE_PROXY_TEMPLATE = _SERVER + "/{provider}"

from huggingface_hub import AsyncInferenceClient, InferenceClient  # noqa: E402
from huggingface_hub.inference import _providers  # noqa: E402

# Before there was one, the SDK itself took the first provider that the hub named.
if hasattr(_providers, "CONVERSATIONAL_AUTO_ROUTER"):
    _providers.CONVERSATIONAL_AUTO_ROUTER.base_url = _SERVER

_WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
_USAGE: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}


class Client(InferenceClient):
    """Some derive a client of their own."""


client: Any = InferenceClient(base_url=_SERVER, api_key="hf_not-a-key")


def _async() -> Any:
    return AsyncInferenceClient(base_url=_SERVER, api_key="hf_not-a-key")


def _serving(task: str, provider: Any, kind: Any = InferenceClient) -> Any:
    """A client of a provider, where the hub says that models are for this task."""
    constants.ENDPOINT = f"{_SERVER}/hub/{task}"
    return kind(provider=provider, api_key="hf_not-a-key")


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "temperature": 0.5}


def _text(completion: Any) -> Any:
    return completion.choices[0].message.content


def _words(chunk: Any) -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def _tool(completion: Any) -> str:
    return completion.choices[0].message.tool_calls[0].function.name


def chat(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat_completion(**_asked(seen))))


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("by OpenAI's name")
def by_openais_name(seen: Seen) -> None:
    answer = seen.result(client.chat.completions.create(**_asked(seen)))
    seen.answer = [_text(answer), dict(answer.usage)]


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.chat_completion(**_asked(seen), **_USAGE))
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in stream)


@call("streamed without usage")
def streamed_without_usage(seen: Seen) -> None:
    seen.answer = "".join(_words(chunk) for chunk in client.chat_completion(**_asked(seen), stream=True))


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.chat_completion(**_asked(seen), **_USAGE)
    seen.result(next(iter(stream)))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.chat_completion(**_asked(seen), **_USAGE)
    seen.result(next(iter(stream)))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    try:
        seen.answer = [_words(seen.result(chunk)) for chunk in client.chat_completion(**_asked(seen), **_USAGE)]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = type(error).__name__


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    seen.answer = _tool(seen.result(client.chat_completion(**_asked(seen), tools=[_WEATHER])))


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    stream = seen.result(client.chat_completion(**_asked(seen), tools=[_WEATHER], **_USAGE))
    deltas = [chunk.choices[0].delta for chunk in stream if chunk.choices]
    seen.answer = [made.function.name for delta in deltas for made in delta.tool_calls or ()]


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    own: Any = Client(base_url=_SERVER, api_key="hf_not-a-key")
    seen.answer = _text(seen.result(own.chat_completion(**_asked(seen))))


@call("another server")
def another_server(seen: Seen) -> None:
    own: Any = InferenceClient(base_url=_SERVER.replace("127.0.0.1", "localhost"), api_key="hf_not-a-key")
    seen.answer = _text(seen.result(own.chat_completion(**_asked(seen))))


@call("Hugging Face's servers")
def its_own_servers(seen: Seen) -> None:
    own = _serving("conversational", "hf-inference")
    seen.answer = _text(seen.result(own.chat_completion(**_asked(seen))))


@call("another provider")
def another_provider(seen: Seen) -> None:
    own = _serving("conversational", "together")
    seen.answer = _text(seen.result(own.chat_completion(**_asked(seen))))


@call("provider chosen by the router")
def provider_chosen_by_the_router(seen: Seen) -> None:
    own = _serving("conversational", None)
    seen.answer = _text(seen.result(own.chat_completion(**_asked(seen))))


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    seen.result(client.chat_completion(**_asked(seen), **_USAGE))


def _generated(own: Any, seen: Seen, **options: Any) -> Any:
    return seen.result(own.text_generation(seen.prompt, model=seen.model, max_new_tokens=9, **options))


@call("text generation")
def text_generation(seen: Seen) -> None:
    own = _serving("text-generation", "hf-inference")
    seen.answer = _generated(own, seen, details=True).generated_text


@call("text generation streamed")
def text_generation_streamed(seen: Seen) -> None:
    own = _serving("text-generation", "hf-inference")
    stream = _generated(own, seen, details=True, stream=True)
    seen.answer = "".join(seen.result(chunk).token.text for chunk in stream)


@call("text generation without details")
def text_generation_without_details(seen: Seen) -> None:
    own = _serving("text-generation", "hf-inference")
    seen.answer = _generated(own, seen)


@call("text generation without details, streamed")
def text_generation_without_details_streamed(seen: Seen) -> None:
    own = _serving("text-generation", "hf-inference")
    seen.answer = "".join(seen.result(word) for word in _generated(own, seen, stream=True))


@call("text generation without TGI")
def text_generation_without_tgi(seen: Seen) -> None:
    own = InferenceClient(model=seen.model, provider="hf-inference", api_key="hf_not-a-key")
    constants.ENDPOINT = f"{_SERVER}/hub/text-generation"
    seen.answer = seen.result(own.text_generation(seen.prompt))


@call("summarization")
def summarization(seen: Seen) -> None:
    own = _serving("summarization", "hf-inference")
    seen.answer = seen.result(own.summarization(seen.prompt, model=seen.model)).summary_text


@call("translation")
def translation(seen: Seen) -> None:
    own = _serving("translation", "hf-inference")
    seen.answer = seen.result(own.translation(seen.prompt, model=seen.model)).translation_text


@call("embeddings")
def embeddings(seen: Seen) -> None:
    own = _serving("feature-extraction", "hf-inference")
    seen.answer = seen.result(own.feature_extraction(seen.prompt, model=seen.model)).tolist()


@call("image")
def image(seen: Seen) -> None:
    own = _serving("text-to-image", None)
    seen.answer = seen.result(own.text_to_image(seen.prompt, model=seen.model)).size


@call("image from an image")
def image_from_an_image(seen: Seen) -> None:
    own = _serving("image-to-image", "hf-inference")
    seen.answer = seen.result(own.image_to_image(b"an image", prompt=seen.prompt, model=seen.model)).size


@call("video")
def video(seen: Seen) -> None:
    own = _serving("text-to-video", "novita")
    seen.answer = len(seen.result(own.text_to_video(seen.prompt, model=seen.model)))


@call("speech")
def speech(seen: Seen) -> None:
    own = _serving("text-to-speech", "hf-inference")
    seen.answer = len(seen.result(own.text_to_speech(seen.prompt, model=seen.model)))


@call("transcription")
def transcription(seen: Seen) -> None:
    own = _serving("automatic-speech-recognition", "hf-inference")
    seen.answer = seen.result(own.automatic_speech_recognition(b"a sound", model=seen.model)).text


@call("async")
async def asynchronous(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = _text(seen.result(await own.chat_completion(**_asked(seen))))


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with _async() as own:
        stream = seen.result(await own.chat.completions.create(**_asked(seen), **_USAGE))
        seen.answer = "".join([_words(seen.result(chunk)) async for chunk in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with _async() as own:
        stream = await own.chat_completion(**_asked(seen), **_USAGE)
        seen.result(await anext(stream))
        await stream.aclose()


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with _async() as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.chat_completion(**_asked(seen)))
        await asyncio.sleep(0.1)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = _tool(seen.result(await own.chat_completion(**_asked(seen), tools=[_WEATHER])))


@call("async error")
async def async_error(seen: Seen) -> None:
    async with _async() as own:
        seen.answer = _text(await own.chat_completion(**_asked(seen)))


@call("async another provider")
async def async_another_provider(seen: Seen) -> None:
    async with _serving("conversational", "together", AsyncInferenceClient) as own:
        seen.answer = _text(seen.result(await own.chat_completion(**_asked(seen))))


@call("async text generation")
async def async_text_generation(seen: Seen) -> None:
    async with _serving("text-generation", "hf-inference", AsyncInferenceClient) as own:
        answer = seen.result(await own.text_generation(seen.prompt, model=seen.model, details=True))
        seen.answer = answer.generated_text


@call("async text generation streamed")
async def async_text_generation_streamed(seen: Seen) -> None:
    async with _serving("text-generation", "hf-inference", AsyncInferenceClient) as own:
        stream = seen.result(await own.text_generation(seen.prompt, model=seen.model, details=True, stream=True))
        seen.answer = "".join([seen.result(chunk).token.text async for chunk in stream])


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with _serving("feature-extraction", "hf-inference", AsyncInferenceClient) as own:
        seen.answer = seen.result(await own.feature_extraction(seen.prompt, model=seen.model)).tolist()


@call("async image")
async def async_image(seen: Seen) -> None:
    async with _serving("text-to-image", None, AsyncInferenceClient) as own:
        seen.answer = seen.result(await own.text_to_image(seen.prompt, model=seen.model)).size


if __name__ == "__main__":
    run_all()

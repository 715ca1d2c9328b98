"""An application that uses LiteLLM in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import io
import os
from contextlib import suppress
from importlib import import_module
from typing import Any

from calls import Seen, call, run_all
from openai import OpenAI
from pydantic import BaseModel

# In no environment with the other SDKs, so no type checker finds it.
litellm: Any = import_module("litellm")
litellm.suppress_debug_info = True  # it goes to stdout
_URL = os.environ["PROVIDER_URL"]
_USAGE = {"stream_options": {"include_usage": True}}
_OTHERS: dict[str, dict[str, str]] = {
    "anthropic": {"api_base": _URL},
    "mistral": {"api_base": f"{_URL}/mistral/v1"},
    "hosted_vllm": {"api_base": f"{_URL}/litellm/v1"},
    "groq": {"api_base": f"{_URL}/litellm/v1"},
}
_WEATHER: dict[str, object] = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


class Greeting(BaseModel):
    """What the answer shall be like."""

    text: str


class OwnClient(OpenAI):
    """A client of the SDK beneath."""


def _said(seen: Seen) -> list[dict[str, str]]:
    return [{"role": "user", "content": seen.prompt}]


def _asked(seen: Seen, provider: str = "openai") -> dict[str, Any]:
    """What is asked of the provider; OpenAI's server is in the environment, as most have it."""
    elsewhere = {**_OTHERS[provider], "api_key": "not-a-key"} if provider in _OTHERS else {}
    return {"model": f"{provider}/{seen.model}", "messages": _said(seen), "max_retries": 0, **elsewhere}


def _text(completion: Any) -> str | None:
    return completion.choices[0].message.content


def _words(chunk: Any) -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def _tool(completion: Any) -> list[str]:
    return [f"{made.function.name}({made.function.arguments})" for made in completion.choices[0].message.tool_calls]


def _read(seen: Seen, stream: Any) -> None:
    seen.answer = "".join(_words(seen.result(chunk)) for chunk in seen.result(stream))


async def _read_async(seen: Seen, stream: Any) -> None:
    seen.answer = "".join([_words(seen.result(chunk)) async for chunk in seen.result(stream)])


def chat(seen: Seen) -> None:
    seen.answer = _text(seen.result(litellm.completion(**_asked(seen), temperature=0.5)))


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("positional arguments")
def positional_arguments(seen: Seen) -> None:
    seen.answer = _text(seen.result(litellm.completion(seen.model, _said(seen), custom_llm_provider="openai")))


@call("streamed")
def streamed(seen: Seen) -> None:
    _read(seen, litellm.completion(**_asked(seen), stream=True, **_USAGE))


@call("streamed without usage")
def stream_without_usage(seen: Seen) -> None:
    _read(seen, litellm.completion(**_asked(seen), stream=True))


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = litellm.completion(**_asked(seen), stream=True)
    seen.result(next(stream))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    try:
        _read(seen, litellm.completion(**_asked(seen), stream=True))
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = type(error).__name__


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    _read(seen, litellm.completion(**_asked(seen), stream=True))


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    seen.answer = _tool(seen.result(litellm.completion(**_asked(seen), tools=[_WEATHER])))


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    stream = litellm.completion(**_asked(seen), tools=[_WEATHER], stream=True, **_USAGE)
    chunks = [seen.result(chunk) for chunk in seen.result(stream)]
    made = [made for chunk in chunks if chunk.choices for made in chunk.choices[0].delta.tool_calls or ()]
    seen.answer = [made[0].function.name, "".join(part.function.arguments for part in made)]


@call("parsed")
def parsed(seen: Seen) -> None:
    answer = _text(seen.result(litellm.completion(**_asked(seen), response_format=Greeting)))
    seen.answer = Greeting.model_validate_json(answer or "").text


@call("retried")
def retried(seen: Seen) -> None:
    seen.answer = _text(seen.result(litellm.completion(**{**_asked(seen), "max_retries": 1})))


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    with OwnClient(base_url=f"{_URL}/litellm/v1") as own:
        seen.answer = _text(seen.result(litellm.completion(**_asked(seen), client=own)))


@call("another server")
def another_server(seen: Seen) -> None:
    elsewhere = f"{_URL.replace('127.0.0.1', 'localhost')}/litellm/v1"
    seen.answer = _text(seen.result(litellm.completion(**_asked(seen), api_base=elsewhere)))


@call("responses")
def responses(seen: Seen) -> None:
    answer = seen.result(litellm.responses(model=f"openai/{seen.model}", input=seen.prompt))
    seen.answer = answer.output[0].content[0].text


@call("responses streamed")
def responses_streamed(seen: Seen) -> None:
    stream = seen.result(litellm.responses(model=f"openai/{seen.model}", input=seen.prompt, stream=True))
    seen.answer = "".join(getattr(seen.result(event), "delta", "") for event in stream)


@call("responses through chat")
def responses_through_chat(seen: Seen) -> None:
    asked = {**_OTHERS["hosted_vllm"], "model": f"hosted_vllm/{seen.model}", "input": seen.prompt}
    answer = seen.result(litellm.responses(**asked, use_chat_completions_api=True))
    seen.answer = answer.output[0].content[0].text


@call("text completion")
def text_completion(seen: Seen) -> None:
    asked: dict[str, Any] = {"model": f"text-completion-openai/{seen.model}", "api_base": f"{_URL}/litellm/v1"}
    seen.answer = seen.result(litellm.text_completion(seen.prompt, **asked)).choices[0].text


@call("text completion streamed")
def text_completion_streamed(seen: Seen) -> None:
    asked: dict[str, Any] = {"model": f"text-completion-openai/{seen.model}", "api_base": f"{_URL}/litellm/v1"}
    stream = seen.result(litellm.text_completion(seen.prompt, **asked, stream=True, **_USAGE))
    seen.answer = "".join(seen.result(chunk).choices[0].text or "" for chunk in stream)


def _of_another_provider(provider: str) -> None:
    words = provider.replace("_", " ")

    def of_another(seen: Seen) -> None:
        seen.answer = _text(seen.result(litellm.completion(**_asked(seen, provider))))

    def of_another_streamed(seen: Seen) -> None:
        _read(seen, litellm.completion(**_asked(seen, provider), stream=True, **_USAGE))

    async def of_another_async_streamed(seen: Seen) -> None:
        await _read_async(seen, await litellm.acompletion(**_asked(seen, provider), stream=True, **_USAGE))

    call(words)(of_another)
    call(f"{words} streamed")(of_another_streamed)
    call(f"async {words} streamed")(of_another_async_streamed)


for name in _OTHERS:
    _of_another_provider(name)


def _router(seen: Seen) -> Any:
    parameters = {"model": f"openai/{seen.model}", "api_base": f"{_URL}/litellm/v1", "api_key": "not-a-key"}
    return litellm.Router(model_list=[{"model_name": "any", "litellm_params": parameters}], num_retries=0)


@call("router")
def router(seen: Seen) -> None:
    seen.answer = _text(seen.result(_router(seen).completion(model="any", messages=_said(seen))))


@call("router streamed")
def router_streamed(seen: Seen) -> None:
    _read(seen, _router(seen).completion(model="any", messages=_said(seen), stream=True, **_USAGE))


@call("embeddings")
def embeddings(seen: Seen) -> None:
    answer = seen.result(litellm.embedding(model=f"openai/{seen.model}", input=[seen.prompt]))
    seen.answer = answer.data[0]["embedding"]


def _media(seen: Seen) -> dict[str, str]:
    return {"model": f"openai/{seen.model}", "api_base": f"{_URL}/litellm/v1"}


@call("image")
def image(seen: Seen) -> None:
    seen.answer = seen.result(litellm.image_generation(seen.prompt, **_media(seen))).data[0].b64_json


@call("speech")
def speech(seen: Seen) -> None:
    seen.answer = seen.result(litellm.speech(**_media(seen), input=seen.prompt, voice="alloy")).content.decode()


@call("transcription")
def transcription(seen: Seen) -> None:
    file = io.BytesIO(b"sound")
    file.name = "sound.mp3"
    seen.answer = seen.result(litellm.transcription(**_media(seen), file=file)).text


@call("async")
async def asynchronous(seen: Seen) -> None:
    seen.answer = _text(seen.result(await litellm.acompletion(**_asked(seen))))


call("async error")(asynchronous)


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    await _read_async(seen, await litellm.acompletion(**_asked(seen), stream=True, **_USAGE))


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    stream = seen.result(await litellm.acompletion(**_asked(seen), stream=True, **_USAGE))
    async for chunk in stream:
        seen.result(chunk)
        break
    await stream.aclose()


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    asked: asyncio.Future[object] = asyncio.ensure_future(litellm.acompletion(**_asked(seen)))
    await asyncio.sleep(0.2)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    seen.answer = asked.cancelled()


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    seen.answer = _tool(seen.result(await litellm.acompletion(**_asked(seen), tools=[_WEATHER])))


@call("async retried")
async def async_retried(seen: Seen) -> None:
    seen.answer = _text(seen.result(await litellm.acompletion(**{**_asked(seen), "max_retries": 1})))


@call("async responses")
async def async_responses(seen: Seen) -> None:
    answer = seen.result(await litellm.aresponses(model=f"openai/{seen.model}", input=seen.prompt))
    seen.answer = answer.output[0].content[0].text


@call("async responses streamed")
async def async_responses_streamed(seen: Seen) -> None:
    stream = seen.result(await litellm.aresponses(model=f"openai/{seen.model}", input=seen.prompt, stream=True))
    seen.answer = "".join([getattr(seen.result(event), "delta", "") async for event in stream])


@call("async text completion")
async def async_text_completion(seen: Seen) -> None:
    asked: dict[str, Any] = {"model": f"text-completion-openai/{seen.model}", "api_base": f"{_URL}/litellm/v1"}
    seen.answer = seen.result(await litellm.atext_completion(prompt=seen.prompt, **asked)).choices[0].text


@call("async router")
async def async_router(seen: Seen) -> None:
    seen.answer = _text(seen.result(await _router(seen).acompletion(model="any", messages=_said(seen))))


@call("async router streamed")
async def async_router_streamed(seen: Seen) -> None:
    asked = _router(seen).acompletion(model="any", messages=_said(seen), stream=True, **_USAGE)
    await _read_async(seen, await asked)


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    answer = seen.result(await litellm.aembedding(f"openai/{seen.model}", [seen.prompt]))
    seen.answer = answer.data[0]["embedding"]


@call("async image")
async def async_image(seen: Seen) -> None:
    seen.answer = seen.result(await litellm.aimage_generation(prompt=seen.prompt, **_media(seen))).data[0].b64_json


@call("async speech")
async def async_speech(seen: Seen) -> None:
    answer = seen.result(await litellm.aspeech(**_media(seen), input=seen.prompt, voice="alloy"))
    seen.answer = answer.content.decode()


if __name__ == "__main__":
    run_all()

"""An application that uses Mistral's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from typing import Any

from calls import Seen, call, run_all
from pydantic import BaseModel

# Where the SDK's modules stand depends on its release.
_PACKAGE = "mistralai" if version("mistralai").startswith("1.") else "mistralai.client"
Mistral: Any = import_module(_PACKAGE).Mistral
_SERVER = f"{os.environ['PROVIDER_URL']}/mistral"
_TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


class Greeting(BaseModel):
    """What `parse` shall make of the answer."""

    text: str


class OwnMistral(Mistral):
    """A client of the application's own class."""


def own_client(kind: Any = Mistral, server: str = _SERVER) -> Any:
    """A client that no other call has."""
    return kind(api_key="not-a-key", server_url=server)


def _retries() -> Any:
    """At once, and not forever."""
    utils: Any = import_module(f"{_PACKAGE}.utils")
    return utils.RetryConfig("backoff", utils.BackoffStrategy(1, 10, 1.0, 2000), False)


def _azure() -> Any:
    return own_client(import_module("mistralai.azure.client").MistralAzure)


def _google() -> Any:
    kind = import_module("mistralai.gcp.client").MistralGCP
    return kind(project_id="p", access_token="not-a-key", server_url=os.environ["PROVIDER_URL"])


client = own_client()


def _asked(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "temperature": 0.5}


def _text(completion: Any) -> str:
    return completion.choices[0].message.content


def _words(event: Any) -> str:
    return event.data.choices[0].delta.content or ""


def _tools(calls: Any) -> list[list[str]]:
    """The tools that the model calls, with their arguments."""
    return [[called.function.name, called.function.arguments] for called in calls or ()]


def _chat(own: Any, seen: Seen, **more: Any) -> None:
    seen.answer = _text(seen.result(own.chat.complete(**_asked(seen), **more)))


def chat(seen: Seen) -> None:
    _chat(client, seen)


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("server of one call")
def server_of_one_call(seen: Seen) -> None:
    _chat(Mistral(api_key="not-a-key"), seen, server_url=_SERVER)


@call("retried")
def retried(seen: Seen) -> None:
    _chat(client, seen, retries=_retries())


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    _chat(own_client(OwnMistral), seen)


@call("another server")
def another_server(seen: Seen) -> None:
    _chat(own_client(server=_SERVER.replace("127.0.0.1", "localhost")), seen)


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    answer = seen.result(client.chat.complete(**_asked(seen), tools=[_TOOL]))
    seen.answer = _tools(answer.choices[0].message.tool_calls)


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    stream = client.chat.stream(**_asked(seen), tools=[_TOOL])
    seen.answer = [called for event in stream for called in _tools(seen.result(event).data.choices[0].delta.tool_calls)]


@call("parsed")
def parsed(seen: Seen) -> None:
    answer = seen.result(client.chat.parse(Greeting, **_asked(seen)))
    seen.answer = answer.choices[0].message.parsed.text


@call("parsed streamed")
def parsed_streamed(seen: Seen) -> None:
    stream = seen.result(client.chat.parse_stream(Greeting, **_asked(seen)))
    seen.answer = "".join(_words(seen.result(event)) for event in stream)


def _streamed(own: Any, seen: Seen) -> None:
    stream = seen.result(own.chat.stream(**_asked(seen)))
    seen.answer = "".join(_words(seen.result(event)) for event in stream)


@call("streamed")
def streamed(seen: Seen) -> None:
    _streamed(client, seen)


@call("on Azure")
def on_azure(seen: Seen) -> None:
    _chat(_azure(), seen)


@call("on Azure streamed")
def on_azure_streamed(seen: Seen) -> None:
    _streamed(_azure(), seen)


@call("on Google Cloud")
def on_google_cloud(seen: Seen) -> None:
    _chat(_google(), seen)


@call("on Google Cloud streamed")
def on_google_cloud_streamed(seen: Seen) -> None:
    _streamed(_google(), seen)


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


async def _async_chat(own: Any, seen: Seen, **more: Any) -> None:
    seen.answer = _text(seen.result(await own.chat.complete_async(**_asked(seen), **more)))


async def asynchronous(seen: Seen) -> None:
    async with own_client() as own:
        await _async_chat(own, seen)


for name in ("async", "async error"):
    call(name)(asynchronous)


@call("async retried")
async def async_retried(seen: Seen) -> None:
    async with own_client() as own:
        await _async_chat(own, seen, retries=_retries())


@call("async on Azure")
async def async_on_azure(seen: Seen) -> None:
    async with _azure() as own:
        await _async_chat(own, seen)


@call("async on Google Cloud")
async def async_on_google_cloud(seen: Seen) -> None:
    async with _google() as own:
        await _async_chat(own, seen)


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    async with own_client() as own:
        answer = seen.result(await own.chat.complete_async(**_asked(seen), tools=[_TOOL]))
        seen.answer = _tools(answer.choices[0].message.tool_calls)


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with own_client() as own:
        stream = seen.result(await own.chat.stream_async(**_asked(seen)))
        seen.answer = "".join([_words(seen.result(event)) async for event in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with own_client() as own, await own.chat.stream_async(**_asked(seen)) as stream:
        async for event in stream:
            seen.result(event)
            break


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with own_client() as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.chat.complete_async(**_asked(seen)))
        await asyncio.sleep(0.05)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async fill in the middle")
async def async_fill_in_the_middle(seen: Seen) -> None:
    async with own_client() as own:
        seen.answer = _text(seen.result(await own.fim.complete_async(model=seen.model, prompt=seen.prompt)))


@call("async fill in the middle streamed")
async def async_fill_in_the_middle_streamed(seen: Seen) -> None:
    async with own_client() as own:
        stream = seen.result(await own.fim.stream_async(model=seen.model, prompt=seen.prompt))
        seen.answer = "".join([_words(seen.result(event)) async for event in stream])


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with own_client() as own:
        answer = seen.result(await own.embeddings.create_async(model=seen.model, inputs=[seen.prompt]))
        seen.answer = answer.data[0].embedding


if __name__ == "__main__":
    run_all()

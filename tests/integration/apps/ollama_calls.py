"""An application that uses Ollama's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
from contextlib import closing, suppress
from typing import Any

import ollama
from calls import Seen, call, run_all

module: Any = ollama
client: Any = module.Client()


def _async() -> Any:
    return ollama.AsyncClient()


class OwnClient(ollama.Client):
    """As applications make them, to add what all their calls have in common."""

    def chat(self, *args: Any, **kwargs: Any) -> Any:
        chat: Any = super().chat  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- typed in part
        return chat(*args, **kwargs, keep_alive="5m")


def _asked(seen: Seen) -> dict[str, Any]:
    options = {"temperature": 0.5, "num_predict": 50}
    return {"model": seen.model, "messages": [{"role": "user", "content": seen.prompt}], "options": options}


def _prompted(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "prompt": seen.prompt}


def _text(response: Any) -> list[str]:
    return [response.message.content, response["message"]["content"]]


def _words(part: Any) -> str:
    return part.message.content or ""


def _weather(city: str) -> str:
    """What the weather is like.

    Args:
        city: where.
    """
    return f"sunny in {city}"


def _called(response: Any) -> Any:
    return [[called.function.name, called.function.arguments] for called in response.message.tool_calls]


def chat(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat(**_asked(seen))))


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("function of the module")
def function_of_the_module(seen: Seen) -> None:
    seen.answer = _text(seen.result(module.chat(**_asked(seen))))


@call("function of the module streamed")
def function_of_the_module_streamed(seen: Seen) -> None:
    seen.answer = "".join(_words(seen.result(part)) for part in seen.result(module.chat(**_asked(seen), stream=True)))


@call("positional arguments")
def positional_arguments(seen: Seen) -> None:
    seen.answer = _text(seen.result(client.chat(seen.model, _asked(seen)["messages"])))


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    asked = _asked(seen)
    seen.answer = _text(seen.result(OwnClient().chat(asked["model"], asked["messages"])))


@call("another server")
def another_server(seen: Seen) -> None:
    other = module.Client(os.environ["OLLAMA_HOST"].replace("127.0.0.1", "localhost"))
    seen.answer = _text(seen.result(other.chat(**_asked(seen))))


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    seen.answer = _called(seen.result(client.chat(**_asked(seen), tools=[_weather])))


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    stream = client.chat(**_asked(seen), tools=[_weather], stream=True)
    seen.answer = [_called(part) for part in stream if seen.result(part).message.tool_calls]


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.chat(**_asked(seen), stream=True))
    seen.answer = "".join(_words(seen.result(part)) for part in stream)


@call("stream in a with statement")
def stream_in_with(seen: Seen) -> None:
    with closing(seen.result(client.chat(**_asked(seen), stream=True))) as stream:
        seen.answer = "".join(_words(seen.result(part)) for part in seen.result(stream))


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.chat(**_asked(seen), stream=True)
    seen.result(next(stream))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.chat(**_asked(seen), stream=True)
    seen.result(next(stream))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    stream = client.chat(**_asked(seen), stream=True)
    try:
        seen.answer = [_words(seen.result(part)) for part in stream]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


@call("error of a stream")
def error_of_a_stream(seen: Seen) -> None:
    stream = seen.result(client.chat(**_asked(seen), stream=True))
    next(stream)


@call("text completion")
def generate(seen: Seen) -> None:
    answer = seen.result(client.generate(seen.model, seen.prompt, suffix="the end"))
    seen.answer = [answer.response, answer["done_reason"]]


@call("text completion streamed")
def generate_streamed(seen: Seen) -> None:
    stream = seen.result(client.generate(**_prompted(seen), stream=True))
    seen.answer = "".join(seen.result(part)["response"] for part in stream)


@call("image")
def image(seen: Seen) -> None:
    seen.answer = seen.result(client.generate(**_prompted(seen), width=64, height=64)).image


@call("image streamed")
def image_streamed(seen: Seen) -> None:
    stream = seen.result(client.generate(**_prompted(seen), width=64, height=64, stream=True))
    seen.answer = [[part.completed, part.image] for part in stream]


@call("embeddings")
def embeddings(seen: Seen) -> None:
    seen.answer = seen.result(client.embed(seen.model, [seen.prompt])).embeddings


@call("older embeddings")
def older_embeddings(seen: Seen) -> None:
    seen.answer = seen.result(client.embeddings(seen.model, seen.prompt)).embedding


@call("async")
async def asynchronous(seen: Seen) -> None:
    seen.answer = _text(seen.result(await _async().chat(**_asked(seen))))


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    stream = seen.result(await _async().chat(**_asked(seen), stream=True))
    seen.answer = "".join([_words(seen.result(part)) async for part in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    stream = await _async().chat(**_asked(seen), stream=True)
    async for part in stream:
        seen.result(part)
        break
    await stream.aclose()


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    asked: asyncio.Future[object] = asyncio.ensure_future(_async().chat(**_asked(seen)))
    await asyncio.sleep(0.05)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    seen.answer = asked.cancelled()


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    seen.answer = _called(seen.result(await _async().chat(**_asked(seen), tools=[_weather])))


@call("async text completion")
async def async_generate(seen: Seen) -> None:
    seen.answer = seen.result(await _async().generate(**_prompted(seen))).response


@call("async text completion streamed")
async def async_generate_streamed(seen: Seen) -> None:
    stream = seen.result(await _async().generate(**_prompted(seen), stream=True))
    seen.answer = "".join([seen.result(part).response async for part in stream])


@call("async error")
async def async_error(seen: Seen) -> None:
    seen.answer = _text(await _async().chat(**_asked(seen)))


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    seen.answer = seen.result(await _async().embed(seen.model, seen.prompt)).embeddings


if __name__ == "__main__":
    run_all()

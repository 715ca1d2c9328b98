"""The load that the faults strike: calls of the real OpenAI SDK in many ways, and what the application sees of each."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple

import openai
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAI, Stream

from tests.kit.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

    from tests.kit.provider_server import ProviderServer

MODELS: Final = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-5", "o4-mini", "nobody-knows-it")
_THREADS: Final = 8
_USAGE: Final[dict[str, bool]] = {"include_usage": True}

# What the server does to a call, by its prompt.
ANSWERS: Final = {
    "stream that breaks": Answer(words_until_break=2),
    "server error": Answer(error_status=500),
    "cancelled": Answer(delay_s=1.0),
}


class Call(NamedTuple):
    """One call: the way in which it is made, which is its prompt, too, and the model that it asks for."""

    way: str
    model: str


class Outcome(NamedTuple):
    """What the application sees of a call: the class of what it gets, and what stands in it, or the error."""

    kind: str
    said: str


def calls(ways: Sequence[str], how_many: int) -> list[Call]:
    """So many calls, of all these ways and of all models."""
    return [Call(ways[number % len(ways)], MODELS[number // len(ways) % len(MODELS)]) for number in range(how_many)]


def make(server: ProviderServer, wanted: Sequence[Call]) -> list[Outcome]:
    """Make the calls, half of them on many threads at once, and the others on this one meanwhile; their outcomes."""
    for prompt, answer in ANSWERS.items():
        server.answer_to(prompt, answer)
    half = len(wanted) // 2
    with OpenAI(base_url=f"{server.url}/v1", api_key="not-a-key", max_retries=0) as client:

        def outcome(call: Call) -> Outcome:
            try:
                return _WAYS[call.way](client, call)
            except Exception as error:  # noqa: BLE001 -- whatever the application gets is its outcome
                return Outcome(type(error).__qualname__, str(error))

        with ThreadPoolExecutor(_THREADS) as pool:
            elsewhere = pool.map(outcome, wanted[:half])
            here = [outcome(call) for call in wanted[half:]]
            return [*elsewhere, *here]


def _say(call: Call) -> list[ChatCompletionMessageParam]:
    return [{"role": "user", "content": call.way}]


def _chat(client: OpenAI, call: Call) -> Outcome:
    answer = client.chat.completions.create(model=call.model, messages=_say(call))
    return Outcome(type(answer).__qualname__, f"{answer.choices[0].message.content} {answer.usage}")


def _raw(client: OpenAI, call: Call) -> Outcome:
    answer = client.chat.completions.with_raw_response.create(model=call.model, messages=_say(call))
    return Outcome(type(answer).__qualname__, f"{answer.status_code} {answer.parse().choices[0].message.content}")


def _open(client: OpenAI, call: Call) -> Stream[ChatCompletionChunk]:
    return client.chat.completions.create(
        model=call.model, messages=_say(call), stream=True, stream_options={"include_usage": True}
    )


def _word(chunk: ChatCompletionChunk) -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else f" {chunk.usage}"


def _stream(client: OpenAI, call: Call) -> Outcome:
    stream = _open(client, call)
    said = ""
    try:
        for chunk in stream:
            said += _word(chunk)
    except Exception as error:  # noqa: BLE001 -- it belongs to the outcome, with what came before it
        said += f" {type(error).__qualname__}: {error}"
    return Outcome(_kind_of(stream), said)


def _closed_early(client: OpenAI, call: Call) -> Outcome:
    with _open(client, call) as stream:
        said = "".join(_word(chunk) for chunk, _ in zip(stream, range(3), strict=False))
    return Outcome(_kind_of(stream), said)


def _abandoned(client: OpenAI, call: Call) -> Outcome:
    """A stream that nobody reads to its end or closes, in a cycle that only garbage collection finds."""

    class Holder:
        """Whoever forgets it."""

    holder = Holder()
    vars(holder)["itself"], vars(holder)["stream"] = holder, _open(client, call)
    said = _word(next(iter(vars(holder)["stream"])))
    del holder
    gc.collect()
    return Outcome("abandoned", said)


def _asynchronous_client(client: OpenAI) -> AsyncOpenAI:
    # Without certificates: to read them takes longer than the call.
    transport = DefaultAsyncHttpxClient(verify=False)
    return AsyncOpenAI(base_url=str(client.base_url), api_key="not-a-key", max_retries=0, http_client=transport)


def _asynchronous(client: OpenAI, call: Call) -> Outcome:
    async def ask() -> Outcome:
        async with _asynchronous_client(client) as own:
            answer = await own.chat.completions.create(model=call.model, messages=_say(call))
        return Outcome(type(answer).__qualname__, f"{answer.choices[0].message.content} {answer.usage}")

    return asyncio.run(ask())


def _cancelled(client: OpenAI, call: Call) -> Outcome:
    async def ask_and_cancel() -> Outcome:
        async with _asynchronous_client(client) as own:
            task = asyncio.ensure_future(own.chat.completions.create(model=call.model, messages=_say(call)))
            await asyncio.sleep(0.1)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError as error:
                return Outcome("cancelled", type(error).__qualname__)
        return Outcome("not cancelled", "")

    return asyncio.run(ask_and_cancel())


def _kind_of(stream: object) -> str:
    return "Stream" if isinstance(stream, openai.Stream) else type(stream).__qualname__


_WAYS: Final[dict[str, Callable[[OpenAI, Call], Outcome]]] = {
    "chat": _chat,
    "raw response": _raw,
    "stream": _stream,
    "stream closed early": _closed_early,
    "async": _asynchronous,
    "stream that breaks": _stream,
    "stream abandoned": _abandoned,
    "server error": _chat,
    "cancelled": _cancelled,
}
EVERYDAY: Final = ("chat", "stream", "raw response", "stream closed early", "async", "server error")

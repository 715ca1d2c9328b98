"""The provider that every contender talks to: answers of OpenAI's chat from memory, over the SDK's own HTTP client.

No socket, and no model that takes time: what is left is what the SDK and its contenders do.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai import OpenAI

ASKED_MODEL: Final = "gpt-4o"
MODEL: Final = "gpt-4o-2024-08-06"
INPUT_TOKENS: Final = 120
OUTPUT_TOKENS: Final = 350

_MESSAGES: Final[Any] = [{"role": "user", "content": "Why is the sky blue? Answer in three sentences."}]
_USAGE: Final = {
    "prompt_tokens": INPUT_TOKENS,
    "completion_tokens": OUTPUT_TOKENS,
    "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
}
_CHUNKS_FIELD: Final = "max_completion_tokens"
_numbers: Final = count()


def answer(number: int) -> dict[str, Any]:
    message = {"role": "assistant", "content": "Because blue light is scattered most. " * 10, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**_head(number, "chat.completion"), "choices": [choice], "usage": _USAGE}


def events(number: int, words: int) -> bytes:
    """A stream of so many chunks with a word each, one that ends it, and one with the usage."""
    head = _head(number, "chat.completion.chunk")
    chunks = [{**head, "choices": [_choice({"content": "word "}, None)], "usage": None}] * words
    end = {**head, "choices": [_choice({}, "stop")], "usage": None}
    usage = {**head, "choices": list[Any](), "usage": _USAGE}
    lines = [f"data: {json.dumps(each)}\n\n" for each in (*chunks, end, usage)]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def client() -> OpenAI:
    """The SDK's client, on a transport that answers from memory."""
    from openai import OpenAI

    # OpenAI's SDK takes httpx or httpx2, by its version; its types name one.
    http_client: Any = httpx.Client(transport=httpx.MockTransport(_respond))
    return OpenAI(api_key="none", base_url="https://api.openai.com/v1", http_client=http_client, max_retries=0)


def call(sdk: OpenAI) -> Any:
    """One call that is answered at once."""
    return sdk.chat.completions.create(model=ASKED_MODEL, messages=_MESSAGES)


def stream(sdk: OpenAI, words: int) -> Any:
    """One call whose answer is read as it comes; its last chunk."""
    chunks = sdk.chat.completions.create(
        model=ASKED_MODEL,
        messages=_MESSAGES,
        stream=True,
        stream_options={"include_usage": True},
        max_completion_tokens=words,
    )
    last = None
    for chunk in chunks:
        last = chunk
    return last


def _respond(request: httpx.Request) -> httpx.Response:
    asked: Mapping[str, Any] = json.loads(request.content)
    number = next(_numbers)
    if asked.get("stream"):
        content = events(number, int(asked[_CHUNKS_FIELD]))
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content)
    return httpx.Response(200, json=answer(number))


def _head(number: int, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{number:024d}", "object": kind, "created": 1_760_000_000, "model": MODEL}


def _choice(delta: Mapping[str, Any], finish_reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}

"""The wire format of Bedrock's runtime: converse and invoke, their event streams, and the bodies of four makers."""

from __future__ import annotations

import base64
import json
import struct
from typing import TYPE_CHECKING, Final
from zlib import crc32

from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.answers import Answer, Json, RecordedRequest

_EVENT_STREAM: Final = "application/vnd.amazon.eventstream"
_STRING: Final = 7


def error_document(status: int) -> Json:
    return {"__type": "ValidationException", "message": f"chosen by the test: {status}"}


def framed(event: StreamEvent) -> bytes:
    """Lengths and a checksum, the headers, the payload, and a checksum of it all."""
    named = {":event-type": event.name or "", ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(_header(name, value) for name, value in named.items())
    payload = json.dumps(event.data).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", crc32(prelude)) + headers + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(value)) + value.encode()


def _usage(answer: Answer) -> Json:
    """Bedrock's own: tokens read from the cache are counted beside the others."""
    return {
        "inputTokens": answer.input_tokens,
        "outputTokens": answer.output_tokens,
        "totalTokens": sum(n for n in (answer.input_tokens, answer.output_tokens) if isinstance(n, int | float)),
        "cacheReadInputTokens": answer.cached_tokens,
    }


def _stop(answer: Answer) -> str:
    return "tool_use" if answer.calls_a_tool else "end_turn"


def converse(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    tool: Json = {"toolUse": {"toolUseId": "call_1", "name": "weather", "input": {"city": "Paris"}}}
    content: Json = [tool if answer.calls_a_tool else {"text": answer.text}]
    document: dict[str, Json] = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": _stop(answer),
        "metrics": {"latencyMs": 5},
    }
    return Reply(document={**document, "usage": _usage(answer)} if answer.usage_reported else document)


def converse_stream(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    start: Json = {"toolUse": {"toolUseId": "call_1", "name": "weather"}}
    said = [StreamEvent(name="contentBlockDelta", data=_delta({"text": word}), is_word=True) for word in answer.words()]
    if answer.calls_a_tool:
        said = [
            StreamEvent(name="contentBlockStart", data={"contentBlockIndex": 0, "start": start}),
            StreamEvent(name="contentBlockDelta", data=_delta({"toolUse": {"input": '{"city": "Paris"}'}})),
        ]
    return _event_stream([
        StreamEvent(name="messageStart", data={"role": "assistant"}),
        *said,
        StreamEvent(name="contentBlockStop", data={"contentBlockIndex": 0}),
        StreamEvent(name="messageStop", data={"stopReason": _stop(answer)}),
        StreamEvent(name="metadata", data={"usage": _usage(answer), "metrics": {"latencyMs": 5}}),
    ])  # fmt: skip


def _delta(delta: Json) -> dict[str, Json]:
    return {"contentBlockIndex": 0, "delta": delta}


def _event_stream(events: list[StreamEvent]) -> Reply:
    return Reply(events=events, content_type=_EVENT_STREAM, framed=framed)


def invoke(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """The counts stand in headers as well, whoever made the model."""
    counts = {
        "X-Amzn-Bedrock-Input-Token-Count": str(answer.input_tokens),
        "X-Amzn-Bedrock-Output-Token-Count": str(answer.output_tokens),
    }
    return Reply(document=_body_of(request.model)(answer), headers=counts)


def _body_of(model: str) -> Callable[[Answer], Json]:
    return next(body for maker, body in _BODIES.items() if f"{maker}." in model)


def _anthropic(answer: Answer) -> Json:
    return {
        "id": "msg_bdrk_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [{"type": "text", "text": answer.text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens},
    }


def _nova(answer: Answer) -> Json:
    message: Json = {"role": "assistant", "content": [{"text": answer.text}]}
    return {"output": {"message": message}, "stopReason": "end_turn", "usage": _usage(answer)}


def _llama(answer: Answer) -> Json:
    return {
        "generation": answer.text,
        "prompt_token_count": answer.input_tokens,
        "generation_token_count": answer.output_tokens,
        "stop_reason": "stop",
    }


def _mistral(answer: Answer) -> Json:
    return {"outputs": [{"text": answer.text, "stop_reason": "stop"}]}


def _embedding(answer: Answer) -> Json:
    return {"embedding": [1.0, 1.0], "inputTextTokenCount": answer.input_tokens}


_BODIES: Final[dict[str, Callable[[Answer], Json]]] = {
    "amazon.titan-embed": _embedding,
    "anthropic": _anthropic,
    "amazon": _nova,
    "meta": _llama,
    "mistral": _mistral,
}


def invoke_stream(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Each event holds one of the maker's; the last one has Bedrock's own counts within."""
    *events, last = next(chunks for maker, chunks in _CHUNKS.items() if f"{maker}." in request.model)(answer)
    counts: Json = {
        "inputTokenCount": answer.input_tokens,
        "outputTokenCount": answer.output_tokens,
        "invocationLatency": 5,
        "firstByteLatency": 1,
    }
    assert isinstance(last, dict)
    return _event_stream([
        *(_chunk(event, is_word="message_start" not in str(event)) for event in events),
        _chunk({**last, "amazon-bedrock-invocationMetrics": counts}, is_word=False),
    ])  # fmt: skip


def _chunk(event: Json, *, is_word: bool) -> StreamEvent:
    return StreamEvent(
        name="chunk", data={"bytes": base64.b64encode(json.dumps(event).encode()).decode()}, is_word=is_word
    )


def _anthropic_chunks(answer: Answer) -> list[Json]:
    message: Json = {"id": "msg_bdrk_1", "role": "assistant", "usage": {"input_tokens": answer.input_tokens}}
    usage: Json = {"output_tokens": answer.output_tokens}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
            for word in answer.words()
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage},
        {"type": "message_stop"},
    ]


def _nova_chunks(answer: Answer) -> list[Json]:
    return [
        {"messageStart": {"role": "assistant"}},
        *({"contentBlockDelta": _delta({"text": word})} for word in answer.words()),
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": {"usage": _usage(answer), "metrics": {}, "trace": {}}},
    ]


def _llama_chunks(answer: Answer) -> list[Json]:
    return [
        *({"generation": word, "stop_reason": None} for word in answer.words()),
        {"generation": "", "stop_reason": "stop"},
    ]


def _mistral_chunks(answer: Answer) -> list[Json]:
    return [
        *({"outputs": [{"text": word, "stop_reason": None}]} for word in answer.words()),
        {"outputs": [{"text": "", "stop_reason": "stop"}]},
    ]


_CHUNKS: Final[dict[str, Callable[[Answer], list[Json]]]] = {
    "anthropic": _anthropic_chunks,
    "amazon": _nova_chunks,
    "meta": _llama_chunks,
    "mistral": _mistral_chunks,
}

ENDPOINTS: Final = {
    "/bedrock/model/{model}/converse": converse,
    "/bedrock/model/{model}/converse-stream": converse_stream,
    "/bedrock/model/{model}/invoke": invoke,
    "/bedrock/model/{model}/invoke-with-response-stream": invoke_stream,
}

"""The wire format of Anthropic's messages API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest


def error_document(status: int) -> Json:
    kinds = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error"}
    error: Json = {"type": kinds.get(status, "api_error"), "message": f"chosen by the test: {status}"}
    return {"type": "error", "error": error, "request_id": "req_test"}


def messages(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if request.streamed:
        return Reply(events=_events(request, answer, number))
    document = _message(request, answer, number)
    document["content"] = [
        _tool_use() if answer.calls_a_tool else {"type": "text", "text": answer.text, "citations": None}
    ]
    document["stop_reason"] = _stop_reason(answer)
    if answer.usage_reported:
        document["usage"] = {**_input_usage(answer), "output_tokens": answer.output_tokens}
    return Reply(document=document, headers=answer.headers)


def _tool_use() -> Json:
    return {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Paris"}}


def _stop_reason(answer: Answer) -> str:
    return "tool_use" if answer.calls_a_tool else "end_turn"


def _message(request: RecordedRequest, answer: Answer, number: int) -> dict[str, Json]:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": answer.model or request.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _input_usage(answer: Answer) -> dict[str, Json]:
    return {
        "input_tokens": answer.input_tokens,
        "cache_creation_input_tokens": answer.cache_write_tokens,
        "cache_read_input_tokens": answer.cached_tokens,
        "service_tier": "standard",
    }


def _events(request: RecordedRequest, answer: Answer, number: int) -> list[StreamEvent]:
    started = _message(request, answer, number)
    stopped: Json = {"stop_reason": _stop_reason(answer), "stop_sequence": None}
    delta: dict[str, Json] = {"type": "message_delta", "delta": stopped}
    if answer.usage_reported:
        started["usage"] = {**_input_usage(answer), "output_tokens": 1}
        delta["usage"] = {"output_tokens": answer.output_tokens}
    steps: list[dict[str, Json]] = [
        {"type": "message_start", "message": started},
        *(_tool_steps() if answer.calls_a_tool else _text_steps(answer)),
        {"type": "content_block_stop", "index": 0},
        delta,
        {"type": "message_stop"},
    ]
    return [
        StreamEvent(name=str(step["type"]), data=step, is_word=step["type"] == "content_block_delta") for step in steps
    ]


def _text_steps(answer: Answer) -> list[dict[str, Json]]:
    words: list[dict[str, Json]] = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
        for word in answer.words()
    ]
    block: Json = {"type": "text", "text": ""}
    return [{"type": "content_block_start", "index": 0, "content_block": block}, {"type": "ping"}, *words]


def _tool_steps() -> list[dict[str, Json]]:
    block: Json = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}
    delta: Json = {"type": "input_json_delta", "partial_json": '{"city": "Paris"}'}
    return [
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
    ]


ENDPOINTS: Final = {"/v1/messages": messages}

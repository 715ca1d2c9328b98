"""The wire format of OpenAI's API: chat completions, responses and embeddings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest


def error_document(status: int) -> Json:
    return {"error": {"message": f"chosen by the test: {status}", "type": "server_error", "param": None, "code": None}}


def chat(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if request.streamed:
        return Reply(events=_chat_events(request, answer, number))
    document: dict[str, Json] = {
        **_chat_head(request, answer, number, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": _message(answer),
                "logprobs": None,
                "finish_reason": finish_reason(answer),
            }
        ],
    }
    if answer.usage_reported:
        document["usage"] = chat_usage(answer)
    return Reply(document=document | answer.beside, headers=answer.headers)


def finish_reason(answer: Answer) -> str:
    return "tool_calls" if answer.calls_a_tool else "stop"


def tool_call() -> dict[str, Json]:
    function: Json = {"name": "weather", "arguments": '{"city": "Paris"}'}
    return {"id": "call_1", "type": "function", "function": function}


def _message(answer: Answer) -> Json:
    if answer.calls_a_tool:
        return {"role": "assistant", "content": None, "refusal": None, "tool_calls": [tool_call()]}
    return {"role": "assistant", "content": answer.text, "refusal": None}


def _chat_head(request: RecordedRequest, answer: Answer, number: int, kind: str) -> dict[str, Json]:
    return {
        "id": f"chatcmpl-{number}",
        "object": kind,
        "created": int(time.time()),
        "model": answer.model or request.model,
        "service_tier": "default",
        "system_fingerprint": "fp_test",
    }


def chat_usage(answer: Answer) -> Json:
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": _total(answer),
        "prompt_tokens_details": {"cached_tokens": answer.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": answer.reasoning_tokens, "audio_tokens": 0},
    }


def _total(answer: Answer) -> Json:
    parts = (answer.input_tokens, answer.output_tokens)
    return sum(part for part in parts if isinstance(part, int | float))


def _chat_events(request: RecordedRequest, answer: Answer, number: int) -> list[StreamEvent]:
    options = request.body.get("stream_options")
    usage_asked = isinstance(options, dict) and options.get("include_usage") is True
    head = _chat_head(request, answer, number, "chat.completion.chunk")
    if usage_asked:
        head["usage"] = None

    def chunk(delta: dict[str, Json], finish_reason: str | None = None) -> Json:
        choice: Json = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return {**head, "choices": [choice]}

    events = [StreamEvent(data=chunk({"role": "assistant", "content": ""}))]
    if answer.calls_a_tool:
        events.append(StreamEvent(data=chunk({"tool_calls": [{"index": 0, **tool_call()}]})))
    else:
        events += [StreamEvent(data=chunk({"content": word}), is_word=True) for word in answer.words()]
    events.append(StreamEvent(data=chunk({}, finish_reason(answer))))
    if usage_asked and answer.usage_reported:
        events.append(StreamEvent(data={**head, "choices": [], "usage": chat_usage(answer)}))
    if answer.beside:
        events.append(StreamEvent(data={**head, "choices": [], **answer.beside}))
    return [*events, StreamEvent(data="[DONE]", comment=answer.comment)]


def responses(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    done = _response(request, answer, number, done=True)
    if not request.streamed:
        return Reply(document=done)
    return Reply(events=_response_events(_response(request, answer, number, done=False), done, answer, number))


def _response(request: RecordedRequest, answer: Answer, number: int, *, done: bool) -> dict[str, Json]:
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed" if done else "in_progress",
        "model": answer.model or request.model,
        "output": [_output_item(answer, number, done=True)] if done else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "usage": _response_usage(answer) if done and answer.usage_reported else None,
    }


def _response_usage(answer: Answer) -> Json:
    return {
        "input_tokens": answer.input_tokens,
        "input_tokens_details": {"cached_tokens": answer.cached_tokens},
        "output_tokens": answer.output_tokens,
        "output_tokens_details": {"reasoning_tokens": answer.reasoning_tokens},
        "total_tokens": _total(answer),
    }


def _text_part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _output_item(answer: Answer, number: int, *, done: bool) -> Json:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "status": "completed" if done else "in_progress",
        "content": [_text_part(answer.text)] if done else [],
    }


def _response_events(started: dict[str, Json], done: dict[str, Json], answer: Answer, number: int) -> list[StreamEvent]:
    part: dict[str, Json] = {"item_id": f"msg_{number}", "output_index": 0, "content_index": 0}
    steps: list[tuple[str, dict[str, Json]]] = [
        ("response.created", {"response": started}),
        ("response.in_progress", {"response": started}),
        ("response.output_item.added", {"output_index": 0, "item": _output_item(answer, number, done=False)}),
        ("response.content_part.added", {**part, "part": _text_part("")}),
        *(("response.output_text.delta", {**part, "delta": word, "logprobs": []}) for word in answer.words()),
        ("response.output_text.done", {**part, "text": answer.text, "logprobs": []}),
        ("response.content_part.done", {**part, "part": _text_part(answer.text)}),
        ("response.output_item.done", {"output_index": 0, "item": _output_item(answer, number, done=True)}),
        ("response.completed", {"response": done}),
    ]
    return [
        StreamEvent(
            name=name, data={"type": name, "sequence_number": position, **data}, is_word=name.endswith("text.delta")
        )
        for position, (name, data) in enumerate(steps)
    ]


def embeddings(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    asked = request.body.get("input")
    inputs = asked if isinstance(asked, list) else [asked]
    # 4 little-endian float32 ones: newer SDKs ask for base64 and decode it themselves.
    floats: Json = [1.0, 1.0, 1.0, 1.0]
    vector = "AACAPwAAgD8AAIA/AACAPw==" if request.body.get("encoding_format") == "base64" else floats
    rows: list[Json] = [{"object": "embedding", "index": index, "embedding": vector} for index in range(len(inputs))]
    document: dict[str, Json] = {"object": "list", "model": answer.model or request.model, "data": rows}
    if answer.usage_reported:
        document["usage"] = {"prompt_tokens": answer.input_tokens, "total_tokens": answer.input_tokens}
    return Reply(document=document)


ENDPOINTS: Final = {
    "/v1/chat/completions": chat,
    "/v1/responses": responses,
    "/v1/embeddings": embeddings,
}

"""The wire format of Cohere's API: chat of both versions, the older text completions, embeddings and transcriptions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.kit.answers import Answer, Json, RecordedRequest

# Fewer than the model processed: what Cohere adds to a prompt by itself is not billed.
_BILLED: Final[dict[str, Json]] = {"input_tokens": 2, "output_tokens": 1}
_CITY: Final[dict[str, Json]] = {"city": "Paris"}


def error_document(status: int) -> Json:
    return {"id": "error", "message": f"chosen by the test: {status}"}


def chat(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if request.streamed:
        return Reply(events=_events(answer, f"chat-{number}"))
    message: dict[str, Json] = {"role": "assistant", "content": [{"type": "text", "text": answer.text}]}
    if answer.calls_a_tool:
        message = {"role": "assistant", "tool_plan": "I will look it up.", "tool_calls": [_tool_call()]}
    return Reply(document={"id": f"chat-{number}", "message": message, **_end(answer)})


def _end(answer: Answer) -> dict[str, Json]:
    reason: Json = "TOOL_CALL" if answer.calls_a_tool else "COMPLETE"
    return {"finish_reason": reason, **({"usage": _usage(answer)} if answer.usage_reported else {})}


def _usage(answer: Answer) -> dict[str, Json]:
    tokens: Json = {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens}
    return {"billed_units": _BILLED, "tokens": tokens, "cached_tokens": answer.cached_tokens}


def _tool_call() -> Json:
    return {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": json.dumps(_CITY)}}


def _events(answer: Answer, id: str) -> list[StreamEvent]:  # noqa: A002
    empty: Json = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    steps: list[dict[str, Json]] = [
        {"type": "message-start", "id": id, "delta": {"message": empty}},
        *(_tool_events() if answer.calls_a_tool else _text_events(answer)),
        {"type": "message-end", "delta": _end(answer)},
    ]
    events = [StreamEvent(name=str(step["type"]), data=step, is_word=step["type"] == "content-delta") for step in steps]
    return [*events, StreamEvent(data="[DONE]")]


def _text_events(answer: Answer) -> Iterable[dict[str, Json]]:
    yield {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}}
    for word in answer.words():
        yield {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": word}}}}
    yield {"type": "content-end", "index": 0}


def _tool_events() -> Iterable[dict[str, Json]]:
    function: Json = {"arguments": json.dumps(_CITY)}
    yield {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will look it up."}}}
    yield {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": _tool_call()}}}
    yield {"type": "tool-call-delta", "index": 0, "delta": {"message": {"tool_calls": {"function": function}}}}
    yield {"type": "tool-call-end", "index": 0}


def chat_v1(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    response: dict[str, Json] = {
        "response_id": f"response-{number}",
        "generation_id": f"generation-{number}",
        "text": "" if answer.calls_a_tool else answer.text,
        "finish_reason": "COMPLETE",
        **({"tool_calls": [{"name": "weather", "parameters": _CITY}]} if answer.calls_a_tool else {}),
        **_meta(answer, _usage(answer)),
    }
    if not request.streamed:
        return Reply(document=response)
    start: dict[str, Json] = {"event_type": "stream-start", "generation_id": f"generation-{number}"}
    return _lines(start, *_texts(answer), _stream_end(response))


def _meta(answer: Answer, counts: dict[str, Json]) -> dict[str, Json]:
    return {"meta": {"api_version": {"version": "1"}, **(counts if answer.usage_reported else {})}}


def _texts(answer: Answer) -> Iterable[dict[str, Json]]:
    return ({"event_type": "text-generation", "text": word} for word in answer.words())


def _stream_end(response: dict[str, Json]) -> dict[str, Json]:
    return {"event_type": "stream-end", "finish_reason": "COMPLETE", "response": response}


def _lines(*steps: dict[str, Json]) -> Reply:
    """The older streams are one line of JSON an event."""
    return Reply(
        events=[
            StreamEvent(
                data={"is_finished": step["event_type"] == "stream-end", **step},
                is_word=step["event_type"] == "text-generation",
            )
            for step in steps
        ],
        content_type="application/stream+json",
        framed=lambda event: json.dumps(event.data).encode() + b"\n",
    )


def generate(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """What is billed is all that it counts, and of a stream not even that."""
    generation: Json = {"id": "generation", "text": answer.text, "finish_reason": "COMPLETE"}
    response: dict[str, Json] = {"id": f"generate-{number}", "prompt": request.prompt, "generations": [generation]}
    if request.streamed:
        return _lines(*_texts(answer), _stream_end(response))
    return Reply(document={**response, **_meta(answer, _billed(answer))})


def _billed(answer: Answer) -> dict[str, Json]:
    billed: Json = {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens}
    return {"billed_units": billed, "cached_tokens": answer.cached_tokens}


def summarize(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"id": f"summary-{number}", "summary": answer.text, **_meta(answer, _billed(answer))})


def embed(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    texts = request.body.get("texts")
    rows: list[Json] = [[1.0, 1.0] for _ in texts] if isinstance(texts, list) else []
    by_type = request.body.get("embedding_types") is not None
    return Reply(
        document={
            "id": f"embed-{number}",
            "response_type": "embeddings_by_type" if by_type else "embeddings_floats",
            "embeddings": {"float": rows} if by_type else rows,
            "texts": texts,
            **_meta(answer, {"billed_units": {"input_tokens": answer.input_tokens}}),
        }
    )


def transcription(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"text": answer.text})


ENDPOINTS: Final = {
    "/cohere/v1/chat": chat_v1,
    "/cohere/v1/embed": embed,
    "/cohere/v1/generate": generate,
    "/cohere/v1/summarize": summarize,
    "/cohere/v2/audio/transcriptions": transcription,
    "/cohere/v2/chat": chat,
    "/cohere/v2/embed": embed,
}

"""The wire formats of Google's Gemini API, of Vertex AI, and of interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest

_TOOL_TOKENS: Final = 4  # of the input, so many come from tools that the provider runs
_TOKEN: Final = "dG9rZW4="
_PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def error_document(status: int) -> Json:
    return {"error": {"code": status, "message": f"chosen by the test: {status}", "status": "CHOSEN"}}


def _minus(count: Json, part: Json) -> Json:
    return count - part if isinstance(count, int) and isinstance(part, int) else count


def content(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    parts: list[Json] = [{"text": answer.text}]
    if answer.calls_a_tool:
        parts = [{"functionCall": {"name": "weather", "args": {"city": "Paris"}}}]
    return Reply(document=_response(request, answer, number, parts, done=True))


def content_stream(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Each chunk says what was used so far; that of the output comes with the last one."""
    if answer.calls_a_tool:
        return Reply(events=[StreamEvent(data=content(request, answer, number).document)])
    words = answer.words()
    return Reply(
        events=[
            StreamEvent(
                data=_response(request, answer, number, [{"text": word}], done=position == len(words)), is_word=True
            )
            for position, word in enumerate(words, 1)
        ]
    )


def _response(request: RecordedRequest, answer: Answer, number: int, parts: list[Json], *, done: bool) -> Json:
    candidate: dict[str, Json] = {"content": {"role": "model", "parts": parts}, "index": 0}
    response: dict[str, Json] = {
        "candidates": [candidate],
        "modelVersion": answer.model or request.model,
        "responseId": f"response-{number}",
        "madeUpLater": True,  # providers add what SDKs do not know yet
    }
    if done and answer.is_cut:
        candidate |= {"finishReason": "CONTINUATION", "continuationToken": _TOKEN}
    elif done:
        candidate["finishReason"] = "STOP"
    if answer.usage_reported:
        response["usageMetadata"] = _usage(answer, done=done)
    return response


def _usage(answer: Answer, *, done: bool) -> Json:
    usage: dict[str, Json] = {
        "promptTokenCount": _minus(answer.input_tokens, _TOOL_TOKENS),
        "toolUsePromptTokenCount": _TOOL_TOKENS,
        "cachedContentTokenCount": answer.cached_tokens,
    }
    if done:
        usage["candidatesTokenCount"] = _minus(answer.output_tokens, answer.reasoning_tokens)
        usage["thoughtsTokenCount"] = answer.reasoning_tokens
    return usage


def embeddings(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    asked = request.body["requests"]
    assert isinstance(asked, list)
    rows: list[Json] = [{"values": [1.0, 1.0]} for _ in asked]
    return Reply(document={"embeddings": rows, "usageMetadata": {"promptTokenCount": answer.input_tokens}})


def predictions(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Vertex AI's older way for all that is no content: what is asked says what it is."""
    instances = request.body["instances"]
    assert isinstance(instances, list)
    assert isinstance(instances[0], dict)
    if "content" not in instances[0]:
        return Reply(document={"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": _PIXEL}]})
    statistics: Json = {"truncated": False, "token_count": answer.input_tokens}
    return Reply(document={"predictions": [{"embeddings": {"values": [1.0, 1.0], "statistics": statistics}}]})


def operation(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"name": f"projects/p/locations/l/publishers/google/models/m/operations/{number}"})


def interaction(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    text: Json = {"type": "model_output", "content": [{"type": "text", "text": answer.text}]}
    call: Json = {"type": "function_call", "id": "call_1", "name": "weather", "arguments": {"city": "Paris"}}
    document = _interaction(request, answer, number, _status(answer))
    if answer.is_cut:
        document["continuation_token"] = f"{_TOKEN}{number}"
    if not request.streamed:
        return Reply(document={**document, "steps": [call if answer.calls_a_tool else text]})
    started = {**_interaction(request, answer, number, "in_progress"), "usage": None}
    words = [
        StreamEvent(
            data={"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": word}}, is_word=True
        )
        for word in answer.words()
    ]
    return Reply(
        events=[
            StreamEvent(data={"event_type": "interaction.created", "interaction": started}),
            StreamEvent(data={"event_type": "step.start", "index": 0, "step": {"type": "model_output"}}),
            *words,
            StreamEvent(data={"event_type": "step.stop", "index": 0}),
            StreamEvent(data={"event_type": "interaction.completed", "interaction": document}),
            StreamEvent(data="[DONE]"),
        ]
    )


def _status(answer: Answer) -> str:
    if answer.is_cut:
        return "requires_continuation"
    return "requires_action" if answer.calls_a_tool else "completed"


def _interaction(request: RecordedRequest, answer: Answer, number: int, status: str) -> dict[str, Json]:
    usage: Json = {
        "total_input_tokens": _minus(answer.input_tokens, _TOOL_TOKENS),
        "total_tool_use_tokens": _TOOL_TOKENS,
        "total_cached_tokens": answer.cached_tokens,
        "total_output_tokens": _minus(answer.output_tokens, answer.reasoning_tokens),
        "total_thought_tokens": answer.reasoning_tokens,
    }
    asked = {name: request.body[name] for name in ("model", "agent") if name in request.body}
    document: dict[str, Json] = {"id": f"interaction-{number}", "object": "interaction", **asked}
    return {**document, "status": status, **({"usage": usage} if answer.usage_reported else {})}


_GEMINI: Final = "/gemini/{version}/models/{model}"
_VERTEX: Final = "/vertex/{version}/publishers/google/models/{model}"
ENDPOINTS: Final = {
    f"{_GEMINI}:generateContent": content,
    f"{_GEMINI}:streamGenerateContent": content_stream,
    f"{_GEMINI}:batchEmbedContents": embeddings,
    f"{_VERTEX}:generateContent": content,
    f"{_VERTEX}:streamGenerateContent": content_stream,
    f"{_VERTEX}:predict": predictions,
    f"{_VERTEX}:predictLongRunning": operation,
    "/gemini/{version}/interactions": interaction,
    "/vertex/{version}/interactions": interaction,
}

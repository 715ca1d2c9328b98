"""The wire format of Ollama's API: chat, generate, and both kinds of embeddings; a stream is one JSON document a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest

_AT: Final = "2026-11-01T12:00:00.000000Z"
_NO_PICTURE: Final = "iVBORw0KGgo="


def error_document(status: int) -> Json:
    return {"error": f"chosen by the test: {status}"}


def _line(event: StreamEvent) -> bytes:
    return json.dumps(event.data).encode() + b"\n"


def _head(request: RecordedRequest, answer: Answer) -> dict[str, Json]:
    return {"model": answer.model or request.model, "created_at": _AT}


def _end(answer: Answer) -> dict[str, Json]:
    """What only a whole answer has, or the last line of a stream. A tool's call ends like anything else."""
    usage: dict[str, Json] = {
        "prompt_eval_count": answer.input_tokens,
        "prompt_eval_cached_count": answer.cached_tokens,
        "prompt_eval_duration": 130_079_000,
        "eval_count": answer.output_tokens,
        "eval_duration": 4_709_213_000,
    }
    times: dict[str, Json] = {"total_duration": 5_191_566_416, "load_duration": 2_154_458}
    return {"done": True, "done_reason": "stop", **times, **(usage if answer.usage_reported else {})}


def _events(head: dict[str, Json], said: list[dict[str, Json]], last: dict[str, Json], *, words: bool) -> Reply:
    parts = [StreamEvent(data={**head, **part, "done": False}, is_word=words) for part in said]
    return Reply(events=[*parts, StreamEvent(data=last)], content_type="application/x-ndjson", framed=_line)


def _message(text: str) -> dict[str, Json]:
    return {"message": {"role": "assistant", "content": text}}


def _tool_call() -> dict[str, Json]:
    call: Json = {"function": {"name": "weather", "arguments": {"city": "Paris"}}}
    return {"message": {"role": "assistant", "content": "", "tool_calls": [call]}}


def chat(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    head, whole = _head(request, answer), _tool_call() if answer.calls_a_tool else _message(answer.text)
    if request.body.get("stream") is False:  # what is not said means yes
        return Reply(document={**head, **whole, **_end(answer)})
    said = [whole] if answer.calls_a_tool else [_message(word) for word in answer.words()]
    return _events(head, said, {**head, **_message(""), **_end(answer)}, words=not answer.calls_a_tool)


def generate(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    head = _head(request, answer)
    if "width" in request.body:
        return _image(request, head)
    if request.body.get("stream") is False:
        return Reply(document={**head, "response": answer.text, **_end(answer), "context": [1, 2, 3]})
    said: list[dict[str, Json]] = [{"response": word} for word in answer.words()]
    return _events(head, said, {**head, "response": "", **_end(answer), "context": [1, 2, 3]}, words=True)


def _image(request: RecordedRequest, head: dict[str, Json]) -> Reply:
    """Steps done, then the picture; it counts no tokens."""
    last: dict[str, Json] = {**head, "response": "", "image": _NO_PICTURE, "done": True, "done_reason": "stop"}
    if request.body.get("stream") is False:
        return Reply(document=last)
    return _events(head, [{"completed": step, "total": 2} for step in (1, 2)], last, words=False)


def embed(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    asked = request.body.get("input")
    rows: list[Json] = [[1.0, 1.0]] * (len(asked) if isinstance(asked, list) else 1)
    model = answer.model or request.model
    return Reply(document={"model": model, "embeddings": rows, "prompt_eval_count": answer.input_tokens})


def embeddings(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """The older way tells of nothing but the vector."""
    return Reply(document={"embedding": [1.0, 1.0]})


ENDPOINTS: Final = {
    "/ollama/api/chat": chat,
    "/ollama/api/generate": generate,
    "/ollama/api/embed": embed,
    "/ollama/api/embeddings": embeddings,
}

"""The wire format of Together's API: chat and text completions, embeddings, images, videos and audio."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent
from tests.kit.openai_wire import finish_reason, tool_call

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest

_SOUND: Final = b"ID3 no sound"


def _head(request: RecordedRequest, answer: Answer, number: int, kind: str) -> dict[str, Json]:
    model = answer.model or request.model
    return {"id": f"together-{number}", "object": kind, "created": int(time.time()), "model": model}


def _usage(answer: Answer) -> Json:
    if not answer.usage_reported:
        return None
    parts = (answer.input_tokens, answer.output_tokens)
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": sum(part for part in parts if isinstance(part, int | float)),
        "cached_tokens": answer.cached_tokens,
    }


def _tool_calls() -> list[Json]:
    return [{"index": 0, **tool_call()}]


def chat(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if request.streamed:
        return Reply(events=_chat_events(_head(request, answer, number, "chat.completion.chunk"), answer))
    message: dict[str, Json] = {"role": "assistant", "content": answer.text, "tool_calls": []}
    if answer.calls_a_tool:
        message |= {"content": None, "tool_calls": _tool_calls()}
    choice: Json = {"index": 0, "message": message, "logprobs": None, "seed": 7, "finish_reason": finish_reason(answer)}
    head = _head(request, answer, number, "chat.completion")
    return Reply(document={**head, "prompt": [], "choices": [choice], "usage": _usage(answer)})


def _chat_events(head: dict[str, Json], answer: Answer) -> list[StreamEvent]:
    """The usage comes with the last chunk, unasked."""

    def chunk(delta: dict[str, Json], *, reason: str | None = None, usage: Json = None) -> dict[str, Json]:
        choice: Json = {"index": 0, "delta": {"role": "assistant", **delta}, "logprobs": None, "finish_reason": reason}
        return {**head, "choices": [choice], "usage": usage}

    if answer.calls_a_tool:
        said = [StreamEvent(data=chunk({"content": "", "tool_calls": _tool_calls()}))]
    else:
        said = [StreamEvent(data=chunk({"content": word}), is_word=True) for word in answer.words()]
    last = chunk({"content": ""}, reason=finish_reason(answer), usage=_usage(answer))
    return [*said, StreamEvent(data=last), StreamEvent(data="[DONE]")]


def completions(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if request.streamed:
        return Reply(events=_text_events(_head(request, answer, number, "completion.chunk"), answer))
    choice: Json = {"text": answer.text, "logprobs": None, "seed": 7, "finish_reason": "eos"}
    head = _head(request, answer, number, "text.completion")
    return Reply(document={**head, "prompt": [], "choices": [choice], "usage": _usage(answer)})


def _text_events(head: dict[str, Json], answer: Answer) -> list[StreamEvent]:
    """The last chunk says itself, and not in its choice, why it is the last."""

    def chunk(text: str, *, reason: str | None = None, usage: Json = None) -> Json:
        token: Json = {"id": 1, "text": text, "logprob": 0, "special": False}
        return {
            **head,
            "token": token,
            "choices": [{"index": 0, "text": text}],
            "finish_reason": reason,
            "usage": usage,
        }

    said = [StreamEvent(data=chunk(word), is_word=True) for word in answer.words()]
    return [*said, StreamEvent(data=chunk("", reason="eos", usage=_usage(answer))), StreamEvent(data="[DONE]")]


def embeddings(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Without usage."""
    row: Json = {"object": "embedding", "index": 0, "embedding": [1.0, 1.0]}
    return Reply(document={"object": "list", "model": answer.model or request.model, "data": [row]})


def images(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    picture: Json = {"index": 0, "type": "url", "url": "https://pictures.example/1"}
    return Reply(document={**_head(request, answer, number, "list"), "data": [picture]})


def videos(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """A job that has only begun."""
    job: dict[str, Json] = {"created_at": time.time(), "status": "in_progress", "seconds": "5", "size": "64x64"}
    return Reply(document={**_head(request, answer, number, "video"), **job})


def speech(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if not request.streamed:
        return Reply(content=_SOUND, content_type="audio/mpeg")
    head: dict[str, Json] = {"object": "audio.tts.chunk", "model": answer.model or request.model}
    said = [StreamEvent(data={**head, "b64": "SUQz"}, is_word=True) for _ in answer.words()]
    return Reply(events=[*said, StreamEvent(data="[DONE]")])


def text_of_speech(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"text": answer.text})


_PATHS: Final = {
    "chat/completions": chat,
    "completions": completions,
    "embeddings": embeddings,
    "images/generations": images,
    "videos": videos,  # what older SDKs ask; newer ones ask version 2
    "audio/speech": speech,
    "audio/transcriptions": text_of_speech,
    "audio/translations": text_of_speech,
}
ENDPOINTS: Final = {
    "/together/v2/videos": videos,
    **{f"/together/v1/{path}": answering for path, answering in _PATHS.items()},
}

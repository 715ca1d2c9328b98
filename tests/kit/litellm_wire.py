"""What LiteLLM asks of servers that speak OpenAI's API, beside chat: legacy completions, images, and what is spoken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.kit.answers import Reply, StreamEvent
from tests.kit.openai_wire import chat, embeddings, responses

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest


def completions(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    def document(text: str, finish_reason: str | None = None) -> dict[str, Json]:
        choice: Json = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish_reason}
        return {
            "id": f"cmpl-{number}",
            "object": "text_completion",
            "created": int(time.time()),
            "model": answer.model or request.model,
            "choices": [choice],
        }

    # Without the details that chat has.
    usage: Json = {"prompt_tokens": answer.input_tokens, "completion_tokens": answer.output_tokens, "total_tokens": 1}
    if not request.streamed:
        return Reply(document={**document(answer.text, "stop"), "usage": usage})
    events = [StreamEvent(data=document(word), is_word=True) for word in answer.words()]
    events.append(StreamEvent(data=document("", "stop")))
    options = request.body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage") is True:
        events.append(StreamEvent(data={**document(""), "choices": [], "usage": usage}))
    return Reply(events=[*events, StreamEvent(data="[DONE]")])


def images(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    usage: Json = {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens, "total_tokens": 1}
    return Reply(document={"created": int(time.time()), "data": [{"b64_json": "aW1hZ2U="}], "usage": usage})


def speech(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(content=b"sound", content_type="audio/mpeg")


def transcriptions(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"text": answer.text})


ENDPOINTS: Final = {
    "/litellm/v1/chat/completions": chat,
    "/litellm/v1/completions": completions,
    "/litellm/v1/responses": responses,
    "/litellm/v1/embeddings": embeddings,
    "/litellm/v1/images/generations": images,
    "/litellm/v1/audio/speech": speech,
    "/litellm/v1/audio/transcriptions": transcriptions,
}

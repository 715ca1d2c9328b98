"""More of OpenAI's API: legacy completions, images, videos, audio, moderation, beta responses; and Azure's paths."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.kit import openai_wire
from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest

_PIXEL: Final = "iVBORw0KGgo="
_LOOK: Final[dict[str, Json]] = {"background": "opaque", "output_format": "png", "quality": "low", "size": "1024x1024"}


def completion(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    head: dict[str, Json] = {
        "id": f"cmpl-{number}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": answer.model or request.model,
    }
    usage: dict[str, Json] = {"usage": openai_wire.chat_usage(answer)} if answer.usage_reported else {}
    if not request.streamed:
        return Reply(document={**head, "choices": [_choice(answer.text, "stop")], **usage})
    events = [StreamEvent(data={**head, "choices": [_choice(word, None)]}, is_word=True) for word in answer.words()]
    events.append(StreamEvent(data={**head, "choices": [_choice("", "stop")]}))
    options = request.body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage") is True:
        events.append(StreamEvent(data={**head, "choices": [], **usage}))
    return Reply(events=[*events, StreamEvent(data="[DONE]")])


def _choice(text: str, reason: str | None) -> Json:
    return {"index": 0, "text": text, "logprobs": None, "finish_reason": reason}


def _tokens(answer: Answer) -> dict[str, Json]:
    """What images and transcriptions report."""
    both = (answer.input_tokens, answer.output_tokens)
    return {
        "input_tokens": answer.input_tokens,
        "output_tokens": answer.output_tokens,
        "total_tokens": sum(count for count in both if isinstance(count, int | float)),
    }


def _image_usage(answer: Answer) -> Json:
    return {**_tokens(answer), "input_tokens_details": {"text_tokens": answer.input_tokens, "image_tokens": 0}}


def images(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return _images(request, answer, "image_generation")


def image_edits(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return _images(request, answer, "image_edit")


def _images(request: RecordedRequest, answer: Answer, kind: str) -> Reply:
    """No image names its model."""
    if not request.streamed:
        document: dict[str, Json] = {"created": int(time.time()), **_LOOK, "data": [{"b64_json": _PIXEL}]}
        return Reply(document={**document, "usage": _image_usage(answer)})
    head: dict[str, Json] = {**_LOOK, "b64_json": _PIXEL, "created_at": int(time.time())}
    partial, completed = f"{kind}.partial_image", f"{kind}.completed"
    return Reply(
        events=[
            StreamEvent(name=partial, data={"type": partial, "partial_image_index": 0, **head}, is_word=True),
            StreamEvent(name=completed, data={"type": completed, **head, "usage": _image_usage(answer)}),
        ]
    )


def image_variations(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Of older models, which report no usage."""
    return Reply(document={"created": int(time.time()), "data": [{"url": "https://example.invalid/image.png"}]})


def videos(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Asked for, one is queued, whichever way it shall be made; looked at later, it is done."""
    asked = request.parts.get("video", "")
    known = asked.startswith("video_")
    return Reply(
        document={
            "id": asked if known else f"video_{number}",
            "object": "video",
            "created_at": int(time.time()),
            "model": request.body.get("model", "sora-2"),
            "status": "completed" if known else "queued",
            "progress": 100 if known else 0,
            "seconds": "4",
            "size": "720x1280",
        }
    )


def speech(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(content=b"ID3" + answer.text.encode(), content_type="audio/mpeg")


def transcriptions(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    if request.body.get("response_format") == "text":
        return Reply(content=answer.text.encode(), content_type="text/plain")
    usage: dict[str, Json] = {"type": "tokens", **_tokens(answer)}
    if request.body.get("response_format") == "verbose_json":
        usage = {"type": "duration", "seconds": 3}
        document: dict[str, Json] = {"text": answer.text, "duration": 3.0, "language": "english", "usage": usage}
        return Reply(document=document)
    if not request.streamed:
        return Reply(document={"text": answer.text, "usage": usage})
    delta, done = "transcript.text.delta", "transcript.text.done"
    return Reply(
        events=[
            *(StreamEvent(name=delta, data={"type": delta, "delta": word}, is_word=True) for word in answer.words()),
            StreamEvent(name=done, data={"type": done, "text": answer.text, "usage": usage}),
        ]
    )


def translations(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"text": answer.text})


def moderations(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    result: Json = {"flagged": False, "categories": {}, "category_scores": {}, "category_applied_input_types": {}}
    model = str(request.body.get("model", "omni-moderation-latest"))
    return Reply(document={"id": f"modr-{number}", "model": model, "results": [result]})


def compacted(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """It has the usage of a response, but says neither model nor status."""
    whole = openai_wire.responses(request, answer, number).document
    assert isinstance(whole, dict)
    item: Json = {"id": f"cmp_{number}", "type": "compaction", "encrypted_content": "secret"}
    kept = {name: whole[name] for name in ("id", "created_at", "usage")}
    return Reply(document={**kept, "object": "response.compaction", "output": [item]})


def decisions(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    whole = openai_wire.responses(request, answer, number).document
    assert isinstance(whole, dict)
    answers: Json = [{"type": "predicate", "name": None, "probability": 0.5}]
    return Reply(document={"answers": answers, "model": whole["model"], "usage": whole["usage"]})


ENDPOINTS: Final = {
    "/v1/completions": completion,
    "/azure/openai/deployments/{model}/chat/completions": openai_wire.chat,
    "/azure/openai/deployments/{model}/completions": completion,
    "/v1/images/generations": images,
    "/azure/openai/deployments/{model}/images/generations": images,
    "/v1/images/edits": image_edits,
    "/v1/images/variations": image_variations,
    "/v1/videos": videos,
    "/v1/videos/{video}": videos,
    "/v1/audio/speech": speech,
    "/v1/audio/transcriptions": transcriptions,
    "/v1/audio/translations": translations,
    "/v1/moderations": moderations,
    "/v1/responses/compact": compacted,
    "/v1/decisions": decisions,
}

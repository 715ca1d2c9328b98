"""What stands behind Hugging Face's SDK: the hub, its inference servers (TGI), and providers that its router leads to."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from tests.kit import openai_wire
from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest

PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def error_document(status: int) -> Json:
    """Of a server that is not TGI, 400 says which parameters it does not know."""
    return {
        "error": f"chosen by the test: {status}. The following `model_kwargs` are not used by the model: ['details']"
    }


def model_info(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """What the hub says of a model: what it is for, and who serves it. The task is in the path, so that it fits all."""
    model, task = request.parts["model"], request.parts["task"]
    served: Json = {"status": "live", "providerId": model, "task": task}
    document: Json = {
        "id": model,
        "pipeline_tag": "text-generation" if task == "conversational" else task,
        "tags": [task],
        "inferenceProviderMapping": {"together": served, "novita": served, "groq": served},
    }
    return Reply(document=document)


def inference(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """Text generation by TGI, and the tasks of the serverless inference, each with the fields of its own."""
    if request.headers.get("accept") == "image/png":
        return Reply(content=PNG, content_type="image/png")
    if not request.body:
        return Reply(document={"text": answer.text})
    if request.streamed:
        return Reply(events=_generated(answer))
    made: dict[str, Json] = dict.fromkeys(("generated_text", "summary_text", "translation_text"), answer.text)
    asked = request.body.get("parameters")
    if isinstance(asked, dict) and asked.get("details"):
        made["details"] = _details(answer)
    return Reply(document=[made])


def _details(answer: Answer) -> dict[str, Json]:
    details: dict[str, Json] = {"finish_reason": "eos_token", "seed": None, "prefill": [], "tokens": []}
    return {**details, "generated_tokens": answer.output_tokens} if answer.usage_reported else details


def _generated(answer: Answer) -> list[StreamEvent]:
    words = answer.words()
    events: list[dict[str, Json]] = [
        {
            "index": index,
            "token": {"id": index, "text": word, "logprob": -0.5, "special": False},
            "generated_text": None,
            "details": None,
        }
        for index, word in enumerate(words, 1)
    ]
    details = {**_details(answer), "input_length": answer.input_tokens}
    events[-1] |= {"generated_text": answer.text, "details": details}
    return [StreamEvent(data=event, is_word=True) for event in events]


def embeddings(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document=[[1.0, 1.0]])


def images(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(document={"data": [{"index": 0, "b64_json": base64.b64encode(PNG).decode()}]})


def video(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """The provider makes the video and says where it lies."""
    return Reply(document={"video": {"video_url": f"http://{request.headers['host']}/hf/files/video.mp4"}})


def file(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    return Reply(content=b"a video", content_type="video/mp4")


ENDPOINTS: Final = {
    "/hf/hub/{task}/api/models/{model}": model_info,
    "/hf/v1/chat/completions": openai_wire.chat,
    "/hf/together/v1/chat/completions": openai_wire.chat,
    "/hf/together/v1/images/generations": images,
    "/hf/novita/v3/hf/{model}": video,
    "/hf/files/{name}": file,
    "/hf/hf-inference/models/{model}/pipeline/feature-extraction": embeddings,
    "/hf/hf-inference/models/{model}/v1/chat/completions": openai_wire.chat,
    "/hf/hf-inference/models/{model}": inference,
}

"""The wire format of Mistral's API: chat, responses, agents, conversations, fill-in-the-middle completions, embeddings; on Azure and Google Cloud, too."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.kit import openai_wire
from tests.kit.answers import Reply, StreamEvent
from tests.kit.openai_wire import finish_reason, tool_call

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest


def chat(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    head: dict[str, Json] = {
        "id": f"cmpl-{number}",
        "model": answer.model or request.model,
        "created": int(time.time()),
    }
    if request.streamed:
        return Reply(events=_events(head, answer))
    message: Json = {"role": "assistant", "content": answer.text, "tool_calls": None}
    if answer.calls_a_tool:
        message = {"role": "assistant", "content": "", "tool_calls": [tool_call()]}
    choice: Json = {"index": 0, "message": message, "finish_reason": finish_reason(answer)}
    return Reply(document={**head, "object": "chat.completion", "choices": [choice], "usage": _usage(answer)})


def _usage(answer: Answer) -> Json:
    if not answer.usage_reported:
        return {}
    parts = (answer.input_tokens, answer.output_tokens)
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": sum(part for part in parts if isinstance(part, int | float)),
    }


def _events(head: dict[str, Json], answer: Answer) -> list[StreamEvent]:
    """The usage comes with the last chunk, unasked."""

    def chunk(delta: dict[str, Json], finish_reason: str | None = None) -> dict[str, Json]:
        choice: Json = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**head, "object": "chat.completion.chunk", "choices": [choice]}

    last = chunk({"content": ""}, finish_reason(answer))
    if answer.usage_reported:
        last["usage"] = _usage(answer)
    if answer.calls_a_tool:
        said = [StreamEvent(data=chunk({"content": "", "tool_calls": [{"index": 0, **tool_call()}]}))]
    else:
        said = [StreamEvent(data=chunk({"content": word}), is_word=True) for word in answer.words()]
    return [
        StreamEvent(data=chunk({"role": "assistant", "content": ""})),
        *said,
        StreamEvent(data=last),
        StreamEvent(data="[DONE]"),
    ]


def embeddings(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    row: Json = {"object": "embedding", "index": 0, "embedding": [1.0, 1.0]}
    usage: Json = {"prompt_tokens": answer.input_tokens, "completion_tokens": 0, "total_tokens": answer.input_tokens}
    model = answer.model or request.model
    return Reply(document={"id": f"emb-{number}", "object": "list", "model": model, "data": [row], "usage": usage})


def conversation(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """What came new; there is no id of the answer, and the model stands with what it wrote."""
    model = answer.model or request.model
    head: dict[str, Json] = {"conversation_id": f"conv_{number}"}
    usage = {"usage": _usage(answer)}
    if not request.streamed:
        said: Json = {"id": "msg_1", "type": "message.output", "role": "assistant", "content": answer.text}
        outputs: Json = [{"id": "tool_1", "type": "tool.execution", "name": "web_search", "arguments": ""}]
        return Reply(
            document={
                **head,
                **usage,
                "object": "conversation.response",
                "outputs": [*outputs, {**said, "model": model}],
            }
        )
    steps: list[tuple[str, dict[str, Json]]] = [
        ("conversation.response.started", head),
        *(
            ("message.output.delta", {"id": "msg_1", "role": "assistant", "content": word, "model": model})
            for word in answer.words()
        ),
        ("conversation.response.done", usage),
    ]
    return Reply(events=[StreamEvent(name=name, data={"type": name, **data}) for name, data in steps])


def responses(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    """As OpenAI's, with one number more."""
    reply = openai_wire.responses(request, answer, number)
    for holder in (reply.document, *(event.data for event in reply.events or ())):
        assert isinstance(holder, dict | None)
        response = (holder or {}).get("response", holder)
        usage = response.get("usage") if isinstance(response, dict) else None
        details = usage.get("input_tokens_details") if isinstance(usage, dict) else None
        if isinstance(details, dict):
            details["cache_write_tokens"] = 0
    return reply


ENDPOINTS: Final = {
    "/mistral/v1/responses": responses,
    "/mistral/v1/chat/completions": chat,
    "/mistral/v1/fim/completions": chat,
    "/mistral/v1/embeddings": embeddings,
    "/mistral/v1/agents/completions": chat,
    "/mistral/v1/conversations": conversation,
    "/mistral/v1/conversations/{conversation}": conversation,
    "/mistral/models/chat/completions": chat,
    "/v1/projects/{project}/locations/{region}/publishers/mistralai/models/{model}:rawPredict": chat,
    "/v1/projects/{project}/locations/{region}/publishers/mistralai/models/{model}:streamRawPredict": chat,
}

"""Where Groq's API differs from OpenAI's: the last chunk of a stream brings the usage in a field of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.kit import openai_wire
from tests.kit.answers import Reply, StreamEvent

if TYPE_CHECKING:
    from tests.kit.answers import Answer, Json, RecordedRequest


def chat(request: RecordedRequest, answer: Answer, number: int) -> Reply:
    reply = openai_wire.chat(request, answer, number)
    if reply.events is None:
        return reply
    *words, last, done = reply.events
    assert isinstance(last.data, dict)
    about: dict[str, Json] = {"id": f"req_{number}"}
    if answer.usage_reported:
        about["usage"] = openai_wire.chat_usage(answer)
    return Reply(events=[*words, StreamEvent(data={**last.data, "x_groq": about}), done])


ENDPOINTS: Final = {"/openai/v1/chat/completions": chat, "/openai/v1/embeddings": openai_wire.embeddings}

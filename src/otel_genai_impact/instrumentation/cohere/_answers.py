"""What Cohere's answers say of themselves: responses, and the events of streams, in both versions of its API."""

from __future__ import annotations

from typing import Any, Final, cast

from otel_genai_impact.instrumentation._reading import add_finish_reasons, set_identity, set_usage

# The SDK's word for a count that AWS did not send is -1.
_NOT_COUNTED: Final = (None, -1)


def chat(invocation: Any, given: Any) -> None:
    set_identity(invocation, id=_of(given.data, "id"))
    _ended(invocation, given.data)


def chat_event(invocation: Any, event: Any) -> None:
    """The first event has the id, the last one all else; those between them are the answer."""
    kind = _of(event, "type")
    if kind == "message-start":
        set_identity(invocation, id=_of(event, "id"))
    elif kind == "message-end":
        _ended(invocation, _of(event, "delta"))


def _ended(invocation: Any, said: Any) -> None:
    add_finish_reasons(invocation, (_of(said, "finish_reason"),))
    _usage(invocation, _of(said, "usage") or _of(said, "meta"))


def chat_v1(invocation: Any, given: Any) -> None:
    _answered(invocation, given.data)


def chat_event_v1(invocation: Any, event: Any) -> None:
    """The last event carries the whole response, where it is Cohere that serves it."""
    kind = _of(event, "event_type")
    if kind == "stream-start":
        set_identity(invocation, id=_of(event, "generation_id"))
    elif kind == "stream-end":
        _answered(invocation, _of(event, "response"), _of(event, "finish_reason"))
        _usage(invocation, _of_bedrock(event))


def _answered(invocation: Any, said: Any, reason: object = None) -> None:
    set_identity(invocation, id=_of(said, "response_id") or _of(said, "generation_id"))
    add_finish_reasons(invocation, (reason or _of(said, "finish_reason"),))
    _usage(invocation, _of(said, "meta"))


def completion(invocation: Any, given: Any) -> None:
    _completed(invocation, given.data)


def completion_event(invocation: Any, event: Any) -> None:
    if _of(event, "event_type") == "stream-end":
        _completed(invocation, _of(event, "response"), _of(event, "finish_reason"))
        _usage(invocation, _of_bedrock(event))


def _completed(invocation: Any, said: Any, reason: object = None) -> None:
    """Why it ended is said of each generation; the SDK knows no such field, and lets it through."""
    set_identity(invocation, id=_of(said, "id"))
    reasons = [_of(generation, "finish_reason") for generation in _of(said, "generations") or ()]
    add_finish_reasons(invocation, reasons if any(reasons) else (reason,))
    _usage(invocation, _of(said, "meta"))


def embeddings(invocation: Any, given: Any) -> None:
    _usage(invocation, _of(given.data, "meta"))


def transcription(invocation: Any, given: Any) -> None:
    """The answer is the text, and nothing else."""


def _usage(invocation: Any, usage: Any) -> None:
    """Cohere counts twice: the tokens that the model read and wrote, and those of them that it bills.

    Where it does not say the first, as for embeddings, the second stand for them.
    """
    counts = _of(usage, "tokens"), _of(usage, "billed_units")

    def count(name: str) -> object:
        found = (_of(each, name) for each in counts)
        return next((value for value in found if value not in _NOT_COUNTED), None)

    set_usage(
        invocation, input=count("input_tokens"), output=count("output_tokens"), cached=_of(usage, "cached_tokens")
    )


def _of_bedrock(event: Any) -> object:
    """What Bedrock adds to the last event of a stream, in Cohere's words."""
    metrics = _of(event, "amazon-bedrock-invocationMetrics")
    return {
        "tokens": {"input_tokens": _of(metrics, "inputTokenCount"), "output_tokens": _of(metrics, "outputTokenCount")}
    }


def _of(said: Any, name: str) -> Any:
    """A part of an answer; what a release of the SDK does not know by name yet, it leaves a dictionary."""
    if isinstance(said, dict):
        return cast("dict[str, Any]", said).get(name)
    return getattr(said, name, None)

"""Reading answers: what their parts are in the words of the conventions. No text that was asked or answered is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from otel_genai_impact.semconv import GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_OUTPUT_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST: Final = 2**63 - 1  # the largest integer that OTLP can carry


def set_usage(
    invocation: Any,
    *,
    input: object = None,  # noqa: A002
    output: object = None,
    cached: object = None,
    reasoning: object = None,
) -> None:
    """Token counts as the provider reports them.

    What is no count goes to the span alone, which says so: util-genai would give it to a histogram, which raises.
    """
    kind = cast("type[object]", type(invocation))
    for key, name, value in (
        (GEN_AI_USAGE_INPUT_TOKENS, "input_tokens", input),
        (GEN_AI_USAGE_OUTPUT_TOKENS, "output_tokens", output),
        (None, "cache_read_input_tokens", cached),
        (None, "thinking_tokens", reasoning),
    ):
        if value is None or not hasattr(kind, name):
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # noqa: PLW2901 -- some SDKs count in floats
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST:
            setattr(invocation, name, value)
        elif key is not None:
            fits = isinstance(value, (bool, float, str)) or (isinstance(value, int) and abs(value) <= _MOST)
            invocation.attributes[key] = value if fits else str(value)


def set_identity(invocation: Any, *, id: object = None, model: object = None) -> None:  # noqa: A002
    """The response's id, and the model that answered."""
    if text(id) is not None and hasattr(cast("type[object]", type(invocation)), "response_id"):
        invocation.response_id = text(id)
    if text(model) is not None:
        invocation.response_model_name = text(model)


def text(value: object) -> str | None:
    """The value if it is a text that says something; SDKs also have sentinels for what is not given."""
    return value if isinstance(value, str) and value else None


def add_finish_reasons(invocation: Any, reasons: Iterable[object]) -> None:
    """Why the choices ended, in the order in which they did."""
    found = [str(getattr(reason, "value", reason)) for reason in reasons if reason is not None]
    if found:
        invocation.finish_reasons = [*(invocation.finish_reasons or ()), *found]


def read_chat_completion(invocation: Any, given: Any) -> None:
    """A response, or one chunk of a stream, in the shape that OpenAI's API made common.

    Chunks come in thousands, and nearly all have nothing new to say: that is seen quickly.
    """
    if invocation.response_id is None:
        set_identity(invocation, id=given.id, model=given.model)
    for choice in given.choices or ():
        reason = getattr(choice, "finish_reason", None)
        if reason is not None:
            add_finish_reasons(invocation, (reason,))
    usage = getattr(given, "usage", None)
    if usage is not None:
        read_usage(invocation, usage)


def read_usage(invocation: Any, usage: Any) -> None:
    """Its usage, with details where there are any."""
    if usage is None:
        return
    details = getattr(usage, "prompt_tokens_details", None), getattr(usage, "completion_tokens_details", None)
    # Some SDKs make what the provider did not report 0.
    reported = usage.model_fields_set
    set_usage(
        invocation,
        input=usage.prompt_tokens if "prompt_tokens" in reported else None,
        output=getattr(usage, "completion_tokens", None) if "completion_tokens" in reported else None,
        cached=getattr(details[0], "cached_tokens", None),
        reasoning=getattr(details[1], "reasoning_tokens", None),
    )

"""From a span to the request that it reports: GenAI semantic conventions, and their older spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.semconv import (
    GEN_AI_OPERATION_NAME,
    GEN_AI_PROVIDER_NAME,
    GEN_AI_REQUEST_MODEL,
    GEN_AI_RESPONSE_ID,
    GEN_AI_RESPONSE_MODEL,
    GEN_AI_SYSTEM,
    GEN_AI_USAGE_COMPLETION_TOKENS,
    GEN_AI_USAGE_INPUT_TOKENS,
    GEN_AI_USAGE_OUTPUT_TOKENS,
    GEN_AI_USAGE_PROMPT_TOKENS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# Operations that generate text: what the methods cover.
INFERENCE: Final = frozenset({"chat", "text_completion", "generate_content"})
# Operations that run a model too, and are counted, but that no method covers yet.
UNSUPPORTED: Final = frozenset({
    "embeddings", "rerank", "image_generation", "generate_image", "video_generation", "generate_video",
    "audio_generation", "speech", "text_to_speech", "transcription", "translation", "moderation",
})  # fmt: skip
# Operations that run no model themselves, or repeat what the spans below them say.
NEVER_COUNTED: Final = frozenset({
    "invoke_agent", "invoke_workflow", "create_agent", "plan", "execute_tool", "retrieval", "fetch_response",
})  # fmt: skip

# Spans that say what the requests below them came to: operations, and kinds in the conventions of others.
ROLLED_UP: Final[Mapping[str, frozenset[str]]] = {
    GEN_AI_OPERATION_NAME: frozenset({"invoke_agent", "invoke_workflow", "create_agent", "plan", "execute_tool"}),
    "openinference.span.kind": frozenset({"AGENT", "CHAIN", "TOOL"}),
    "traceloop.span.kind": frozenset({"workflow", "task", "agent", "tool"}),
    "langfuse.observation.type": frozenset({"agent", "chain", "tool"}),
}

# A span that has none of these is no GenAI span.
MARKS: Final = frozenset({
    GEN_AI_OPERATION_NAME, GEN_AI_PROVIDER_NAME, GEN_AI_SYSTEM, GEN_AI_REQUEST_MODEL, GEN_AI_RESPONSE_MODEL,
    GEN_AI_USAGE_OUTPUT_TOKENS, GEN_AI_USAGE_COMPLETION_TOKENS, GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_PROMPT_TOKENS,
})  # fmt: skip
INFERENCE_KIND: Final = "inference"
_USAGE: Final = (
    GEN_AI_USAGE_OUTPUT_TOKENS,
    GEN_AI_USAGE_COMPLETION_TOKENS,
    GEN_AI_USAGE_INPUT_TOKENS,
    GEN_AI_USAGE_PROMPT_TOKENS,
)

MOST_TOKENS: Final = 10**8
_LONGEST_NUMBER: Final = 32
_INVALID: Final = -1

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class Request(NamedTuple):
    """One request to a model, as its span reports it. None means not reported.

    Attributes:
        kind: `inference` for what the methods cover, also if the operation is not named; else the operation.
        input_tokens, output_tokens: negative if what was reported is no count of tokens.
    """

    kind: str
    operation: str | None
    provider: str | None
    response_model: str | None
    request_model: str | None
    response_id: str | None
    input_tokens: int | None
    output_tokens: int | None


NAMES: Final = slice(1, 5)
"""The part of a request that its plan depends on: operation, provider, response and request model."""


def read(name: str, attributes: Mapping[str, Any]) -> Request | None:
    """The request that a span of this name and with these attributes reports; None if it reports none.

    This runs for every GenAI span, so what nearly every span has (plain strings and ints) is looked at in place.
    """
    operation, kind = attributes.get(GEN_AI_OPERATION_NAME), INFERENCE_KIND
    if type(operation) is not str or operation not in INFERENCE:
        operation = text(operation) or _operation_in(name)
        known = operation in INFERENCE or operation in UNSUPPORTED
        if not known and (operation in NEVER_COUNTED or not any(key in attributes for key in _USAGE)):
            return None
        # What generates tokens under a name that nobody knows is text inference; anything else is a kind of its own.
        generates = GEN_AI_USAGE_OUTPUT_TOKENS in attributes or GEN_AI_USAGE_COMPLETION_TOKENS in attributes
        if operation in UNSUPPORTED or (operation is not None and operation not in INFERENCE and not generates):
            kind = operation
    get = attributes.get
    provider = get(GEN_AI_PROVIDER_NAME)
    if type(provider) is not str or not provider:
        provider = text(provider) or text(get(GEN_AI_SYSTEM))
    response_model = get(GEN_AI_RESPONSE_MODEL)
    if type(response_model) is not str or not response_model:
        response_model = text(response_model)
    request_model = get(GEN_AI_REQUEST_MODEL)
    if type(request_model) is not str or not request_model:
        request_model = text(request_model)
    response_id = get(GEN_AI_RESPONSE_ID)
    if type(response_id) is not str or not response_id:
        response_id = text(response_id)
    input_tokens = get(GEN_AI_USAGE_INPUT_TOKENS)
    if type(input_tokens) is not int or not 0 <= input_tokens <= MOST_TOKENS:
        input_tokens = _tokens(input_tokens, get(GEN_AI_USAGE_PROMPT_TOKENS))
    output_tokens = get(GEN_AI_USAGE_OUTPUT_TOKENS)
    if type(output_tokens) is not int or not 0 <= output_tokens <= MOST_TOKENS:
        output_tokens = _tokens(output_tokens, get(GEN_AI_USAGE_COMPLETION_TOKENS))
    return _new(
        Request, (kind, operation, provider, response_model, request_model, response_id, input_tokens, output_tokens)
    )


def reports_genai(attributes: Mapping[str, Any]) -> bool:
    """Whether a span with these attributes may report a request."""
    return not MARKS.isdisjoint(attributes)


def names_an_operation(name: str) -> bool:
    """Whether the name of a span says that it is a request: `{operation} {model}`."""
    return _operation_in(name) is not None


def is_rolled_up(attributes: Mapping[str, Any]) -> bool:
    """Whether a span is that of an agent, a workflow or a tool."""
    return any(text(attributes.get(key)) in kinds for key, kinds in ROLLED_UP.items())


def _operation_in(name: str) -> str | None:
    """Samplers may drop what a span started with; its name, `{operation} {model}`, says it once more."""
    first_word = name.partition(" ")[0]
    return first_word if first_word in INFERENCE or first_word in UNSUPPORTED else None


def text(value: object) -> str | None:
    """The value if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def _tokens(value: object, older: object) -> int | None:
    """The count in the attribute, or in its older spelling; negative if it is none.

    Some SDKs report floats or numeric strings: 12.0 and "12" are counts; True, 12.5, nan and "a lot" are none.
    """
    number = older if value is None else value
    if number is None:
        return None
    if isinstance(number, str) and len(number) <= _LONGEST_NUMBER:
        try:
            number = float(number)
        except ValueError:
            return _INVALID
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return _INVALID
    if not (0 <= number <= MOST_TOKENS and number == int(number)):
        return _INVALID
    return int(number)

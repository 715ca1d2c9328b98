"""From a span to the request that it reports: GenAI semantic conventions, and their older spellings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact import semconv

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

# A span that has none of these is no GenAI span.
MARKS: Final = frozenset({
    semconv.GEN_AI_OPERATION_NAME, semconv.GEN_AI_PROVIDER_NAME, semconv.GEN_AI_SYSTEM,
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS, semconv.GEN_AI_USAGE_COMPLETION_TOKENS,
    semconv.GEN_AI_USAGE_INPUT_TOKENS, semconv.GEN_AI_USAGE_PROMPT_TOKENS,
})  # fmt: skip
_USAGE: Final = (
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
    semconv.GEN_AI_USAGE_COMPLETION_TOKENS,
    semconv.GEN_AI_USAGE_INPUT_TOKENS,
    semconv.GEN_AI_USAGE_PROMPT_TOKENS,
)

MOST_TOKENS: Final = 10**8
_LONGEST_NUMBER: Final = 32
_INVALID: Final = -1


class Request(NamedTuple):
    """One request to a model, as its span reports it. None means not reported.

    Token counts are None if not reported, and negative if what was reported is no count of tokens.
    """

    operation: str | None
    provider: str | None
    response_model: str | None
    request_model: str | None
    response_id: str | None
    input_tokens: int | None
    output_tokens: int | None

    @property
    def supported(self) -> bool:
        """Whether this is an operation that the methods cover. One that is not named is taken for text inference."""
        return self.operation is None or self.operation in INFERENCE

    @property
    def usage_is_valid(self) -> bool:
        """Whether every token count that was reported is a count."""
        return (self.input_tokens or 0) >= 0 and (self.output_tokens or 0) >= 0

    @property
    def usage_is_known(self) -> bool:
        """Whether the model's output was reported. A 0 for everything stands for unknown in some dialects."""
        return self.output_tokens is not None and (self.output_tokens > 0 or (self.input_tokens or 0) > 0)


def read(name: str, attributes: Mapping[str, Any]) -> Request | None:
    """The request that a span of this name and with these attributes reports; None if it reports none."""
    operation = text(attributes.get(semconv.GEN_AI_OPERATION_NAME))
    if operation is None:
        # Samplers may drop what a span started with; its name says it once more.
        first_word = name.partition(" ")[0]
        if first_word in INFERENCE or first_word in UNSUPPORTED:
            operation = first_word
    known = operation in INFERENCE or operation in UNSUPPORTED
    if not known and (operation in NEVER_COUNTED or not any(key in attributes for key in _USAGE)):
        return None
    get = attributes.get
    return Request(
        operation,
        text(get(semconv.GEN_AI_PROVIDER_NAME)) or text(get(semconv.GEN_AI_SYSTEM)),
        text(get(semconv.GEN_AI_RESPONSE_MODEL)),
        text(get(semconv.GEN_AI_REQUEST_MODEL)),
        text(get(semconv.GEN_AI_RESPONSE_ID)),
        _tokens(attributes, semconv.GEN_AI_USAGE_INPUT_TOKENS, semconv.GEN_AI_USAGE_PROMPT_TOKENS),
        _tokens(attributes, semconv.GEN_AI_USAGE_OUTPUT_TOKENS, semconv.GEN_AI_USAGE_COMPLETION_TOKENS),
    )


def text(value: object) -> str | None:
    """The value if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def _tokens(attributes: Mapping[str, Any], key: str, older_key: str) -> int | None:
    value = attributes.get(key)
    if value is None:
        value = attributes.get(older_key)
        if value is None:
            return None
    if type(value) is int:
        return value if 0 <= value <= MOST_TOKENS else _INVALID
    return _odd_tokens(value)


def _odd_tokens(value: object) -> int:
    """Some SDKs report floats or numeric strings: 12.0 and "12" are counts; True, 12.5, nan and "a lot" are none."""
    number = value
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        try:
            number = float(value)
        except ValueError:
            return _INVALID
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return _INVALID
    if not (math.isfinite(number) and 0 <= number <= MOST_TOKENS and number == int(number)):
        return _INVALID
    return int(number)

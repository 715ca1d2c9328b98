"""Which spans are looked at: the attributes that a GenAI span has at least one of. Asked of every span of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.semconv import (
    GEN_AI_OPERATION_NAME,
    GEN_AI_PROVIDER_NAME,
    GEN_AI_REQUEST_MODEL,
    GEN_AI_RESPONSE_MODEL,
    GEN_AI_SYSTEM,
    GEN_AI_USAGE_COMPLETION_TOKENS,
    GEN_AI_USAGE_INPUT_TOKENS,
    GEN_AI_USAGE_OUTPUT_TOKENS,
    GEN_AI_USAGE_PROMPT_TOKENS,
)
from otel_genai_impact.telemetry.operations import OPERATION_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Langfuse writes one text of JSON.
LANGFUSE_USAGE: Final = "langfuse.observation.usage_details"

MARKS: Final = frozenset({
    GEN_AI_OPERATION_NAME, GEN_AI_PROVIDER_NAME, GEN_AI_SYSTEM, GEN_AI_REQUEST_MODEL, GEN_AI_RESPONSE_MODEL,
    GEN_AI_USAGE_OUTPUT_TOKENS, GEN_AI_USAGE_COMPLETION_TOKENS, GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_PROMPT_TOKENS,
    # In another dialect's words.
    *OPERATION_KEYS,
    "llm.model_name", "llm.request.model_name", "llm.response.model_name", "langfuse.observation.model.name",
    "llm.token_count.completion", "llm.token_count.prompt", LANGFUSE_USAGE,
})  # fmt: skip
"""A span that has none of these is no GenAI span."""


def reports_genai(attributes: Mapping[str, Any]) -> bool:
    """Whether a span may report a GenAI request. Also True for one that reports an agent, a tool or a workflow."""
    return not MARKS.isdisjoint(attributes)

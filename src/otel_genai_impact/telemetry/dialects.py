"""Other ways to say the same: the attributes of other instrumentations in the words of the GenAI conventions.

One table a question; the first attribute that has an answer wins. To add a dialect is to add its attributes here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from otel_genai_impact import semconv
from otel_genai_impact.telemetry import langfuse
from otel_genai_impact.telemetry.marks import LANGFUSE_USAGE
from otel_genai_impact.telemetry.operations import operation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOTALS: Final = ("gen_ai.usage.total_tokens", "llm.token_count.total", "llm.usage.total_tokens")
# A host's URL, where there is no `server.address`: of OpenLLMetry.
BASE_URL: Final = "gen_ai.openai.api_base"
_WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (semconv.GEN_AI_PROVIDER_NAME, ("llm.provider", semconv.GEN_AI_SYSTEM, "llm.system")),
    (semconv.GEN_AI_RESPONSE_MODEL, ("llm.response.model_name",)),
    (
        semconv.GEN_AI_REQUEST_MODEL,
        ("llm.request.model_name", "llm.model_name", "embedding.model_name", "langfuse.observation.model.name"),
    ),
    (semconv.GEN_AI_RESPONSE_ID, ("llm.response.id",)),
    (semconv.SERVER_ADDRESS, (BASE_URL, "openai.api_base")),
)
_COUNTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        semconv.GEN_AI_USAGE_INPUT_TOKENS,
        ("llm.token_count.prompt", semconv.GEN_AI_USAGE_PROMPT_TOKENS, "llm.usage.prompt_tokens"),
    ),
    (
        semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
        ("llm.token_count.completion", semconv.GEN_AI_USAGE_COMPLETION_TOKENS, "llm.usage.completion_tokens"),
    ),
    (
        semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
        (
            "llm.token_count.prompt_details.cache_read",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.cached_prompt_text_tokens",
        ),
    ),
    (
        semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS,
        (
            "gen_ai.usage.cache_creation.input_tokens",
            "llm.token_count.prompt_details.cache_write",
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.cache_write_input_tokens",
        ),
    ),
    (
        semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
        (
            "gen_ai.usage.reasoning_tokens",
            "llm.token_count.completion_details.reasoning",
            "gen_ai.usage.details.reasoning_tokens",
            "llm.usage.reasoning_tokens",
        ),
    ),
    (_TOTALS[0], _TOTALS[1:]),
)

# OpenInference says the model of a stream that was not read to its end only within these, a text of JSON.
_PARAMETERS: Final = "llm.invocation_parameters"
_LONGEST_JSON: Final = 4096

INPUT_TOKENS: Final = (
    semconv.GEN_AI_USAGE_INPUT_TOKENS,
    *dict(_COUNTS)[semconv.GEN_AI_USAGE_INPUT_TOKENS],
    LANGFUSE_USAGE,
)
OUTPUT_TOKENS: Final = (
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
    *dict(_COUNTS)[semconv.GEN_AI_USAGE_OUTPUT_TOKENS],
    LANGFUSE_USAGE,
)
"""Where a count of input tokens, and of output tokens, may stand, in the order in which it is looked for."""

_LOGFIRE_ERROR: Final = 17
_OF_AN_ANSWER: Final = frozenset({
    semconv.GEN_AI_RESPONSE_ID, semconv.GEN_AI_USAGE_INPUT_TOKENS, semconv.GEN_AI_USAGE_OUTPUT_TOKENS,
    "gen_ai.output.messages", "response_data",
})  # fmt: skip

# Who counts a model's thoughts beside its output: an instrumentation that leaves them out still has the total.
THOUGHTS_APART: Final = frozenset(
    {"gcp.gemini", "gcp.vertex_ai", "gcp.gen_ai", "gemini", "google", "vertex_ai", "Google"}
)

# Instrumentations whose input leaves out what was read from or written to a cache, as these providers' APIs count it.
CACHE_APART: Final = frozenset({
    "openlit.instrumentation.anthropic",
    "opentelemetry.instrumentation.bedrock",
    "opentelemetry.instrumentation.botocore.bedrock-runtime",
    "opentelemetry.instrumentation.genai.bedrock",
})  # fmt: skip

# Frameworks that put their own name where that of the provider belongs.
NO_PROVIDERS: Final = frozenset({"strands-agents", "langchain", "langgraph", "microsoft.agent_framework"})
SPECIAL_PROVIDERS: Final = THOUGHTS_APART | NO_PROVIDERS


# Families of instrumentations, each followed by a name of what is instrumented.
_FAMILIES: Final = (
    "opentelemetry.instrumentation.genai.",
    "opentelemetry.instrumentation.",
    "openinference.instrumentation.",
    "otel_genai_impact.instrumentation.",
)
# Whom these talk to. Frameworks and SDKs of many providers are not here: they say nothing of the provider.
_INSTRUMENTED: Final = {
    "openai": "openai",
    "openai_v2": "openai",
    "openai_more": "openai",
    "anthropic": "anthropic",
    "bedrock": "aws.bedrock",
    "botocore": "aws.bedrock",
    "cohere": "cohere",
    "google_genai": "gcp.gemini",
    "google_generativeai": "gcp.gemini",
    "groq": "groq",
    "mistralai": "mistral_ai",
    "ollama": "ollama",
    "together": "together",
    "vertexai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
}
_SCOPES: Final = {"com.anthropic.sdk.python": "anthropic"}


def provider_of_scope(scope: str) -> str | None:
    """The provider whose SDK an instrumentation of this name is for, if it is for that of one provider."""
    family = next((family for family in _FAMILIES if scope.startswith(family)), None)
    if family is None:
        return _SCOPES.get(scope)
    return _INSTRUMENTED.get(scope[len(family) :].partition(".")[0])


def in_the_words_of_the_conventions(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What a span says of its request, by the names of the conventions; what it does not say is not there."""
    found: dict[str, Any] = {}
    operation = operation_of(attributes)
    if operation is not None:
        found[semconv.GEN_AI_OPERATION_NAME] = operation
    for name, others in _WORDS:
        value = next((said for key in (name, *others) if _says_something(said := attributes.get(key))), None)
        if value is not None:
            found[name] = value
    for name, others in _COUNTS:
        value = next((said for key in (name, *others) if (said := attributes.get(key)) is not None), None)
        if value is not None:
            found[name] = value
    if semconv.GEN_AI_REQUEST_MODEL not in found and semconv.GEN_AI_RESPONSE_MODEL not in found:
        model = _json_of(attributes.get(_PARAMETERS)).get("model")
        if isinstance(model, str) and model:
            found[semconv.GEN_AI_REQUEST_MODEL] = model
    usage = attributes.get(LANGFUSE_USAGE)
    return {**langfuse.usage(_json_of(usage)), **found} if usage else found


def _says_something(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value not in NO_PROVIDERS


def is_no_request(name: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a span that has the marks of a request reports none: its request has a span of its own."""
    # LlamaIndex puts the request together before it makes it.
    if name.endswith("._prepare_chat_with_tools"):
        return True
    # Of a stream, Logfire's first span ends before the answer; what was used is in a second one.
    return (
        attributes.get("logfire.span_type") == "span"
        and "request_data" in attributes
        and attributes.get("logfire.level_num") != _LOGFIRE_ERROR
        and _OF_AN_ANSWER.isdisjoint(attributes)
    )


def total_tokens(attributes: Mapping[str, Any]) -> object:
    """What a span says is the sum of all its tokens."""
    return next((said for key in _TOTALS if (said := attributes.get(key)) is not None), None)


def _json_of(value: object) -> dict[str, Any]:
    """The object in a text of JSON; an empty one if there is none, or if the text is too long to be looked through."""
    if not isinstance(value, str) or len(value) > _LONGEST_JSON:
        return {}
    try:
        said: Any = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}

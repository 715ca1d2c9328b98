"""Spans of ddtrace as spans of OpenTelemetry, in the words of the GenAI conventions, for the one reader that there is.

From 4.15 on ddtrace's integrations write `gen_ai.*`, with kinds of its own as operations; from 4.9 on `_dd.llmobs.*`; older
ones name the model and no tokens. Seen in 3.19, 4.0, 4.11, 4.14 and 4.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Mapping


class DatadogSpan(Protocol):
    """What we need of `ddtrace.trace.Span`."""

    name: str
    resource: str
    error: int
    trace_id: int
    span_id: int
    parent_id: int | None
    start_ns: int
    duration_ns: int | None

    def get_tag(self, key: str, /) -> str | None: ...
    def get_tags(self) -> Mapping[str, str]: ...
    def get_metrics(self) -> Mapping[str, int | float]: ...
    def set_tag(self, key: str, value: str, /) -> None: ...
    def set_metric(self, key: str, value: float, /) -> None: ...


_KIND: Final = "_dd.llmobs.span_kind"
_OPERATIONS: Final = {
    "llm": "chat",
    "embedding": "embeddings",
    "agent": "invoke_agent",
    "tool": "execute_tool",
    "workflow": "invoke_workflow",
    "task": "invoke_workflow",
    "retrieval": "retrieval",
    "step": "invoke_workflow",
    "experiment": "invoke_workflow",
}
# What was called, where no tag says which kind of operation it is.
_RESOURCES: Final = {
    "createCompletion": "text_completion",
    "createChatCompletion": "chat",
    "parseChatCompletion": "chat",
    "createResponse": "chat",
    "parseResponse": "chat",
    "createEmbedding": "embeddings",
    "createImage": "image_generation",
    "createImageEdit": "image_generation",
    "createImageVariation": "image_generation",
    "createTranscription": "transcription",
    "createTranslation": "translation",
    "createModeration": "moderation",
    "Messages.create": "chat",
    "Messages.stream": "chat",
    "AsyncMessages.create": "chat",
    "AsyncMessages.stream": "chat",
}
_REQUEST: Final = ".request"
# Integrations that see an SDK's own calls, where others see calls of calls.
_SDKS: Final = frozenset({"openai", "anthropic", "google_genai", "mistralai", "vertexai", "bedrock-runtime"})

# Datadog's names of providers, where they are not the conventions' own.
_PROVIDERS: Final = {"azure_openai": "azure.ai.openai", "amazon_bedrock": "aws.bedrock", "bedrock": "aws.bedrock"}
_UNKNOWN: Final = "unknown"

_TOKENS: Final = {
    semconv.GEN_AI_USAGE_INPUT_TOKENS: ("_dd.llmobs.input_tokens",),
    semconv.GEN_AI_USAGE_OUTPUT_TOKENS: ("_dd.llmobs.output_tokens",),
    semconv.GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS: (
        "gen_ai.usage.cache_read_input_tokens",
        "_dd.llmobs.cache_read_input_tokens",
    ),
    semconv.GEN_AI_USAGE_CACHE_WRITE_INPUT_TOKENS: (
        "gen_ai.usage.cache_write_input_tokens",
        "_dd.llmobs.cache_write_input_tokens",
    ),
    semconv.GEN_AI_USAGE_REASONING_OUTPUT_TOKENS: ("gen_ai.usage.reasoning_output_tokens",),
    "gen_ai.usage.total_tokens": ("_dd.llmobs.total_tokens",),
}


def is_genai(span: DatadogSpan) -> bool:
    """Whether a span may be a request, or that of an agent or a tool. Asked of every span, so it looks at little."""
    return (
        span.get_tag(semconv.GEN_AI_OPERATION_NAME) is not None
        or span.get_tag(_KIND) is not None
        or (span.name.endswith(_REQUEST) and span.resource in _RESOURCES)
    )


def as_opentelemetry(span: DatadogSpan, attributes: Mapping[str, Any]) -> ReadableSpan:
    """The same span as the SDK's processors see spans, with these attributes."""
    by_api = _is_of_opentelemetry(span)
    below = _under_open_streams(span)
    of_parent = None
    if below.parent_id:
        of_parent = SpanContext(span.trace_id, below.parent_id, is_remote=_is_elsewhere(below))
    return ReadableSpan(
        span.resource if by_api else span.name,
        # Before ddtrace has sampled; the flag lets an exemplar lead to the trace, which may be dropped later.
        SpanContext(span.trace_id, span.span_id, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)),
        of_parent,
        attributes=attributes,
        kind=SpanKind.SERVER if span.get_tag("span.kind") == "server" else SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR if span.error else StatusCode.UNSET),
        start_time=span.start_ns,
        end_time=span.start_ns + (span.duration_ns or 0),
        # An integration is an instrumentation: the requests of two are compared, those of one are not.
        instrumentation_scope=InstrumentationScope(
            "ddtrace.opentelemetry" if by_api else f"ddtrace.{_integration(span)}"
        ),
    )


def in_the_words_of_the_conventions(span: DatadogSpan) -> dict[str, Any]:
    """All tags and metrics of a GenAI span; what ddtrace says in words of its own is put into those of the conventions."""
    said: dict[str, Any] = {**span.get_tags(), **span.get_metrics()}
    if _is_of_opentelemetry(span):
        return said
    integration = _integration(span)
    kind = said.get(semconv.GEN_AI_OPERATION_NAME) or said.get(_KIND)
    said[semconv.GEN_AI_OPERATION_NAME] = _RESOURCES.get(span.resource) if kind is None else _OPERATIONS.get(kind, kind)
    provider = said.get(semconv.GEN_AI_PROVIDER_NAME) or said.get("_dd.llmobs.model_provider")
    # ddtrace knows a provider by its URL alone; behind a proxy or a gateway the SDK says more.
    said[semconv.GEN_AI_PROVIDER_NAME] = (
        integration if provider is None or provider == _UNKNOWN else _PROVIDERS.get(provider, provider)
    )
    asked, answered = (said.get(f"{integration}.{of}.model") for of in ("request", "response"))
    model = said.get(semconv.GEN_AI_REQUEST_MODEL) or said.get("_dd.llmobs.model_name")
    said[semconv.GEN_AI_REQUEST_MODEL] = asked or (None if model == _UNKNOWN else model)
    if answered:
        said[semconv.GEN_AI_RESPONSE_MODEL] = answered
    for name, others in _TOKENS.items():
        value = next((count for key in (name, *others) if (count := said.get(key)) is not None), None)
        if value is not None:
            said[name] = value
    return {key: value for key, value in said.items() if value is not None}


def _under_open_streams(span: DatadogSpan) -> DatadogSpan:
    """The span, or the outermost request of the same SDK above it, whose parent is the span's own one, too.

    ddtrace leaves a stream's span active until the stream ends, so that a call made meanwhile becomes its child. A
    framework's spans may well be one request; those of an SDK's own call are not.
    """
    parent: Any = getattr(span, "_parent", None)
    while parent is not None and parent.name == span.name and _integration(span) in _SDKS and is_genai(parent):
        span, parent = parent, getattr(parent, "_parent", None)
    return span


def _is_elsewhere(parent_of: DatadogSpan) -> bool:
    """Whether the parent is in another process: not a span, nor the context of one that was handed to another thread."""
    if getattr(parent_of, "_parent", None) is not None:
        return False
    return bool(getattr(getattr(parent_of, "_parent_context", None), "_is_remote", True))


def _integration(span: DatadogSpan) -> str:
    """`openai` of `openai.request`."""
    return span.name.partition(".")[0]


def _is_of_opentelemetry(span: DatadogSpan) -> bool:
    """Whether an OpenTelemetry instrumentation made the span, through ddtrace's tracer provider."""
    return getattr(span, "_span_api", None) == "otel"

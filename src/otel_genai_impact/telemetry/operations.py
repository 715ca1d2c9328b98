"""What a span says it does, in the words of the conventions or in another's: its operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.semconv import GEN_AI_OPERATION_NAME
from otel_genai_impact.telemetry.values import text

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
# The kind of a request that the methods cover, also if its operation is not named; of any other it is the operation.
INFERENCE_KIND: Final = "inference"
_KNOWN: Final = INFERENCE | UNSUPPORTED | NEVER_COUNTED

# What others call them. What is not told apart any further runs no model itself.
_NO_INFERENCE: Final = "invoke_workflow"
# LiteLLM's callback names the function that was called.
_OF_LITELLM: Final = {
    **dict.fromkeys(("acompletion", "responses", "aresponses", "anthropic_messages", "aanthropic_messages"), "chat"),
    **dict.fromkeys(("agenerate_content", "generate_content_stream", "agenerate_content_stream"), "generate_content"),
    **dict.fromkeys(("aimage_generation", "image_edit", "aimage_edit"), "image_generation"),
    "atext_completion": "text_completion",
    "aembedding": "embeddings",
    "arerank": "rerank",
    "aspeech": "speech",
    "atranscription": "transcription",
    "amoderation": "moderation",
    "avideo_generation": "video_generation",
}
_OPERATIONS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    (
        GEN_AI_OPERATION_NAME,
        {
            "chat.completions": "chat",
            "chat.streaming_completions": "chat",
            "completion": "text_completion",
            "text.completions": "text_completion",
            "embedding": "embeddings",
            "image": "image_generation",
            "audio": "speech",
            **_OF_LITELLM,
            "vectordb": _NO_INFERENCE,
            "framework": _NO_INFERENCE,
        },
    ),
    (
        "openinference.span.kind",
        {
            "LLM": "chat",
            "EMBEDDING": "embeddings",
            "RERANKER": "rerank",
            "AGENT": "invoke_agent",
            "TOOL": "execute_tool",
            "CHAIN": _NO_INFERENCE,
            "RETRIEVER": "retrieval",
            "GUARDRAIL": _NO_INFERENCE,
            "EVALUATOR": _NO_INFERENCE,
            "PROMPT": _NO_INFERENCE,
        },
    ),
    (
        "llm.request.type",
        {"chat": "chat", "completion": "text_completion", "embedding": "embeddings", "rerank": "rerank"},
    ),
    (
        "langfuse.observation.type",
        {
            "generation": "chat",
            "embedding": "embeddings",
            "agent": "invoke_agent",
            "tool": "execute_tool",
            "chain": _NO_INFERENCE,
            "retriever": "retrieval",
            "evaluator": _NO_INFERENCE,
            "guardrail": _NO_INFERENCE,
            "span": _NO_INFERENCE,
            "event": _NO_INFERENCE,
        },
    ),
    (
        "traceloop.span.kind",
        {"workflow": _NO_INFERENCE, "task": _NO_INFERENCE, "agent": "invoke_agent", "tool": "execute_tool"},
    ),
)
# Where a span may say what it does.
OPERATION_KEYS: Final = tuple(key for key, _ in _OPERATIONS)

# Spans that say what the requests below them came to: operations, and kinds in the conventions of others.
ROLLED_UP: Final[Mapping[str, frozenset[str]]] = {
    GEN_AI_OPERATION_NAME: frozenset({"invoke_agent", "invoke_workflow", "create_agent", "plan", "execute_tool"}),
    "openinference.span.kind": frozenset({"AGENT", "CHAIN", "TOOL"}),
    "traceloop.span.kind": frozenset({"workflow", "task", "agent", "tool"}),
    "langfuse.observation.type": frozenset({"agent", "chain", "tool"}),
}


def operation_of(attributes: Mapping[str, Any]) -> str | None:
    """The operation that a span names, in the words of the conventions where it is one of those; None if it names none."""
    said = attributes.get(GEN_AI_OPERATION_NAME)
    for key, names in _OPERATIONS:
        value = attributes.get(key)
        if isinstance(value, str) and value in names:
            # What the conventions' own attribute says in words of theirs holds before what others say.
            return names[value] if key == GEN_AI_OPERATION_NAME or not _is_known(said) else said
    return said if isinstance(said, str) and said else None


def _is_known(operation: object) -> bool:
    return isinstance(operation, str) and operation in _KNOWN


def operation_in_name(name: str) -> str | None:
    """Samplers may drop what a span started with; its name, `{operation} {model}`, says it once more."""
    first_word = name.partition(" ")[0]
    return first_word if first_word in INFERENCE or first_word in UNSUPPORTED else None


def names_an_operation(name: str) -> bool:
    """Whether the name of a span says that it is a request: `{operation} {model}`."""
    return operation_in_name(name) is not None


def starts_request(name: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a span that starts with this name and these attributes is that of a request, as far as can be told then."""
    operation = operation_of(attributes) or operation_in_name(name)
    return operation in INFERENCE or operation in UNSUPPORTED


def is_rolled_up(attributes: Mapping[str, Any]) -> bool:
    """Whether a span is that of an agent, a workflow or a tool."""
    return any(text(attributes.get(key)) in kinds for key, kinds in ROLLED_UP.items())

"""LiteLLM."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_NO_CONTEXT: Final = "its streams are no context managers"
_NO_CLOSE: Final = "its streams have no `close`"

PLAN: Final = SdkPlan(
    provider="openai",
    calls=(
        "chat", "positional arguments", "streamed", "streamed without usage", "stream abandoned",
        "stream broken", "tool calls", "tool calls streamed", "parsed", "retried", "client subclass",
        "another server", "error", "error of a stream", "unknown model", "invalid usage", "usage left out",
        "embeddings", "responses", "responses streamed", "responses through chat", "text completion",
        "text completion streamed", "anthropic", "anthropic streamed", "async anthropic streamed", "mistral",
        "mistral streamed", "async mistral streamed", "hosted vllm", "hosted vllm streamed",
        "async hosted vllm streamed", "groq", "groq streamed", "async groq streamed", "router", "router streamed",
        "image", "speech", "transcription", "async", "async streamed", "async stream closed early",
        "async cancelled", "async tool calls", "async retried", "async error", "async responses",
        "async responses streamed", "async text completion", "async router", "async router streamed",
        "async embeddings", "async image", "async speech",
    ),
    models=(
        "gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2024-11-20", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", "gpt-4.1",
        "gpt-4.1-2025-04-14", "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", "gpt-4.1-nano",
        "gpt-4.1-nano-2025-04-14", "google/gemma-2-9b", "gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct-0914",
        "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001", "claude-sonnet-4-5-20250929",
        "mistral-large-latest", "mistral-small-latest", "mistral-medium-latest", "google/gemma-2b",
        "google/gemma-2b-it", "google/gemma-2-9b-it", "openai/gpt-oss-20b", "openai/gpt-oss-120b",
        "google/gemma-7b", "gpt-4", "gpt-4-0613", "gpt-4-turbo", "gpt-4-turbo-2024-04-09", "gpt-3.5-turbo",
        "gpt-3.5-turbo-0125", "gpt-3.5-turbo-1106", "gpt-3.5-turbo-16k", "gpt-4-1106-preview",
        "gpt-4-0125-preview", "gpt-4o-2024-05-13",
    ),
    operations={
        "image": "image_generation", "async image": "image_generation",
        "speech": "speech", "async speech": "speech", "transcription": "transcription",
        **dict.fromkeys(
            ("text completion", "text completion streamed", "async text completion"), "text_completion"
        ),
    },
    providers={
        **dict.fromkeys(("anthropic", "anthropic streamed", "async anthropic streamed"), "anthropic"),
        **dict.fromkeys(("mistral", "mistral streamed", "async mistral streamed"), "mistral_ai"),
        **dict.fromkeys(
            ("hosted vllm", "hosted vllm streamed", "async hosted vllm streamed", "responses through chat"),
            "hosted_vllm",
        ),
        **dict.fromkeys(("groq", "groq streamed", "async groq streamed"), "groq"),
    },
    outcomes={
        "streamed without usage": "no_usage",
        **dict.fromkeys(("image", "async image", "speech", "async speech", "transcription"), "unsupported_operation"),
    },
    # Anthropic counts them beside the input tokens, LiteLLM within.
    answers={
        call: {"cached_tokens": 0} for call in ("anthropic", "anthropic streamed", "async anthropic streamed")
    },
    finish_reasons=dict.fromkeys(
        ("responses", "responses streamed", "responses through chat", "async responses", "async responses streamed"),
        ("completed",),
    ),
    gives=frozenset({"id", "cached", "reasoning"}),
    withholds=dict.fromkeys(
        (
            "anthropic", "anthropic streamed", "async anthropic streamed", "mistral", "mistral streamed",
            "async mistral streamed", "text completion", "text completion streamed", "async text completion",
        ),
        frozenset({"cached", "reasoning"}),
    ),
    impossible={
        "stream in a with statement": _NO_CONTEXT,
        "stream closed early": _NO_CLOSE,
        **dict.fromkeys(
            (
                "raw response", "raw stream", "streaming response", "streaming response unread",
                "async raw response", "async raw stream",
            ),
            "it gives no raw responses",
        ),
    },
    own_environment=True,
)  # fmt: skip

"""Groq's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

PLAN: Final = SdkPlan(
    provider="groq",
    calls=(
        "chat", "streamed", "stream in a with statement", "stream closed early", "stream abandoned",
        "stream broken", "raw response", "raw stream", "streaming response", "streaming response unread",
        "tool calls", "tool calls streamed", "retried", "client subclass", "another server", "error",
        "error of a stream", "unknown model", "invalid usage", "usage left out", "embeddings", "async",
        "async streamed", "async stream closed early", "async cancelled", "async tool calls", "async retried",
        "async raw response", "async raw stream", "async error", "async embeddings",
    ),
    models=(
        "openai/gpt-oss-120b", "openai/gpt-oss-20b", "google/gemma-2b-it", "google/gemma-2-9b-it",
        "google/gemma-2-2b-it", "google/gemma-2-27b-it", "google/codegemma-7b-it", "google/codegemma-2b",
        "google/gemma-1.1-7b-it", "google/gemma-7b", "google/gemma-2b", "google/gemma-2-9b",
        "google/gemma-2-2b", "google/gemma-2-27b", "google/codegemma-7b", "google/codegemma-1.1-2b",
        "google/codegemma-1.1-7b-it", "google/gemma-1.1-2b-it", "google/gemma-2b-cpp",
    ),
    gives=frozenset({"id", "cached", "reasoning"}),
    impossible={"positional arguments": "the SDK takes none", "parsed": "the SDK has none"},
)  # fmt: skip

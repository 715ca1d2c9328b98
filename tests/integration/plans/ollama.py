"""Ollama's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_TEXT: Final = (
    "text completion",
    "text completion streamed",
    "async text completion",
    "async text completion streamed",
)
_IMAGES: Final = ("image", "image streamed")
_TOOLS: Final = ("tool calls", "tool calls streamed", "async tool calls")

PLAN: Final = SdkPlan(
    provider="ollama",
    calls=(
        "chat", "function of the module", "function of the module streamed", "positional arguments",
        "client subclass", "another server",
        "tool calls", "tool calls streamed", "streamed", "stream in a with statement", "stream closed early",
        "stream abandoned", "stream broken", "error of a stream", "error", "unknown model", "invalid usage",
        "usage left out", "text completion", "text completion streamed", "image", "image streamed", "embeddings",
        "older embeddings", "async", "async streamed", "async stream closed early", "async cancelled",
        "async tool calls", "async text completion", "async text completion streamed", "async error", "async embeddings",
    ),
    models=(
        "openai/gpt-oss-20b", "openai/gpt-oss-120b", "google/gemma-2b", "google/gemma-7b", "google/gemma-2-2b",
        "google/gemma-2-9b", "google/gemma-2-27b", "google/codegemma-7b", "microsoft/phi-1", "microsoft/phi-1_5",
        "meta-llama/Meta-Llama-3-8B", "meta-llama/Meta-Llama-3-70B", "meta-llama/Llama-2-7b", "meta-llama/Llama-2-13b",
        "mistralai/Mistral-7B-v0.3", "mistralai/Mistral-7B-v0.1", "google/gemma-2b-it", "microsoft/Phi-3-mini-4k-instruct",
    ),
    operations={**dict.fromkeys(_TEXT, "text_completion"), **dict.fromkeys(_IMAGES, "image_generation")},
    outcomes=dict.fromkeys((*_IMAGES, "older embeddings"), "unsupported_operation"),
    finish_reasons=dict.fromkeys(_TOOLS, ("stop",)),
    since=dict.fromkeys(_IMAGES, "0.6.2"),
    distribution="ollama",
    impossible={
        "retried": "the SDK does not try again",
        "async retried": "the SDK does not try again",
    },
)  # fmt: skip

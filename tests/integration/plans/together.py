"""Together's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_TEXT: Final = ("text completion", "text completion streamed", "async text completion")
_MEDIA: Final = {
    "image_generation": ("image", "async image"),
    "video_generation": ("video",),
    "speech": ("speech", "speech streamed", "speech in pieces", "async speech", "async speech streamed"),
    "transcription": ("transcription", "async transcription"),
    "translation": ("translation",),
}
_ALL_MEDIA: Final = tuple(call for calls in _MEDIA.values() for call in calls)

PLAN: Final = SdkPlan(
    provider="together",
    calls=(
        "chat", "streamed", "stream in a with statement", "stream closed early", "stream abandoned",
        "stream broken", "raw response", "raw stream", "streaming response", "streaming response unread",
        "tool calls", "tool calls streamed", "retried", "client subclass", "another server", "error",
        "error of a stream", "unknown model", "invalid usage", "usage left out", "embeddings", "async",
        "async streamed", "async stream closed early", "async cancelled", "async tool calls", "async retried",
        "async raw response", "async raw stream", "async error", "async embeddings", *_TEXT, *_ALL_MEDIA,
    ),
    models=(
        "openai/gpt-oss-20b", "openai/gpt-oss-120b", "meta-llama/Meta-Llama-3-8B-Instruct",
        "meta-llama/Meta-Llama-3-70B-Instruct", "meta-llama/Meta-Llama-3.1-8B-Instruct",
        "meta-llama/Meta-Llama-3.1-70B-Instruct", "meta-llama/Meta-Llama-3.1-405B-Instruct",
        "meta-llama/Llama-2-7b-chat-hf", "meta-llama/Llama-2-13b-chat-hf", "meta-llama/Llama-2-70b-chat-hf",
        "mistralai/Mistral-7B-Instruct-v0.1", "mistralai/Mistral-7B-Instruct-v0.2", "mistralai/Mistral-7B-Instruct-v0.3",
        "mistralai/Mixtral-8x7B-Instruct-v0.1", "mistralai/Mixtral-8x22B-Instruct-v0.1", "google/gemma-2-9b-it",
        "google/gemma-2-27b-it", "google/gemma-2b-it", "databricks/dbrx-instruct", "meta-llama/Llama-2-70b-hf",
    ),
    operations={
        **dict.fromkeys(_TEXT, "text_completion"),
        **{call: operation for operation, calls in _MEDIA.items() for call in calls},
    },
    outcomes=dict.fromkeys(_ALL_MEDIA, "unsupported_operation"),
    finish_reasons=dict.fromkeys(_TEXT, ("eos",)),
    gives=frozenset({"id", "cached"}),
    impossible={"positional arguments": "the SDK takes none"},
)  # fmt: skip

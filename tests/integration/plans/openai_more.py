"""OpenAI's SDK, what the official instrumentation leaves out; what that one sees is called in test_openai.py."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_TEXT: Final = (
    "text completion", "streamed", "stream in a with statement", "stream closed early", "stream abandoned",
    "stream broken", "raw response", "raw stream", "streaming response", "streaming response unread", "retried",
    "client subclass", "another server", "Azure", "error", "error of a stream", "unknown model", "invalid usage",
    "usage left out", "async", "async streamed", "async stream closed early", "async cancelled", "async retried",
    "async raw response", "async raw stream", "async error",
)  # fmt: skip
_RESPONSES: Final = ("compacted", "beta response", "beta response streamed", "async beta response streamed", "decision")
_MEDIA: Final = {
    "image_generation": (
        "image", "image streamed", "image edited", "image edited streamed", "image varied", "image of Azure",
        "async image", "async image streamed",
    ),
    "video_generation": ("video", "video polled", "async video polled"),
    "speech": ("speech", "speech raw", "speech in pieces", "async speech in pieces"),
    "transcription": (
        "transcription", "transcription as text", "transcription with times", "transcription streamed",
        "async transcription streamed",
    ),
    "translation": ("translation",),
    "moderation": ("moderation", "async moderation"),
}  # fmt: skip
_ALL_MEDIA: Final = tuple(call for calls in _MEDIA.values() for call in calls)

PLAN: Final = SdkPlan(
    provider="openai",
    calls=_TEXT + _RESPONSES + _ALL_MEDIA,
    models=(
        "gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct-0914", "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini",
        "gpt-4.1-nano", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini",
        "gpt-5.4-nano", "gpt-5.4-pro", "gpt-5.5", "gpt-6-luna", "gpt-6-sol", "gpt-6-astra", "o1", "o3-mini", "o4-mini",
    ),
    operations={
        **dict.fromkeys(_TEXT, "text_completion"),
        "decision": "decision",
        **{call: operation for operation, calls in _MEDIA.items() for call in calls},
    },
    providers=dict.fromkeys(("Azure", "image of Azure"), "azure.ai.openai"),
    outcomes=dict.fromkeys(_ALL_MEDIA, "unsupported_operation"),
    gives=frozenset({"id", "cached", "reasoning"}),
    impossible=dict.fromkeys(
        (
            "chat", "tool calls", "tool calls streamed", "async tool calls", "parsed", "embeddings", "async embeddings",
        ),
        "the official one sees it",
    ),
    reports_tokens=frozenset(
        {
            "image", "image streamed", "image edited", "image edited streamed", "image of Azure", "async image",
            "async image streamed", "transcription", "transcription streamed", "async transcription streamed",
        }
    ),
    finish_reasons=dict.fromkeys(("compacted", "decision"), ()),
    withholds={"compacted": frozenset({"model"}), "decision": frozenset({"id"})},
    ordinary="text completion",
    since={
        **dict.fromkeys(_MEDIA["video_generation"], "2.2"),
        "compacted": "2.11",
        **dict.fromkeys(_RESPONSES[1:], "3.0"),
        "decision": "3.54",
    },
    distribution="openai",
    modules=(),  # the official instrumentation imports the SDK, whether the application does or not
)  # fmt: skip

"""Cohere's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_COMPLETIONS: Final = ("v1 text completion", "v1 text completion streamed", "v1 summary", "async v1 text completion")
_TRANSCRIPTIONS: Final = ("transcription", "async transcription")

PLAN: Final = SdkPlan(
    provider="cohere",
    calls=(
        "chat", "streamed", "stream closed early", "stream abandoned", "stream broken", "raw response", "raw stream",
        "raw stream left early", "tool calls", "tool calls streamed", "retried", "client subclass", "another server",
        "error", "error of a stream", "unknown model", "invalid usage", "usage left out", "embeddings",
        "async", "async streamed", "async stream closed early", "async cancelled", "async tool calls", "async retried",
        "async raw response", "async raw stream", "async error", "async embeddings",
        "v1 chat", "v1 streamed", "v1 raw stream", "v1 stream broken", "v1 tool calls", "v1 embeddings",
        "v1 text completion", "v1 text completion streamed", "v1 summary",
        "async v1 chat", "async v1 streamed", "async v1 text completion", "async v1 embeddings",
        "transcription", "async transcription",
    ),
    models=(
        "command-a-03-2025", "command-a-plus-05-2026", "command-a-reasoning-08-2025", "command-a-translate-08-2025",
        "command-a-vision-07-2025", "command-r-08-2024", "command-r-plus-08-2024", "command-r7b-12-2024",
        "command-r7b-arabic-02-2025", "c4ai-aya-expanse-32b", "c4ai-aya-vision-32b", "c4ai-aya-expanse-8b",
        "c4ai-aya-vision-8b", "command", "command-light", "command-light-nightly", "command-nightly", "command-r",
        "command-r-03-2024", "command-r-plus", "command-r-plus-04-2024", "openai/gpt-oss-120b", "openai/gpt-oss-20b",
        "google/gemma-2b-it",
    ),
    operations={
        **dict.fromkeys(_COMPLETIONS, "text_completion"),
        **dict.fromkeys(_TRANSCRIPTIONS, "transcription"),
    },
    outcomes={
        "stream abandoned": "no_usage",  # Python closes a generator that nobody holds
        "raw stream left early": "no_usage",
        "v1 stream broken": "error",
        "v1 text completion streamed": "no_usage",  # the last event has none
        "v1 embeddings": "unsupported_operation",
        "async v1 embeddings": "unsupported_operation",
        **dict.fromkeys(_TRANSCRIPTIONS, "unsupported_operation"),
    },
    since=dict.fromkeys(_TRANSCRIPTIONS, "5.21"),
    distribution="cohere",
    answers={
        "v1 stream broken": {"words_until_break": 2},
        "v1 tool calls": {"calls_a_tool": True},
    },
    stops_with="COMPLETE",
    finish_reasons={
        **dict.fromkeys(("tool calls", "tool calls streamed", "async tool calls"), ("TOOL_CALL",)),
        "v1 tool calls": ("COMPLETE",),
        "v1 summary": (),
    },
    gives=frozenset({"id", "cached"}),
    lacks=frozenset({"model"}),
    impossible={
        "stream in a with statement": "its streams are generators",
        "parsed": "it parses no answer",
    },
)  # fmt: skip

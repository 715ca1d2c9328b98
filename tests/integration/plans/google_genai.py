"""Google's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_IMAGES: Final = ("image", "image edited", "image upscaled", "image in another context", "async image")
_VIDEOS: Final = ("video", "async video")
_VERTEX: Final = (
    "Vertex AI", "Vertex AI streamed", "Vertex AI embeddings", "async Vertex AI", *_IMAGES, *_VIDEOS,
)  # fmt: skip
_INTERACTIONS: Final = (
    "interaction", "interaction streamed", "interaction stream closed early", "interaction tool calls",
    "interaction error", "raw stream", "streaming response", "streaming response unread", "async interaction",
    "async interaction streamed", "async interaction error", "async raw response", "async raw stream",
)  # fmt: skip
_CALLS: Final = (
    "chat", "streamed", "stream in a with statement", "stream closed early", "stream abandoned", "stream broken",
    "raw response", "raw stream", "streaming response", "streaming response unread", "tool calls",
    "tool calls streamed", "parsed", "retried", "client subclass", "another server", "server of one call", "error",
    "error of a stream", "unknown model", "invalid usage", "usage left out", "embeddings", "conversation",
    "conversation streamed", "image", "image edited", "image upscaled", "image in another context", "video",
    "Vertex AI", "Vertex AI streamed", "Vertex AI embeddings", "interaction", "interaction streamed",
    "interaction stream closed early", "interaction tool calls", "interaction error", "async", "async streamed",
    "async stream closed early", "async cancelled", "async tool calls", "async retried", "async raw response",
    "async raw stream", "async error", "async embeddings", "async conversation", "async conversation streamed",
    "async image", "async video", "async Vertex AI", "async interaction", "async interaction streamed",
    "async interaction error",
)  # fmt: skip

PLAN: Final = SdkPlan(
    provider="gcp.gemini",
    calls=_CALLS,
    models=(
        "gemini-2.5-flash",
        "gemini-2.5-flash-lite",
        "gemini-2.5-pro",
        "gemini-3-flash-preview",
        "gemini-3.1-flash-lite",
        "gemini-3.1-flash-lite-preview",
        "gemini-3.1-pro-preview",
        "gemini-3.1-pro-preview-customtools",
        "gemini-3.5-flash",
        "gemini-3.5-flash-lite",
        "gemini-3.6-flash",
        "gemini-3.7-flash",
        "gemini-3.8-flash",
        "gemini-flash-latest",
        "gemini-flash-lite-latest",
        "gemini-pro-latest",
        "gemma-4-26b-a4b-it",
        "gemma-4-31b-it",
        "gemini-2.0-flash",
        "gemini-2.0-flash-001",
        "gemini-2.0-flash-exp",
        "gemini-2.0-flash-lite",
        "gemini-2.0-flash-lite-001",
        "gemini-2.0-flash-lite-preview",
        "gemini-2.0-flash-lite-preview-02-05",
        "gemini-2.0-flash-thinking-exp",
        "gemini-2.0-flash-thinking-exp-01-21",
        "gemini-2.0-flash-thinking-exp-1219",
        "gemini-2.5-flash-lite-preview-06-17",
        "gemini-2.5-flash-lite-preview-09-2025",
        "gemini-2.5-flash-preview-05-20",
        "gemini-2.5-flash-preview-09-2025",
        "gemini-2.5-pro-preview-03-25",
    ),
    operations={
        **dict.fromkeys(_CALLS, "generate_content"),
        **dict.fromkeys(_IMAGES, "image_generation"),
        **dict.fromkeys(_VIDEOS, "video_generation"),
    },
    providers=dict.fromkeys(_VERTEX, "gcp.vertex_ai"),
    outcomes={
        **dict.fromkeys(("interaction error", "async interaction error"), "error"),
        **dict.fromkeys((*_IMAGES, *_VIDEOS, "Vertex AI embeddings"), "unsupported_operation"),
        **dict.fromkeys(("stream abandoned", "interaction stream closed early"), "no_usage"),
    },
    answers={
        "interaction error": {"error_status": 400},
        "async interaction error": {"error_status": 400},
        "interaction tool calls": {"calls_a_tool": True},
    },
    finish_reasons={
        **dict.fromkeys(_CALLS, ("STOP",)),
        **dict.fromkeys(_INTERACTIONS, ("completed",)),
        "interaction tool calls": ("requires_action",),
    },
    gives=frozenset({"id", "cached", "reasoning"}),
    modules=("google.genai",),
)

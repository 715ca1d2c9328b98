"""Mistral's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

PLAN: Final = SdkPlan(
    provider="mistral_ai",
    calls=(
        "chat", "server of one call", "parsed", "streamed", "stream in a with statement", "stream closed early",
        "stream abandoned", "stream broken", "fill in the middle", "fill in the middle streamed", "error",
        "error of a stream", "unknown model", "invalid usage", "usage left out", "embeddings", "async",
        "async streamed", "async stream closed early", "async cancelled", "async error",
        "async fill in the middle", "async fill in the middle streamed", "async embeddings",
    ),
    models=(
        "mistral-large-latest", "mistral-large-2512", "mistral-medium-latest", "mistral-small-latest",
        "mistral-small-2603", "codestral-latest", "codestral-2508", "ministral-8b-latest", "ministral-3b-latest",
        "codestral-2501", "codestral-2405",
    ),
    operations=dict.fromkeys(
        (
            "fill in the middle", "fill in the middle streamed", "async fill in the middle",
            "async fill in the middle streamed",
        ),
        "text_completion",
    ),
    gives=frozenset({"id"}),
)  # fmt: skip

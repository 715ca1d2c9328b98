"""Mistral's SDK."""

from __future__ import annotations

from typing import Final

from tests.integration.sdk_plan import SdkPlan

_AZURE: Final = ("on Azure", "on Azure streamed", "async on Azure")
_GOOGLE: Final = ("on Google Cloud", "on Google Cloud streamed", "async on Google Cloud")
_IN_THE_MIDDLE: Final = (
    "fill in the middle", "fill in the middle streamed", "async fill in the middle",
    "async fill in the middle streamed",
)  # fmt: skip

PLAN: Final = SdkPlan(
    provider="mistral_ai",
    calls=(
        "chat", "streamed", "stream in a with statement", "stream closed early", "stream abandoned",
        "stream broken", "tool calls", "tool calls streamed", "parsed", "retried", "client subclass",
        "another server", "error", "error of a stream", "unknown model", "invalid usage", "usage left out",
        "embeddings", "async", "async streamed", "async stream closed early", "async cancelled",
        "async tool calls", "async retried", "async error", "async embeddings", "parsed streamed",
        "server of one call", *_IN_THE_MIDDLE, *_AZURE, *_GOOGLE,
    ),
    models=(
        "mistral-large-latest", "mistral-large-2512", "mistral-medium-latest", "mistral-small-latest",
        "mistral-small-2603", "codestral-latest", "codestral-2508", "ministral-8b-latest", "ministral-3b-latest",
        "codestral-2501", "codestral-2405", "ministral-3b-2512", "ministral-8b-2512", "ministral-14b-2512",
        "ministral-14b-latest", "mistral-medium-2604", "mistral-medium", "magistral-small-latest",
        "magistral-medium-latest", "devstral-latest", "devstral-2512", "open-mistral-7b", "open-mistral-nemo",
        "mistral-large-2411", "mistral-large-2407",
    ),
    operations=dict.fromkeys(_IN_THE_MIDDLE, "text_completion"),
    providers={**dict.fromkeys(_AZURE, "azure.ai.inference"), **dict.fromkeys(_GOOGLE, "gcp.vertex_ai")},
    answers={"parsed streamed": {"text": '{"text": "Hello"}'}},
    gives=frozenset({"id"}),
    # Before, the SDK refused an answer without its usage; and its clients for clouds were packages of their own.
    since={"usage left out": "1.9.3", **dict.fromkeys((*_AZURE, *_GOOGLE), "2")},
    distribution="mistralai",
    impossible={"positional arguments": "the SDK takes none"},
)  # fmt: skip

"""Hugging Face's SDK."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from tests.integration.sdk_plan import SdkPlan

_STREAMED: Final = ("text generation streamed", "async text generation streamed")
_GENERATED: Final = ("text generation", "async text generation", *_STREAMED)
_DETAILS_HAVE_NO: Final = frozenset({"id", "model", "input", "cached", "reasoning"})


def _has_no_router() -> bool:
    """Before 1.0, the SDK itself took the first provider that the hub named for a model."""
    try:
        return version("huggingface-hub").startswith("0.")
    except PackageNotFoundError:
        return False


PLAN: Final = SdkPlan(
    provider="huggingface",
    calls=(
        "chat", "streamed", "stream closed early", "stream abandoned", "stream broken", "tool calls",
        "tool calls streamed", "client subclass", "another server", "error", "error of a stream", "unknown model",
        "invalid usage", "usage left out", "embeddings", "async", "async streamed", "async stream closed early",
        "async cancelled", "async tool calls", "async error", "async embeddings", "by OpenAI's name",
        "streamed without usage", "Hugging Face's servers", "another provider", "provider chosen by the router",
        "text generation", "text generation streamed", "text generation without details",
        "text generation without details, streamed", "text generation without TGI", "summarization", "translation",
        "image", "image from an image", "video", "speech", "transcription", "async another provider",
        "async text generation", "async text generation streamed", "async image",
    ),
    models=(
        "meta-llama/Meta-Llama-3.1-8B-Instruct", "meta-llama/Meta-Llama-3.1-70B-Instruct",
        "meta-llama/Meta-Llama-3.1-405B-Instruct", "meta-llama/Meta-Llama-3-8B-Instruct",
        "meta-llama/Meta-Llama-3-70B-Instruct", "meta-llama/Llama-2-7b-chat-hf", "meta-llama/Llama-2-13b-chat-hf",
        "meta-llama/Llama-2-70b-chat-hf", "mistralai/Mistral-7B-Instruct-v0.3", "mistralai/Mixtral-8x7B-Instruct-v0.1",
        "mistralai/Mistral-Nemo-Instruct-2407", "HuggingFaceTB/SmolLM2-135M-Instruct", "openai/gpt-oss-20b",
        "openai/gpt-oss-120b", "google/gemma-2b-it", "google/gemma-2-9b-it", "google/gemma-7b-it",
        "microsoft/Phi-3-mini-4k-instruct", "databricks/dbrx-instruct", "CohereForAI/aya-23-8B",
    ),
    operations={
        **dict.fromkeys(_GENERATED, "text_completion"),
        "text generation without details": "text_completion",
        "text generation without details, streamed": "text_completion",
        "text generation without TGI": "text_completion",
        "summarization": "text_completion",
        "translation": "translation",
        "image": "image_generation",
        "image from an image": "image_generation",
        "async image": "image_generation",
        "video": "video_generation",
        "speech": "speech",
        "transcription": "transcription",
    },
    providers={
        "another provider": "together",
        "async another provider": "together",
        "image": "together",
        "async image": "together",
        "video": "novita",
        **({"provider chosen by the router": "together"} if _has_no_router() else {}),
    },
    outcomes={
        "streamed without usage": "no_usage",
        "text generation without details": "no_usage",
        "text generation without details, streamed": "no_usage",
        "text generation without TGI": "no_usage",
        "summarization": "no_usage",
        **dict.fromkeys(
            ("translation", "image", "image from an image", "async image", "video", "speech", "transcription"),
            "unsupported_operation",
        ),
    },
    answers={"text generation without TGI": {"failures": 1, "failure_status": 400}},
    finish_reasons=dict.fromkeys(_GENERATED, ("eos_token",)),
    gives=frozenset({"id", "cached", "reasoning"}),
    withholds={
        **dict.fromkeys(_GENERATED, _DETAILS_HAVE_NO),
        **dict.fromkeys(_STREAMED, _DETAILS_HAVE_NO - {"input"}),
    },
    impossible={
        "stream in a with statement": "streams are plain generators",
        "retried": "the SDK does not try again",
        "async retried": "the SDK does not try again",
    },
)  # fmt: skip

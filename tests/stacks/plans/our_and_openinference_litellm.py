"""LiteLLM with OpenInference and ours, which keeps that of the OpenAI SDK beneath quiet."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="litellm_sdk",
    calls=OPENAI,
    reporters=frozenset({"openinference.instrumentation.litellm", "otel_genai_impact.instrumentation.litellm"}),
)

"""OpenAI's SDK with OpenInference, OpenLLMetry and the official instrumentation, all loaded under one name."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_sdk",
    calls=OPENAI,
    reporters=frozenset(
        {
            "openinference.instrumentation.openai",
            "opentelemetry.instrumentation.openai.v1",
            "opentelemetry.instrumentation.genai.openai",
        }
    ),
)

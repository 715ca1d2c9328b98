"""OpenAI's SDK with OpenLLMetry beside the official instrumentation: both have the same name, and both are loaded."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_sdk",
    calls=OPENAI,
    reporters=frozenset({"opentelemetry.instrumentation.openai.v1", "opentelemetry.instrumentation.genai.openai"}),
)

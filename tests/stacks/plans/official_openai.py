"""OpenAI's SDK with the official instrumentation, which comes with us."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_sdk",
    calls=OPENAI,
    reporters=frozenset({"opentelemetry.instrumentation.genai.openai"}),
)

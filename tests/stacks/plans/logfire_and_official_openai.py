"""OpenAI's SDK with Logfire, in a tracer provider of its own, below the official instrumentation."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="logfire_openai",
    calls=OPENAI,
    reporters=frozenset({"logfire.openai", "opentelemetry.instrumentation.genai.openai"}),
)

"""OpenAI's SDK through Langfuse beside the official instrumentation."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="langfuse_openai",
    calls=OPENAI,
    reporters=frozenset({"langfuse-sdk", "opentelemetry.instrumentation.genai.openai"}),
    rolled_up={"planner": 3, "weather": 1},
)

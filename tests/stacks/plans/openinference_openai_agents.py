"""OpenAI's Agents SDK with OpenInference beside the official instrumentation of OpenAI's SDK."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_agents",
    calls=OPENAI,
    reporters=frozenset({"openinference.instrumentation.openai_agents", "opentelemetry.instrumentation.genai.openai"}),
    rolled_up={"planner": 3, "weather": 1},
)

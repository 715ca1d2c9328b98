"""Strands' own spans above those of the official instrumentation of OpenAI's SDK."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import calls
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="strands_agents",
    calls=calls("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", without=("streamed",)),
    reporters=frozenset({"strands.telemetry.tracer", "opentelemetry.instrumentation.genai.openai"}),
    rolled_up={"invoke_agent planner": 3, "execute_tool weather": 1},
)

"""Pydantic AI's own spans, alone: the official instrumentation of the SDK beneath is switched off."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="pydantic_ai_agents",
    calls=OPENAI,
    reporters=frozenset({"pydantic-ai"}),
    environment={"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai"},
    rolled_up={"invoke_agent planner": 3, "execute_tool weather": 1},
)

"""Microsoft's Agent Framework, its own spans alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="agent_framework_agents",
    calls=OPENAI,
    reporters=frozenset({"agent_framework"}),
    environment={"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai"},
    rolled_up={"invoke_agent planner": 3, "execute_tool weather": 1},
)

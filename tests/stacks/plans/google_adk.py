"""Google's Agent Development Kit, its own spans."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import calls
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="google_adk_agents",
    calls=calls(
        "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-3-flash-preview", "gemini-3.1-flash-lite"
    ),
    reporters=frozenset({"gcp.vertex.agent"}),
    rolled_up={"invoke_agent planner": 3, "execute_tool weather": 1},
)

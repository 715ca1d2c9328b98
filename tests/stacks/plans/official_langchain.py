"""LangChain with the official instrumentation, which keeps that of the SDK beneath silent."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="langchain_agents",
    calls=OPENAI,
    reporters=frozenset({"opentelemetry.instrumentation.genai.langchain"}),
    rolled_up={"invoke_agent planner": 3, "execute_tool weather": 1},
)

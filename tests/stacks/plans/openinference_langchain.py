"""LangChain with OpenInference, alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="langchain_agents",
    calls=OPENAI,
    reporters=frozenset({"openinference.instrumentation.langchain"}),
    environment={"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai"},
    rolled_up={"planner": 3, "weather": 1},
)

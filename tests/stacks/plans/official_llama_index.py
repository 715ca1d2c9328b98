"""LlamaIndex with the official instrumentations: the agents' of LlamaIndex, the requests' of OpenAI's SDK."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="llama_index_agents",
    calls=OPENAI,
    reporters=frozenset({"opentelemetry.instrumentation.genai.openai"}),
    rolled_up={"invoke_agent planner": 3, "execute_tool weather": 1},
)

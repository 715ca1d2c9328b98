"""LlamaIndex with OpenInference beside the official instrumentation of OpenAI's SDK."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="llama_index_agents",
    calls=OPENAI,
    reporters=frozenset({"openinference.instrumentation.llama_index", "opentelemetry.instrumentation.genai.openai"}),
    rolled_up={"FunctionAgent.run": 3, "FunctionTool.acall": 1},
    environment={"APP_STARTS": "openinference.instrumentation.llama_index:LlamaIndexInstrumentor"},
)

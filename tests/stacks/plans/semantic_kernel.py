"""Semantic Kernel's own spans above those of the official instrumentation of OpenAI's SDK."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="semantic_kernel_agents",
    calls=OPENAI,
    reporters=frozenset(
        {"semantic_kernel.utils.telemetry.model_diagnostics.decorators", "opentelemetry.instrumentation.genai.openai"}
    ),
    environment={"SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS": "true"},
    rolled_up={"invoke_agent planner": 3, "execute_tool Observatory-weather": 1},
)

"""LangChain and OpenAI's SDK with OpenInference, beside the official instrumentation of the SDK: each request three times."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="langchain_agents",
    calls=OPENAI,
    reporters=frozenset(
        {
            "openinference.instrumentation.langchain",
            "openinference.instrumentation.openai",
            "opentelemetry.instrumentation.genai.openai",
        }
    ),
)

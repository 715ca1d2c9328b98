"""OpenAI's SDK with OpenInference alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_sdk",
    calls=OPENAI,
    reporters=frozenset({"openinference.instrumentation.openai"}),
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai",
        "APP_STARTS": "openinference.instrumentation.openai:OpenAIInstrumentor",
    },
)

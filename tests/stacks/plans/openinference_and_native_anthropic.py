"""Anthropic's SDK with its own spans and OpenInference."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({"openinference.instrumentation.anthropic", "com.anthropic.sdk.python"}),
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic",
        "APP_STARTS": "openinference.instrumentation.anthropic:AnthropicInstrumentor",
    },
)

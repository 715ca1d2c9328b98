"""Anthropic's SDK with OpenInference alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({"openinference.instrumentation.anthropic"}),
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic",
        "ANTHROPIC_OPEN_TELEMETRY": "false",
        "APP_STARTS": "openinference.instrumentation.anthropic:AnthropicInstrumentor",
    },
)

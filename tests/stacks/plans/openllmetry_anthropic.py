"""Anthropic's SDK with OpenLLMetry alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({"opentelemetry.instrumentation.anthropic"}),
    # OpenLLMetry adds the tokens that the start of a stream names to those that its end names, which are all of them.
    told_tokens={"streamed": (41, 121), "async streamed": (43, 141), "stream helper": (49, 201)},
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic",
        "ANTHROPIC_OPEN_TELEMETRY": "false",
        "APP_STARTS": "opentelemetry.instrumentation.anthropic:AnthropicInstrumentor",
    },
)

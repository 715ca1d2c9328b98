"""Anthropic's SDK with the official instrumentation, which comes with us; the SDK's own spans are switched off."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({"opentelemetry.instrumentation.genai.anthropic"}),
    environment={"ANTHROPIC_OPEN_TELEMETRY": "false"},
)

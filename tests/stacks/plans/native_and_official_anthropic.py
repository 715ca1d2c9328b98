"""Anthropic's SDK with its own spans inside those of the official instrumentation: what one has who does nothing."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({"com.anthropic.sdk.python", "opentelemetry.instrumentation.genai.anthropic"}),
)

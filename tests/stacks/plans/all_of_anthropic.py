"""Anthropic's SDK with its own spans and all instrumentations at once: four spans a request."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({
        "com.anthropic.sdk.python",
        "openinference.instrumentation.anthropic",
        "opentelemetry.instrumentation.anthropic",
        "opentelemetry.instrumentation.genai.anthropic",
    }),
)  # fmt: skip

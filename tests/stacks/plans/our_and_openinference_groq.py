"""Groq's SDK with our instrumentation and OpenInference, of the same name."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import GROQ
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="groq_sdk",
    calls=GROQ,
    reporters=frozenset({"otel_genai_impact.instrumentation.groq", "openinference.instrumentation.groq"}),
    # OpenInference ends its span of a stream first, without tokens: it is ours that counts, if nothing was exported before.
    environment={"OTEL_BSP_SCHEDULE_DELAY": "60000"},
)

"""Groq's SDK with OpenInference alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import GROQ
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="groq_sdk",
    calls=GROQ,
    reporters=frozenset({"openinference.instrumentation.groq"}),
    # OpenInference ends its span of a stream before the stream is read.
    outcomes={"streamed": "no_usage", "async streamed": "no_usage"},
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "groq",
        "APP_STARTS": "openinference.instrumentation.groq:GroqInstrumentor",
    },
)

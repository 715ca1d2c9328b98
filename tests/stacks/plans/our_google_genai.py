"""Google's SDK with our instrumentation: there is no official one for its newest release."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import GOOGLE
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="google_genai_sdk",
    calls=GOOGLE,
    reporters=frozenset({"otel_genai_impact.instrumentation.google_genai"}),
)

"""Cohere's SDK with OpenLLMetry; ours, of the same name, stands back."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import COHERE
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="cohere_sdk",
    calls=COHERE,
    reporters=frozenset({"opentelemetry.instrumentation.cohere"}),
    # OpenLLMetry tells what Cohere bills for, not the tokens.
    told_tokens=dict.fromkeys(COHERE, (2, 1)),
)

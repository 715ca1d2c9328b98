"""Ollama's SDK with OpenLLMetry; ours, of the same name, stands back."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OLLAMA
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="ollama_sdk",
    calls=OLLAMA,
    reporters=frozenset({"opentelemetry.instrumentation.ollama"}),
)

"""LiteLLM's own callback, alone."""

from __future__ import annotations

from typing import Final

from tests.stacks.framework_calls import calls
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="litellm_callback",
    calls=calls("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", without=("agent with a tool",)),
    reporters=frozenset({"litellm"}),
    environment={"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai", "USE_OTEL_LITELLM_REQUEST_SPAN": "true"},
)

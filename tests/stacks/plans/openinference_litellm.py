"""LiteLLM with OpenInference; ours and those of the SDKs beneath are switched off."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="litellm_sdk",
    calls=OPENAI,
    reporters=frozenset({"openinference.instrumentation.litellm"}),
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "litellm,openai",
        "APP_STARTS": "openinference.instrumentation.litellm:LiteLLMInstrumentor",
    },
)

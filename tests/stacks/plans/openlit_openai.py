"""OpenAI's SDK with OpenLIT alone, started in the application."""

from __future__ import annotations

from typing import Final

from tests.stacks.openlit import WITHOUT_PRICES
from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_sdk",
    calls=OPENAI,
    reporters=frozenset({"openlit.instrumentation.openai"}),
    environment={"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "openai", "APP_STARTS": "openlit:init", **WITHOUT_PRICES},
)

"""OpenAI's SDK under `openlit-instrument`, which loads no entry points: the application starts us, and we the official one."""

from __future__ import annotations

from typing import Final

from tests.stacks.openlit import WITHOUT_PRICES
from tests.stacks.sdk_calls import OPENAI
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="openai_sdk",
    calls=OPENAI,
    reporters=frozenset({"openlit.instrumentation.openai", "opentelemetry.instrumentation.genai.openai"}),
    environment={"APP_STARTS": "otel_genai_impact:instrument", **WITHOUT_PRICES},
)

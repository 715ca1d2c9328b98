"""Anthropic's SDK with OpenLIT alone, started in the application."""

from __future__ import annotations

from typing import Final

from tests.stacks.openlit import WITHOUT_PRICES
from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    # Its span of a request that fails has no attribute at all.
    calls={name: call for name, call in ANTHROPIC.items() if "failed" not in name},
    reporters=frozenset({"openlit.instrumentation.anthropic"}),
    environment={
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic",
        "ANTHROPIC_OPEN_TELEMETRY": "false",
        "APP_STARTS": "openlit:init",
        **WITHOUT_PRICES,
    },
)

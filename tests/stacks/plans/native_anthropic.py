"""Anthropic's SDK with its own spans only, which are on unless switched off."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import ANTHROPIC
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="anthropic_sdk",
    calls=ANTHROPIC,
    reporters=frozenset({"com.anthropic.sdk.python"}),
    environment={"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic"},
)

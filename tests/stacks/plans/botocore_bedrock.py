"""Bedrock by boto3, with the official instrumentation for all of AWS."""

from __future__ import annotations

from typing import Final

from tests.stacks.sdk_calls import BEDROCK
from tests.stacks.stack import Stack

STACK: Final = Stack(
    app="bedrock_sdk",
    calls=BEDROCK,
    reporters=frozenset({"opentelemetry.instrumentation.botocore.bedrock-runtime"}),
)

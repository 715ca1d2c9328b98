"""Bedrock's client is behind the gate too: a budget that is used up refuses before anything is sent."""

from __future__ import annotations

from typing import Any, cast

import boto3
import pytest
from botocore.config import Config

from otel_genai_impact import BudgetExceeded, budget

_MESSAGES = [{"role": "user", "content": [{"text": "hi"}]}]
_MODEL = {"modelId": "anthropic.claude-3-haiku-20240307-v1:0"}


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("converse", {"messages": _MESSAGES}),
        ("converse_stream", {"messages": _MESSAGES}),
        ("invoke_model", {"body": b"{}"}),
        ("invoke_model_with_response_stream", {"body": b"{}"}),
    ],
)
def test_a_used_up_budget_refuses_before_anything_is_sent(operation: str, more: dict[str, Any]) -> None:
    """Each operation that asks a model raises in the block; outside of it the same client sends."""
    sent: list[str] = []

    def send(request: Any, **_: object) -> None:
        sent.append(request.url)
        raise ConnectionError("no network in this test")

    client: Any = cast("Any", boto3).client(
        "bedrock-runtime",
        region_name="eu-west-3",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("before-send.bedrock-runtime", send)
    ask = getattr(client, operation)
    with budget("answer", requests=0, on_exceeded="refuse"), pytest.raises(BudgetExceeded):
        ask(**_MODEL, **more)
    assert [] == sent
    with pytest.raises(ConnectionError):
        ask(**_MODEL, **more)
    assert 1 == len(sent)

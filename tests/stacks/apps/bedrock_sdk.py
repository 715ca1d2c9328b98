"""An application that asks Anthropic's models on Bedrock with boto3."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from botocore.config import Config
from calls import Asked, call, in_threads, run_all

_TOOLS: Any = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]}
_CONFIG = Config(retries={"total_max_attempts": 1}, max_pool_connections=100)


def _client() -> Any:
    return boto3.client(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- it has no types
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=f"{os.environ['PROVIDER_URL']}/bedrock",
        aws_access_key_id="not-a-key",
        aws_secret_access_key="not-a-key",
        config=_CONFIG,
    )


client = _client()


def _asked(asked: Asked, **more: Any) -> dict[str, Any]:
    return {"modelId": asked.model, "messages": [{"role": "user", "content": [{"text": asked.prompt}]}], **more}


def _body(asked: Asked) -> str:
    message = {"role": "user", "content": [{"type": "text", "text": asked.prompt}]}
    return json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [message]})


@call("cached")
@call("chat")
def chat(asked: Asked) -> None:
    assert client.converse(**_asked(asked))["output"]["message"]["content"]


@call("streamed")
def streamed(asked: Asked) -> None:
    assert list(client.converse_stream(**_asked(asked))["stream"])


@call("tool calls")
def tool_calls(asked: Asked) -> None:
    assert "tool_use" == client.converse(**_asked(asked, toolConfig=_TOOLS))["stopReason"]


@call("invoke")
def invoke(asked: Asked) -> None:
    assert json.loads(client.invoke_model(modelId=asked.model, body=_body(asked))["body"].read())


@call("invoke streamed")
def invoke_streamed(asked: Asked) -> None:
    body = client.invoke_model_with_response_stream(modelId=asked.model, body=_body(asked))["body"]
    assert [json.loads(event["chunk"]["bytes"]) for event in body]


@call("two at once")
@call("a hundred at once")
def a_hundred_at_once(asked: Asked) -> None:
    in_threads(chat, asked)


if __name__ == "__main__":
    run_all()

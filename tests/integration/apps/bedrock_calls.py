"""An application that asks models on Bedrock with boto3; started by test_bedrock.py, it knows nothing of impacts."""

from __future__ import annotations

import gc
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from calls import Seen, call, run_all

_CONFIG = Config(retries={"total_max_attempts": 2, "mode": "standard"})

client: Any = boto3.client(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- it has no types
    "bedrock-runtime",
    region_name="us-east-1",
    endpoint_url=f"{os.environ['PROVIDER_URL']}/bedrock",
    aws_access_key_id="not-a-key",
    aws_secret_access_key="not-a-key",
    config=_CONFIG,
)


def _asked(seen: Seen) -> dict[str, Any]:
    message = {"role": "user", "content": [{"text": seen.prompt}]}
    return {"modelId": seen.model, "messages": [message], "inferenceConfig": {"temperature": 0.5}}


def _word(event: dict[str, Any]) -> str:
    return event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")


def converse(seen: Seen) -> None:
    answer = seen.result(client.converse(**_asked(seen)))
    seen.answer = answer["output"]["message"]["content"]


for name in ("converse", "profile", "ARN", "tool calls", "retried", "error", "usage left out", "unknown model", "Nova"):
    call(name)(converse)


@call("threads")
def threads(seen: Seen) -> None:
    def answer(number: int) -> object:
        own = Seen(model=seen.model, prompt=seen.prompt)
        converse(own)
        return own.answer

    with ThreadPoolExecutor(4) as pool:
        seen.answer = list(pool.map(answer, range(8)))


def converse_streamed(seen: Seen) -> None:
    stream = seen.result(client.converse_stream(**_asked(seen))["stream"])
    seen.answer = "".join(_word(seen.result(event)) for event in stream)


for name in ("converse streamed", "tool calls streamed", "error of a stream"):
    call(name)(converse_streamed)


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.converse_stream(**_asked(seen))["stream"]
    seen.result(next(iter(stream)))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.converse_stream(**_asked(seen))["stream"]
    seen.result(next(iter(stream)))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    words: list[str] = []
    try:
        words += [_word(event) for event in client.converse_stream(**_asked(seen))["stream"]]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


def _body(seen: Seen) -> dict[str, Any]:
    """Each maker's models want a request of their own."""
    message = {"role": "user", "content": [{"type": "text", "text": seen.prompt}]}
    if "anthropic." in seen.model:
        return {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": [message]}
    if "titan-embed" in seen.model:
        return {"inputText": seen.prompt}
    if "amazon." in seen.model:
        return {"messages": [{"role": "user", "content": [{"text": seen.prompt}]}]}
    return {"prompt": seen.prompt}


def invoke(seen: Seen) -> None:
    answer = seen.result(client.invoke_model(modelId=seen.model, body=json.dumps(_body(seen))))
    seen.answer = json.loads(seen.result(answer["body"]).read())


def invoke_streamed(seen: Seen) -> None:
    asked = client.invoke_model_with_response_stream(modelId=seen.model, body=json.dumps(_body(seen)))
    stream = seen.result(asked["body"])
    seen.answer = [json.loads(event["chunk"]["bytes"]) for event in stream]


for maker in ("Anthropic", "Nova", "Llama", "Mistral"):
    call(f"invoke {maker}")(invoke)
    call(f"invoke {maker} streamed")(invoke_streamed)
call("error of an invocation")(invoke)
call("embeddings")(invoke)


@call("invoke stream closed early")
def invoke_stream_closed_early(seen: Seen) -> None:
    asked = client.invoke_model_with_response_stream(modelId=seen.model, body=json.dumps(_body(seen)))
    stream = asked["body"]
    seen.result(next(iter(stream)))
    stream.close()


if __name__ == "__main__":
    run_all()

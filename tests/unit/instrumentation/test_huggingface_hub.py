"""What Hugging Face's SDK gives, read without it: rare shapes of answers, and who serves a request."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.util.genai.handler import TelemetryHandler

from otel_genai_impact.instrumentation import huggingface_hub
from otel_genai_impact.instrumentation._call import Call

_BY_NAME = {endpoint.name: endpoint for endpoint in huggingface_hub.HuggingFaceHubInstrumentor.endpoints}
_CHAT = _BY_NAME["InferenceClient.chat_completion"]
_GENERATION = _BY_NAME["InferenceClient.text_generation"]


def _read(endpoint: Any, given: object) -> Any:
    invocation = TelemetryHandler().inference("huggingface")
    endpoint.read(invocation, given)
    invocation.stop()
    return invocation


@pytest.mark.parametrize(
    ("provider", "asked", "served_by", "model"),
    [
        ("hf-inference", "org/model", "huggingface", "org/model"),
        ("hf-inference", "http://127.0.0.1:8080", "huggingface", "of the call"),
        ("hf-inference", None, "huggingface", "recommended"),
        ("auto", "org/model", "huggingface", "org/model"),
        ("auto", "org/model:fastest", "huggingface", "org/model"),
        ("auto", "org/model:groq", "groq", "org/model"),
        ("together", "org/model", "together", "org/model"),
    ],
)
def test_who_serves_a_request_is_what_the_sdk_chose(
    provider: str, asked: str | None, served_by: str, model: str
) -> None:
    """The provider, or the one named behind the model; a URL is no model's name; where none is asked for, the SDK's."""
    client = SimpleNamespace(model="of the call")
    call = Call(TelemetryHandler(), _CHAT, "huggingface", client, {})
    prepared = SimpleNamespace(url="https://router.huggingface.co/v1", model=asked or "recommended")
    huggingface_hub._begin(call, SimpleNamespace(provider=provider), {"model": asked}, prepared)
    begun = call.invocation
    assert begun is not None
    assert (served_by, model, "router.huggingface.co", 443) == (
        begun.provider, begun.request_model, begun.server_address, begun.server_port,
    )  # fmt: skip
    call.stop()


def test_groq_reports_the_usage_of_a_stream_in_its_own_field() -> None:
    """It comes as a dictionary, because the SDK has no type for it."""
    x_groq = {"id": "req_1", "usage": {"prompt_tokens": 3, "completion_tokens": 5}}
    chunk = SimpleNamespace(id="1", model="m", choices=None, usage=None, x_groq=x_groq)
    read = _read(_CHAT, chunk)
    assert (3, 5) == (read.input_tokens, read.output_tokens)


def test_best_of_several_sequences_counts_them_all() -> None:
    """All are generated; the best one's tokens stand apart from the others'."""
    others = [SimpleNamespace(generated_tokens=20), SimpleNamespace(generated_tokens=30)]
    details = SimpleNamespace(finish_reason="length", generated_tokens=10, best_of_sequences=others)
    read = _read(_GENERATION, SimpleNamespace(details=details))
    assert (None, 10 + 20 + 30, ["length"]) == (read.input_tokens, read.output_tokens, read.finish_reasons)


def test_text_without_details_says_nothing_of_tokens() -> None:
    """It is a plain text, and so is each chunk of its stream."""
    read = _read(_GENERATION, "Hello")
    assert (None, None, None) == (read.input_tokens, read.output_tokens, read.finish_reasons)

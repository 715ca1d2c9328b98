"""What is read of Ollama's answers that the newest SDK and a server do not give together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.util.genai.handler import TelemetryHandler

from otel_genai_impact.instrumentation.ollama import OllamaInstrumentor

_ENDPOINT: Final = OllamaInstrumentor.endpoints[0]
_USAGE: Final = ("input_tokens", "output_tokens", "cache_read_input_tokens")


def _read(**answer: object) -> Any:
    handler = TelemetryHandler(tracer_provider=TracerProvider(shutdown_on_exit=False))
    invocation = handler.inference("ollama", request_model="gpt-oss:20b", operation_name="chat")
    _ENDPOINT.read(invocation, SimpleNamespace(model="gpt-oss:20b", **answer))
    invocation.stop()
    return invocation


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ({"prompt_eval_count": None, "eval_count": 5}, [None, 5, None]),
        ({"prompt_eval_count": 30, "prompt_eval_cached_count": 20, "eval_count": 5}, [30, 5, 20]),
        ({}, [None, None, None]),
    ],
)
def test_what_was_not_counted_is_not_reported(answer: dict[str, object], counts: list[int | None]) -> None:
    """Older servers count no prompt that they had in their cache; newer ones say how much of it they had."""
    invocation = _read(**answer)
    assert counts == [getattr(invocation, name) for name in _USAGE]


@pytest.mark.parametrize(("num_predict", "max_tokens"), [(50, 50), (-1, None), (-2, None), (None, None)])
def test_a_negative_limit_is_none(num_predict: int | None, max_tokens: int | None) -> None:
    """Ollama says -1 for no limit, and -2 for what the context has room for."""
    options = {"temperature": 0.5, "num_predict": num_predict}
    found = _ENDPOINT.parameters({"json": {"options": options}})
    assert (0.5, max_tokens) == (found["temperature"], found.get("max_tokens"))
    assert {} == _ENDPOINT.parameters({"json": {}})


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("ChatResponse", "chat"),
        ("GenerateResponse", "text_completion"),
        ("EmbedResponse", "embeddings"),
        ("EmbeddingsResponse", "embeddings"),
        ("ProgressResponse", None),
        ("WebSearchResponse", None),
    ],
)
def test_what_runs_no_model_is_no_request(kind: str, operation: str | None) -> None:
    """Pulling a model, or a search in the web, go through the same method of the SDK."""
    assert callable(_ENDPOINT.operation)
    assert operation == _ENDPOINT.operation({"cls": type(kind, (), {})})

"""What a span leaves out is said by its name and its instrumentation."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.telemetry.request import read


@pytest.mark.parametrize(
    ("name", "scope", "span", "expected"),
    [
        # What a sampler dropped is said again by the name of the span and by the instrumentation.
        ("chat gpt-4o", "opentelemetry.instrumentation.openai_v2", {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", "openai", "gpt-4o")),
        ("chat gpt-4o", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, "gpt-4o")),
        ("chat gpt-4o", "app", {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, "gpt-4o")),
        ("chat gpt-4o", "com.anthropic.sdk.python", {"gen_ai.provider.name": "openai"}, ("inference", "chat", "openai", "gpt-4o")),
        ("chat gpt-4o", None, {"gen_ai.request.model": "other"}, ("inference", "chat", None, "other")),
        ("chat", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, None)),
        ("chat ", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, None)),
        ("chat with a friend", None, {"gen_ai.usage.output_tokens": 5}, ("inference", "chat", None, None)),
        ("embeddings e-3", None, {"gen_ai.usage.input_tokens": 5}, ("embeddings", "embeddings", None, "e-3")),
        # What the span says itself holds before its name.
        ("chat gpt-4o", None, {"gen_ai.operation.name": "embeddings"}, ("embeddings", "embeddings", None, None)),
        # A name that nobody knows: what generates tokens is inference, anything else a kind of its own.
        ("answer", None, {"gen_ai.operation.name": "dream", "gen_ai.usage.output_tokens": 5}, ("inference", "dream", None, None)),
        ("answer", None, {"gen_ai.operation.name": "dream", "gen_ai.usage.input_tokens": 5}, ("dream", "dream", None, None)),
        ("answer gpt-4o", None, {"gen_ai.usage.output_tokens": 5}, ("inference", None, None, None)),
        ("answer gpt-4o", None, {"gen_ai.usage.input_tokens": 5}, ("inference", None, None, None)),
        ("answer", None, {"gen_ai.operation.name": "speech", "gen_ai.usage.output_tokens": 5}, ("speech", "speech", None, None)),
        # No request at all.
        ("answer", None, {"gen_ai.operation.name": "dream"}, None),
        ("answer", None, {"gen_ai.request.model": "gpt-4o"}, None),
        ("answer", None, {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.output_tokens": 5}, None),
        ("chat gpt-4o", None, {"gen_ai.operation.name": "execute_tool"}, None),
        ("x._prepare_chat_with_tools", None, {"gen_ai.operation.name": "chat"}, None),
    ],
)  # fmt: skip
def test_what_the_span_does_not_say_is_said_by_its_name_and_its_instrumentation(
    name: str, scope: str | None, span: dict[str, Any], expected: tuple[str | None, ...] | None
) -> None:
    """Kind, operation, provider and request model; None where the span is no request."""
    found = read(name, span, None if scope is None else InstrumentationScope(scope))
    assert expected == (None if found is None else (found.kind, found.operation, found.provider, found.request_model))

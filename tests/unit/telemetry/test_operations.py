"""What a span does, by the operation that it says or by its name."""

from __future__ import annotations

from typing import Any

import pytest

from otel_genai_impact.telemetry import operations


@pytest.mark.parametrize(
    ("name", "span", "starts", "names"),
    [
        ("chat gpt-4o", {}, True, True),
        ("embeddings e-3", {}, True, True),
        ("chat", {}, True, True),
        ("chatter", {}, False, False),
        ("GET /chat", {}, False, False),
        ("GET /", {"gen_ai.operation.name": "chat"}, True, False),
        ("GET /", {"gen_ai.operation.name": "rerank"}, True, False),
        ("GET /", {"openinference.span.kind": "LLM"}, True, False),
        ("chat gpt-4o", {"gen_ai.operation.name": "invoke_agent"}, False, True),
        ("GET /", {}, False, False),
    ],
)
def test_a_request_is_known_when_it_starts(name: str, span: dict[str, Any], starts: bool, names: bool) -> None:
    """By the operation that it says, or else by its name."""
    assert starts == operations.starts_request(name, span)
    assert names == operations.names_an_operation(name)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"gen_ai.operation.name": "invoke_agent"}, True),
        ({"gen_ai.operation.name": "chat"}, False),
        ({"openinference.span.kind": "CHAIN"}, True),
        ({"openinference.span.kind": "chain"}, False),
        ({"traceloop.span.kind": "workflow"}, True),
        ({"langfuse.observation.type": "tool"}, True),
        ({"langfuse.observation.type": ["tool"]}, False),
        ({}, False),
    ],
)
def test_agents_workflows_and_tools_get_sums(span: dict[str, Any], expected: bool) -> None:
    """In whatever words a span says what it is."""
    assert expected == operations.is_rolled_up(span)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"gen_ai.operation.name": "chat", "openinference.span.kind": "EMBEDDING"}, "chat"),
        ({"gen_ai.operation.name": "answering", "openinference.span.kind": "EMBEDDING"}, "embeddings"),
        ({"gen_ai.operation.name": "embedding", "openinference.span.kind": "LLM"}, "embeddings"),
        ({"gen_ai.operation.name": "answering"}, "answering"),
        ({"gen_ai.operation.name": ""}, None),
        ({"gen_ai.operation.name": 5}, None),
        ({}, None),
    ],
)
def test_the_operation_in_words_of_the_conventions_holds_before_what_others_say(
    span: dict[str, Any], expected: str | None
) -> None:
    """One in other words is translated; one that nobody knows gives way to what another convention says, or stays."""
    assert expected == operations.operation_of(span)

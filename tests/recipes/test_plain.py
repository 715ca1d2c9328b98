"""OpenTelemetry's own distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def test_the_page(cook: Cook) -> None:
    """One call: one span with its energy, one request in the metrics."""
    cook.run("plain", "app", cook.by_grpc())
    (span,) = cook.sink.spans_by_name("chat gpt-4o")
    assert ("openai/gpt-4o", 345) == (
        span.attributes["genai_impact.model"],
        span.attributes["gen_ai.usage.output_tokens"],
    )
    assert 1 == cook.counted()

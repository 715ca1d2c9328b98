"""Logfire, which makes a tracer provider of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def test_its_own_instrumentation(cook: Cook) -> None:
    """Attached before Logfire is there: its span of the call has the estimate, the span above has the sums."""
    cook.run("logfire", "app", cook.by_http())
    (span,) = [span for span in cook.sink.spans if "genai_impact.energy" in span.attributes]
    (above,) = cook.sink.spans_by_name("answering")
    assert "logfire.openai" == span.scope
    assert span.attributes["genai_impact.energy"] == above.attributes["genai_impact.rollup.energy"]
    assert 1 == cook.counted()


def test_both(cook: Cook) -> None:
    """Attached after it, with an instrumentation of ours besides: one request, one duplicate."""
    cook.run("logfire", "both", cook.by_http())
    statuses = [span.attributes.get("genai_impact.not_estimated") for span in cook.sink.spans]
    assert [None, "duplicate"] == sorted(statuses, key=bool)
    assert 1 == cook.counted()

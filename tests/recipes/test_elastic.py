"""The distribution of Elastic, whose sampler drops what a span starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def test_the_page(cook: Cook) -> None:
    """The name of the span and the response say enough for an estimate."""
    cook.run("elastic", "app", cook.by_grpc())
    (span,) = cook.sink.spans_by_name("chat gpt-4o")
    assert "gen_ai.request.model" not in span.attributes
    assert ("openai/gpt-4o", 345) == (
        span.attributes["genai_impact.model"],
        span.attributes["gen_ai.usage.output_tokens"],
    )
    assert 1 == cook.counted()


def test_keeping_the_attributes(cook: Cook) -> None:
    """Another sampler leaves them on the span: the provider's own place is known."""
    cook.run("elastic", "keeping the attributes", cook.by_grpc())
    (span,) = cook.sink.spans_by_name("chat gpt-4o")
    assert ("gpt-4o", "USA") == (span.attributes["gen_ai.request.model"], span.attributes["genai_impact.zone"])
    assert 1 == cook.counted()


def test_what_its_sampler_drops(cook: Cook) -> None:
    """Is counted, and not exported, by its own default sampler."""
    cook.run("elastic", "app", cook.by_grpc(), OTEL_TRACES_SAMPLER_ARG="0.0")
    assert (0, 1) == (len(cook.sink.spans), cook.sink.sum_of("genai_impact.requests"))

"""The distribution of Splunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook

_NOTHING_IS_SAMPLED = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}


def test_the_page(cook: Cook) -> None:
    """One call: one span with its energy, one request in the metrics."""
    cook.run("splunk", "app", cook.by_grpc())
    (span,) = cook.sink.spans_by_name("chat gpt-4o")
    assert "openai/gpt-4o" == span.attributes["genai_impact.model"]
    assert 1 == cook.counted()


def test_what_its_sampler_drops(cook: Cook) -> None:
    """Is counted, and not exported."""
    cook.run("splunk", "app", cook.by_grpc(), **_NOTHING_IS_SAMPLED)
    assert (0, 1) == (len(cook.sink.spans), cook.sink.sum_of("genai_impact.requests"))

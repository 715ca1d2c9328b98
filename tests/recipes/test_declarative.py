"""A configuration file for the whole SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def test_the_page(cook: Cook) -> None:
    """Our settings in the file hold, and its sampler exports one trace in ten and hides nothing from the counters."""
    for ratio in ("0.0", "1.0"):
        cook.run("declarative", "app", {**cook.by_grpc(), "ratio: 0.1": f"ratio: {ratio}"})
    assert ["FRA"] == [span.attributes.get("genai_impact.zone") for span in cook.sink.spans_by_name("chat gpt-4o")]
    assert 2 == cook.sink.sum_of("genai_impact.requests", **{"genai_impact.zone": "FRA"})
    assert 2 == cook.sink.count_of("genai_impact.request.gwp")

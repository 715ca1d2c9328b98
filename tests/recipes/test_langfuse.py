"""Langfuse, which makes a tracer provider of its own, late."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook


def _here(cook: Cook) -> dict[str, str]:
    return {"https://cloud.langfuse.com": cook.sink.http_endpoint}


def test_the_wrapper_of_langfuse(cook: Cook) -> None:
    """The generation has the estimate, the observation above has the sums, and the table counts one request."""
    said = cook.run("langfuse", "app", _here(cook))
    (generation,) = [span for span in cook.sink.spans if "genai_impact.energy" in span.attributes]
    (above,) = cook.sink.spans_by_name("answer_to")
    assert "generation" == generation.attributes["langfuse.observation.type"]
    assert 1 == above.attributes["genai_impact.rollup.requests"]
    (row,) = [line.split() for line in said.stderr.splitlines() if "gpt-4o" in line]
    assert ["1", "12", "345"] == row[row.index("gpt-4o") + 1 :][:3]


def test_a_provider_of_its_own(cook: Cook) -> None:
    """One that is not the global one, and an observation that the application writes itself."""
    cook.run("langfuse", "isolated", _here(cook))
    (span,) = cook.sink.spans
    assert ("mine", "openai/gpt-4o") == (span.name, span.attributes["genai_impact.model"])

"""What the value of an attribute says, and the counts that say only a part."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.telemetry.request import read
from otel_genai_impact.telemetry.values import MOST_TOKENS, text, tokens_in
from tests.unit.telemetry.plain_spans import CACHE_READ, CACHE_WRITTEN, READ, SPAN, plain_span


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), ("12", 12), ("12.5", -1), ("many", -1), (" " * 30 + "12", 12), (" " * 31 + "12", -1), (12.0, 12), (12.5, -1),
        (0, 0), (MOST_TOKENS, MOST_TOKENS), (MOST_TOKENS + 1, -1), (float(MOST_TOKENS), MOST_TOKENS), (-1, -1), (-9, -1),
        (True, -1), (False, -1), (float("nan"), -1), (float("inf"), -1), ([12], -1), (b"12", -1),
    ],
)  # fmt: skip
def test_a_count_is_a_whole_number_however_it_is_written(value: object, expected: int | None) -> None:
    """In a text of at most 32 characters, too; minus one says that what was reported is none, None that nothing was."""
    found = tokens_in(value)
    assert expected == found
    assert found is None or type(found) is int


def test_a_text_says_something() -> None:
    """An empty one does not, and nothing else is one."""
    assert ["x", None, None, None] == [text(value) for value in ("x", "", 7, ["x"])]


@pytest.mark.parametrize("provider", ["gemini", "vertex_ai"])
@pytest.mark.parametrize(
    ("usage", "output_tokens"),
    [
        ({"total": 470}, 350),
        ({"total": 500}, 380),
        ({"total": 400}, 350),
        ({"total": "500"}, 380),
        ({"total": -1}, 350),
        ({"total": "many"}, 350),
        ({}, 350),
        ({"total": 500, "input": None}, 350),
        ({"total": 500, "input": -1}, 350),
        ({"total": 500, "input": 0}, 500),
        ({"total": 500, "output": None}, None),
        ({"total": 500, "output": -1}, -1),
        ({"total": 500, "output": 0}, 380),
    ],
)
def test_thoughts_that_a_total_has_more_are_output(
    provider: str, usage: dict[str, object], output_tokens: int | None
) -> None:
    """Where a provider counts thoughts apart, and all three counts are good: never less than what was reported."""
    names = {
        "input": "gen_ai.usage.input_tokens",
        "output": "gen_ai.usage.output_tokens",
        "total": "gen_ai.usage.total_tokens",
    }
    span = {**plain_span(provider_name=provider), **{names[name]: count for name, count in usage.items()}}
    for _ in range(2):
        found = read("chat", span)
        assert found is not None
        assert output_tokens == found.output_tokens
        assert provider == found.provider


def test_a_total_says_nothing_where_thoughts_are_counted() -> None:
    """OpenAI's output has its reasoning; and of whom a framework asks is not known."""
    assert READ == read("chat", {**SPAN, "gen_ai.usage.total_tokens": 5000})
    framework = {**plain_span(provider_name="langgraph"), "gen_ai.usage.total_tokens": 5000}
    assert READ._replace(provider=None) == read("chat", framework)


@pytest.mark.parametrize(
    ("scope", "input_tokens"),
    [("opentelemetry.instrumentation.genai.bedrock", 150), ("app", 120), (None, 120)],
)
def test_input_without_the_cache_is_known_by_the_instrumentation(scope: str | None, input_tokens: int) -> None:
    """Some leave the cache out of the input, however small it is; 120 and 20 read and 10 written are 150."""
    span = {**SPAN, CACHE_READ: 20, CACHE_WRITTEN: 10}
    found = read("chat", span, None if scope is None else InstrumentationScope(scope))
    assert READ._replace(input_tokens=input_tokens, cached_tokens=20) == found


@pytest.mark.parametrize(
    ("input_tokens", "read_tokens", "written_tokens", "expected"),
    [(None, 20, 10, None), (-1, 20, 10, -1), (0, 20, 10, 30), (0, 20, None, 20), (5, -1, 10, 15), (5, 7, -1, 12)],
)
def test_parts_of_the_input_are_added_where_they_are_left_out(
    input_tokens: int | None, read_tokens: int, written_tokens: int | None, expected: int | None
) -> None:
    """Less input than its parts; parts that are no counts are none, and an input that is none stays what it is."""
    span = {**plain_span(input_tokens=input_tokens), CACHE_READ: read_tokens, CACHE_WRITTEN: written_tokens}
    found = read("chat", span)
    assert found is not None
    assert expected == found.input_tokens

"""Reading a span: any attributes at all, and token counts as the contract has them."""

from __future__ import annotations

import json
import math
from enum import IntEnum
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import domains, urls
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact import semconv
from otel_genai_impact.telemetry import dialects, langfuse
from otel_genai_impact.telemetry.marks import LANGFUSE_USAGE, MARKS
from otel_genai_impact.telemetry.operations import INFERENCE, NEVER_COUNTED, UNSUPPORTED
from otel_genai_impact.telemetry.request import MOST_TOKENS, Request, read

READ_KEYS = sorted({
    *(value for name, value in vars(semconv).items() if name.startswith("GEN_AI_")),
    *(key for name, others in (*dialects._WORDS, *dialects._COUNTS) for key in (name, *others)),
    *dialects._TOTALS,
    LANGFUSE_USAGE,
})  # fmt: skip
OPERATIONS = st.sampled_from([*sorted(INFERENCE | UNSUPPORTED | NEVER_COUNTED), "Chat", ""])
LEAVES = st.one_of(
    st.booleans(),
    st.integers(),
    st.integers(10**300, 10**320),
    st.floats(),
    st.text(st.characters()),
    st.binary(),
    OPERATIONS,
)
USAGE_OF_LANGFUSE = st.dictionaries(
    st.sampled_from(sorted({key for keys in langfuse._WORDS.values() for key in keys})),
    st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans()),
).map(json.dumps)
VALUES = st.one_of(
    LEAVES, USAGE_OF_LANGFUSE, st.lists(LEAVES, max_size=3).map(tuple), st.none(), st.dictionaries(st.text(), LEAVES)
)
ATTRIBUTES = st.dictionaries(st.one_of(st.sampled_from(READ_KEYS), st.sampled_from(sorted(MARKS)), st.text()), VALUES)


SCOPES = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "opentelemetry.instrumentation.openai_v2",
            "openinference.instrumentation.google_genai",
            "com.anthropic.sdk.python",
        ]
    ).map(InstrumentationScope),
    st.text().map(InstrumentationScope),
)
COUNTS = st.one_of(
    st.integers(0, 5000),
    st.integers(0, 5000).map(float),
    st.integers(0, 5000).map(str),
    st.just("a lot"),
    st.booleans(),
)
USAGE_KEYS = [key for key in READ_KEYS if "tokens" in key or "token_count" in key]
SAID = st.fixed_dictionaries(
    {"gen_ai.operation.name": st.sampled_from(["chat", "generate_content"])},
    optional={
        "gen_ai.provider.name": st.sampled_from(["openai", "gcp.gemini", "vertex_ai", "anthropic"]),
        **dict.fromkeys(USAGE_KEYS, COUNTS),
        LANGFUSE_USAGE: USAGE_OF_LANGFUSE,
        semconv.SERVER_ADDRESS: st.one_of(
            st.text(st.characters()), st.ip_addresses().map(str), domains(), urls(), LEAVES
        ),
    },
)


class Level(IntEnum):
    """Attribute values may be of subclasses."""

    SOME = 12
    ENDLESS = 10**400


def _output_tokens(value: object) -> int | None:
    attributes = {semconv.GEN_AI_OPERATION_NAME: "chat", semconv.GEN_AI_USAGE_OUTPUT_TOKENS: value}
    request = read("chat gpt-4o", attributes)
    assert request is not None
    return request.output_tokens


def _is_well_formed(request: Request) -> bool:
    texts = (request.operation, request.provider, request.response_model, request.request_model, request.response_id)
    counts = (request.input_tokens, request.output_tokens, request.cached_tokens, request.reasoning_tokens)
    return all(text is None or (isinstance(text, str) and text != "") for text in texts) and all(
        count is None or (type(count) is int and count <= MOST_TOKENS) for count in counts
    )


@given(st.one_of(st.text(), OPERATIONS.map("{} gpt-4o".format)), ATTRIBUTES, SCOPES)
def test_any_attributes_can_be_read(
    name: str, attributes: dict[str, object], scope: InstrumentationScope | None
) -> None:
    """A request of texts and integers, or none; never an error. A token count is one, or negative, or not there."""
    request = read(name, attributes, scope)
    assert request is None or _is_well_formed(request)


def _numbers(value: object) -> set[int]:
    """The whole numbers that an attribute says, in whatever way."""
    if isinstance(value, str):
        try:
            said: Any = json.loads(value)
        except ValueError:
            return set()
        if not isinstance(said, dict):
            return _numbers(said)
        return set[int]().union(*map(_numbers, cast("dict[str, Any]", said).values()))
    if isinstance(value, float):
        return {int(value)} if value.is_integer() else set()
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def _sums_of_langfuse(usage: object) -> set[int]:
    """Input and output with the parts that Langfuse counts beside them."""
    said: dict[str, Any] = json.loads(usage) if isinstance(usage, str) else {}
    counts = {name: value for name, value in said.items() if type(value) is int and value >= 0}
    own = {"input_tokens", "output_tokens"}
    parts = {name: value for name, value in counts.items() if name not in own}
    return {sum(value for name, value in parts.items() if name.startswith(word)) for word in ("input", "output")}


@given(SAID)
def test_no_token_is_invented(attributes: dict[str, object]) -> None:
    """Every count is what an attribute says; input with the parts of it that were left out, output with what a total has more."""
    request = read("chat gpt-4o", attributes)
    assert request is not None
    said = {key: _numbers(value) for key, value in attributes.items()}
    numbers = set[int]().union(*said.values(), _sums_of_langfuse(attributes.get(LANGFUSE_USAGE)))
    cached = set[int]().union(*(said[key] for key in said if "cache" in key or key == LANGFUSE_USAGE))
    inputs = numbers | {left + read + written for left in numbers for read in cached for written in {0, *cached}}
    totals = set[int]().union(*(said[key] for key in said if key in dialects._TOTALS))
    outputs = numbers | {total - received for total in totals for received in inputs}
    for count, possible in [
        (request.input_tokens, inputs),
        (request.output_tokens, outputs),
        (request.cached_tokens, numbers),
        (request.reasoning_tokens, numbers),
    ]:
        assert count is None or count < 0 or count in possible


@given(SAID)
def test_parts_are_no_more_than_the_whole(attributes: dict[str, object]) -> None:
    """What was read from a cache is part of the input, whichever way the dialect counts."""
    request = read("chat gpt-4o", attributes)
    assert request is not None
    if request.cached_tokens is not None and request.input_tokens is not None and request.input_tokens >= 0:
        assert request.cached_tokens <= request.input_tokens


@given(VALUES)
def test_a_count_of_tokens_is_a_whole_number_from_0_to_1e8(value: object) -> None:
    """Whatever is reported: a known count is that number, and nothing else is one."""
    found = _output_tokens(value)
    if found is not None and found >= 0:
        assert float(found) == float(value)  # pyright: ignore[reportArgumentType] - it is a number, or the text of one
        assert not isinstance(value, bool)


@given(st.integers(0, MOST_TOKENS))
def test_every_count_is_read_from_a_number_a_float_and_a_text(tokens: int) -> None:
    """12, 12.0, "12" and "12.0" are the same count."""
    expected = [tokens] * 4
    assert expected == [_output_tokens(value) for value in (tokens, float(tokens), str(tokens), f"{tokens}.0")]


@pytest.mark.parametrize(
    ("value", "tokens"),
    [(0, 0), ("12", 12), ("12.0", 12), (" 12 ", 12), ("1e3", 1000), (12.0, 12), (10**8, 10**8), (Level.SOME, 12)],
)
def test_odd_spellings_of_a_count_are_read(value: object, tokens: int) -> None:
    """Some SDKs report floats or texts."""
    assert tokens == _output_tokens(value)


@pytest.mark.parametrize(
    "value",
    [
        -1,
        -0.5,
        math.nan,
        math.inf,
        -math.inf,
        True,
        False,
        12.5,
        "12.5",
        "-1",
        "nan",
        "inf",
        "a lot",
        "",
        "0x10",
        "9" * 20,
        pytest.param("9" * 100_000, id="a text of 100,000 digits"),
        10**8 + 1,
        float(10**8 + 1),
        pytest.param(10**400, id="an integer of 401 digits"),
        pytest.param(Level.ENDLESS, id="one of a subclass"),
        (12,),
        b"12",
    ],
)
def test_what_is_no_count_is_invalid(value: object) -> None:
    """It was reported, and is no count: that is told apart from not reported."""
    found = _output_tokens(value)
    assert found is not None
    assert found < 0


def test_what_is_not_reported_is_not_known() -> None:
    """No attribute, or one without a value."""
    for attributes in ({}, {semconv.GEN_AI_USAGE_OUTPUT_TOKENS: None}):
        request = read("chat gpt-4o", attributes)
        assert request is not None
        assert request.output_tokens is None

"""Reports of files that are not what they should be: whatever stands in a line, it is counted, and nothing is raised."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report.command import Result, read_files
from tests.kit.otlp_json import CHAT, RECORDED, line, span

KEYS = st.sampled_from(
    [
        *CHAT, *RECORDED, "resourceSpans", "scopeSpans", "spans", "resource", "scope", "attributes", "key", "value", "traceId",
        "spanId", "parentSpanId", "startTimeUnixNano", "endTimeUnixNano", "flags", "kind", "status", "code", "name", "values",
        "stringValue", "intValue", "doubleValue", "boolValue", "arrayValue", "service.name", "genai_impact.not_estimated",
    ]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | KEYS
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def _read(content: bytes) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        path.write_bytes(content)
        return read_files([str(path)], Settings(), ("model", "tenant"))


def _changed(content: Any, path: list[int], change: Any) -> Any:
    """The content with something else at the place to which the path leads."""
    if not path or not isinstance(content, (dict, list)) or not content:
        return change
    if isinstance(content, list):
        items = cast("list[Any]", content)
        place = path[0] % len(items)
        return [*items[:place], _changed(items[place], path[1:], change), *items[place + 1 :]]
    entries = cast("dict[str, Any]", content)
    key = list(entries)[path[0] % len(entries)]
    return {**entries, key: _changed(entries[key], path[1:], change)}


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(content: bytes) -> None:
    """Every line is counted: as broken, or as one of another signal."""
    result = _read(content)
    assert 0 == result.summary.total.requests
    assert result.reading.lines == result.reading.broken + result.reading.other_signals


@given(JSON)
def test_any_json_can_be_read(content: Any) -> None:
    """Whatever it says, the good line beside it counts as ever."""
    good = line(span(1, {**CHAT, **RECORDED}, trace=77))
    result = _read(f"{json.dumps(content)}\n{good}\n".encode())
    assert 1 == result.summary.total.requests
    assert 100.0 == result.summary.total.energy.estimate


@given(st.lists(st.integers(0, 20), max_size=12), JSON)
def test_a_span_with_anything_in_any_place_can_be_read(path: list[int], change: Any) -> None:
    """At most the one request is counted, with sums that are finite and not negative, and an interval around them."""
    content = _changed(json.loads(line(span(1, {**CHAT, **RECORDED, "tenant": "acme"}))), path, change)
    result = _read(json.dumps(content).encode())
    total = result.summary.total
    assert total.requests <= 1
    assert total.estimated + result.summary.reasons.counts.total() == total.requests
    for quantity in total.totals:
        assert 0 <= quantity.estimate < float("inf")
        assert not quantity.has_interval or quantity.low <= quantity.estimate <= quantity.high


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 2)), max_size=20))
def test_spans_count_once_however_often_they_are_written(ids: list[tuple[int, int]]) -> None:
    """As many requests as there are different pairs of ids, in whatever order and line."""
    content = "\n".join(line(span(number, {**CHAT, **RECORDED}, trace=trace)) for number, trace in ids)
    assert len(set(ids)) == _read(content.encode()).summary.total.requests

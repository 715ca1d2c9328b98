"""The benchmarks run. What they measure is for `make bench` to show."""

from __future__ import annotations

import subprocess
import sys
from math import isfinite

import pytest

from tests.benchmarks import calls, estimates, names, parts, processes, reading, sampling, spans


def test_an_estimate_is_compared_with_the_references() -> None:
    """Both of our ways to an estimate yield a ratio to the reference's, for requests with equal results; one to a bare span."""
    rows = estimates.measure(rounds=2, calls=10)
    assert [True] * 3 == [row.spread.median > 0 for row in rows]


def test_the_methods_are_compared_on_the_hot_path() -> None:
    """With and without cached input, native-1 yields a ratio to the default."""
    rows = estimates.measure_native(rounds=2, calls=10)
    assert [True, True] == [row.spread.median > 0 for row in rows]


def test_spans_are_compared_with_bare_ones() -> None:
    """A GenAI span, with and without histograms, another span, the same exported and both controls yield a ratio to the bare span.

    A budget yields a difference, which may be lost in so few rounds.
    """
    rows = {row.name: row.spread.median for row in spans.measure(rounds=2, http_rounds=2, warm_up=10)}
    budgets = [name for name in rows if "what a budget adds" in name]
    assert [True, True] == [isfinite(rows.pop(name)) for name in budgets]
    assert [True] * 6 == [median > 0 for median in rows.values()]


def test_dropped_spans_are_compared_with_bare_ones() -> None:
    """Counting what a sampler drops takes more than nothing, and both kinds of other spans yield a ratio."""
    rows = sampling.measure(rounds=2, warm_up=10)
    assert [True] * 3 == [row.spread.median > 0 for row in rows]


def test_calls_and_chunks_are_compared_with_bare_spans() -> None:
    """What an instrumentation adds to a call and to a chunk, and util-genai alone to a call, is more than nothing."""
    rows = calls.measure(rounds=2)
    assert [True] * 3 == [row.spread.median > 0 for row in rows]


def test_names_are_compared_with_bare_spans() -> None:
    """A name that was seen before takes less than a bare span; load and memory are more than nothing."""
    rows = names.measure(rounds=2, calls=10)
    assert [True] * 4 == [row.spread.median > 0 for row in rows]


def test_the_import_is_timed() -> None:
    """Fresh interpreters yield the time that the import takes."""
    rows = processes.measure_import(interpreters=2)
    assert [True] == [row.spread.median > 0 for row in rows]


def test_memory_is_measured() -> None:
    """Fresh interpreters yield the memory that we add."""
    rows = processes.measure_memory(interpreters=2, requests=200)
    assert all(row.spread.median > 0 for row in rows)


def test_growth_is_measured() -> None:
    """A fresh interpreter yields how much its memory grows."""
    rows = processes.measure_growth(spans=400, before=200)
    assert all(row.absolute["after the first, MiB"] > 0 for row in rows)


def test_reading_and_counting_once_are_measured() -> None:
    """Reading both dialects, telling twins apart, and a span above requests take more than nothing."""
    rows = reading.measure(rounds=2, warm_up=10)
    assert [True] * 7 == [row.spread.median > 0 for row in rows]


@pytest.mark.parametrize("thing", parts.THINGS)
def test_what_callgrind_counts_can_be_done(thing: str) -> None:
    """Each thing of which instructions are counted is done without an error, once."""
    subprocess.run([sys.executable, str(parts.PROBE), thing, "1"], check=True, timeout=60)

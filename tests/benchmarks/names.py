"""What it takes to say which model a name means, and to read the inventory."""

from __future__ import annotations

import tracemalloc
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final

from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.names import names
from tests.benchmarks.interleaving import Spread, interleaved, microseconds, ratio
from tests.benchmarks.rows import Row, Target
from tests.benchmarks.spans import chat_spans_ns, tracer

if TYPE_CHECKING:
    from collections.abc import Callable

SHARE_OF_A_SPAN: Final = Target(limit=0.05)
LOAD_MS: Final = Target(limit=15)
MEMORY_MIB: Final = Target(limit=4)

_SPELLED: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
_UNKNOWN: Final = "a-model-of-nobody"
_NS_PER_MS: Final = 1e6
_BYTES_PER_MIB: Final = 1024 * 1024


def measure(*, rounds: int = 100, calls: int = 2000) -> list[Row]:
    """A name that was seen before, known and unknown, against a bare span; and the inventory's load and memory."""
    catalog, bare = Catalog(), tracer()
    taken_ns = interleaved(
        {
            "bare span": lambda: chat_spans_ns(bare),
            "known": lambda: _block(lambda: catalog.identify("aws.bedrock", _SPELLED), calls),
            "unknown": lambda: _block(lambda: catalog.identify("aws.bedrock", _UNKNOWN), calls),
            "known, first time": lambda: _block(lambda: _first_time(_SPELLED), 10),
            "unknown, first time": lambda: _block(lambda: _first_time(_UNKNOWN), 10),
        },
        rounds=rounds,
    )
    absolute = {f"{name}, us": value for name, value in microseconds(taken_ns).items()}
    return [
        Row(
            name="a known name, seen before, over the bare span",
            unit="x",
            spread=ratio(taken_ns["known"], taken_ns["bare span"]),
            target=SHARE_OF_A_SPAN,
            absolute=absolute,
        ),
        Row(
            name="an unknown name, seen before, over the bare span",
            unit="x",
            spread=ratio(taken_ns["unknown"], taken_ns["bare span"]),
            target=SHARE_OF_A_SPAN,
        ),
        Row(
            name="reading inventory and names",
            unit="ms",
            spread=Spread.of([_load_ns() / _NS_PER_MS for _ in range(max(2, rounds // 5))]),
            target=LOAD_MS,
        ),
        Row(
            name="memory of inventory and names",
            unit="MiB",
            spread=Spread.of([_memory_bytes() / _BYTES_PER_MIB for _ in range(2)]),
            target=MEMORY_MIB,
        ),
    ]


def _block(call: Callable[[], object], calls: int) -> float:
    start = perf_counter_ns()
    for _ in range(calls):
        call()
    return (perf_counter_ns() - start) / calls


def _first_time(name: str) -> object:
    return Catalog().identify("aws.bedrock", name)


def _load_ns() -> int:
    start = perf_counter_ns()
    inventory.__wrapped__()
    names.__wrapped__()
    return perf_counter_ns() - start


def _memory_bytes() -> int:
    tracemalloc.start()
    try:
        kept = inventory.__wrapped__(), names.__wrapped__()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return size if all(kept) else 0

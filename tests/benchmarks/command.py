"""The command: measure all, print the table or JSON. The exit code is 0 whatever was measured: this gates nothing."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks import calls, estimates, names, processes, reading, sampling, spans
from tests.benchmarks.rows import as_json, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.rows import Row

_MEASUREMENTS: Final = (
    ("an estimate against the reference's", estimates.measure),
    ("the methods against each other", estimates.measure_native),
    ("spans with us and without", spans.measure),
    ("what reading and counting once cost", reading.measure),
    ("spans that a sampler drops", sampling.measure),
    ("calls and chunks with our instrumentation and without", calls.measure),
    ("names of models, and the inventory", names.measure),
    ("imports in fresh interpreters", processes.measure_import),
    ("memory in fresh interpreters", processes.measure_memory),
    ("memory over a million spans (a minute or two)", processes.measure_growth),
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench.py", description="What otel-genai-impact costs, side by side.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)

    start = perf_counter()
    rows: list[Row] = []
    for title, measure in _MEASUREMENTS:
        print(f"measuring {title} ...", file=sys.stderr, flush=True)
        rows.extend(measure())
    conditions = {**_conditions(), "took_s": round(perf_counter() - start)}
    if options.json:
        print(json.dumps({"conditions": conditions, "rows": as_json(rows)}, indent=2))
    else:
        print("\n" + as_text(rows) + "\n")
        print(", ".join(f"{name} {value}" for name, value in conditions.items()))
    return 0


def _conditions() -> dict[str, Any]:
    """What the figures depend on, the load of the machine most of all."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "python": platform.python_version(),
        "opentelemetry-sdk": version("opentelemetry-sdk"),
        "ecologits": version("ecologits"),
        "cpus": os.cpu_count(),
        "load": load,
    }

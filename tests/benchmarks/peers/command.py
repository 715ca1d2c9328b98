"""The command: measure all contenders, and record it. It gates nothing, but a contender that does not do its job is an error."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from tests.benchmarks.peers import estimates, teams
from tools import benchmark_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD: Final = Path(__file__).parent / "last_run.json"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench_peers.py", description="What others cost, beside otel-genai-impact.")
    parser.add_argument("--write", action="store_true", help=f"record the run in {RECORD.name}, for the page")
    options = parser.parse_args(arguments)

    start, load = perf_counter(), os.getloadavg()[0]
    _say("estimates")
    figures = estimates.measure()
    _say("imports, set-up and memory in fresh interpreters")
    starts, versions = teams.measure_starts()
    _say("calls and streams, interleaved")
    calls, details = teams.measure_calls()
    conditions = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "took_s": round(perf_counter() - start),
        "versions": dict(sorted(versions.items())),
    }
    recorded = {
        "conditions": conditions,
        **details,
        "figures": [figure.as_json() for figure in (*figures, *starts, *calls)],
    }
    if options.write:
        RECORD.write_text(json.dumps(recorded, indent=1) + "\n", encoding="utf-8")
    print(benchmark_pages.as_text(recorded))
    return 0


def _say(what: str) -> None:
    print(f"measuring {what} ...", file=sys.stderr, flush=True)

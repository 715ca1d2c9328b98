"""Instructions instead of microseconds: `python tests/benchmarks/parts.py`, where callgrind of valgrind is installed.

A clock tells a difference of a few per cent only on a quiet machine. The number of instructions is the same on a busy one, to
half a per cent of a span, and to a thousandth of what is done without one; but what waits for memory takes longer than its
instructions say.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import Final

PROBE: Final = Path(__file__).parent / "probes" / "parts.py"
_FEW: Final = 256
_MANY: Final = 768
_SPANS: Final = {"http": "span that is no GenAI request", "chat": "span of a chat"}
_PROCESSORS: Final = {
    "idle": "one more processor that does nothing",
    "own": "the same, of a class of its own",
    "ours": "with us, histograms off",
}
_CALLS: Final = {
    "calls:own": "the three calls alone, of a processor of its own class that does nothing",
    "calls:ours": "the three calls alone, of ours",
}
_PARTS: Final = {
    "part:parts": "reading what the span is",
    "part:read": "reading the request from its attributes",
    "part:first_seen": "telling that it was not counted before",
    "part:estimate": "finding its plan, and estimating",
    "part:count": "counting it in the ledger, posting included",
    "part:write": "writing sixteen attributes",
}
THINGS: Final = (*(f"{kind}:own" for kind in _SPANS), *_CALLS, *_PARTS, "part:all")
"""One of each."""


def instructions(thing: str, few: int = _FEW, many: int = _MANY) -> int:
    """What one more of a thing takes: two processes that differ in how often they do it."""
    return round((_collected(thing, many) - _collected(thing, few)) / (many - few))


def _compare(kind: str, alone: dict[str, str]) -> int:
    """What processors add to a span; gives what the bare one takes."""
    bare = instructions(f"{kind}:bare")
    print(f"| {_SPANS[kind]}, bare | {bare:,} | 100 % |", flush=True)
    for processor, said in _PROCESSORS.items():
        added = instructions(f"{kind}:{processor}") - bare
        print(f"| added: {said} | {added:,} | {added / bare:.1%} |", flush=True)
    for thing, said in alone.items():
        taken = instructions(thing)
        print(f"| {said} | {taken:,} | {taken / bare:.1%} |", flush=True)
    return bare


def _collected(thing: str, times: int) -> int:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "GENAI_IMPACT_"))}
    with TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out"]
        done = subprocess.run(
            [*command, sys.executable, str(PROBE), thing, str(times)],
            env={**environment, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
            check=True, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise ValueError(f"callgrind says no number: {done.stderr[-500:]}")
    return int(found[1])


def main() -> int:
    if which("valgrind") is None:
        print("valgrind is not there: install it (apt-get install valgrind), then run this again", file=sys.stderr)
        return 1
    _compare("http", _CALLS)
    bare = _compare("chat", {})
    rest = instructions("part:all")
    for thing, said in _PARTS.items():
        taken = instructions(thing)
        rest -= taken
        print(f"| of it: {said} | {taken:,} | {taken / bare:.1%} |", flush=True)
    print(f"| of it: being called, and what leads from one to the next | {rest:,} | {rest / bare:.1%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())

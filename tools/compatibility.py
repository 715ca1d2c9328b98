"""The table of compatibility in docs/instrumentations.md, made from what ran.

`run` tests every SDK with its oldest and newest release, side by side, and prints the table; with names, only those that
contain one of them. `write` puts what ran last into the document, and leaves the rows of what did not run as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "instrumentations.md"
SDKS: Final = ROOT / "constraints" / "sdks.toml"
RESULTS: Final = ROOT / ".cache" / "sdks"
RELEASES: Final = ("oldest", "newest")
_BEGIN: Final = "<!-- compatibility -->\n"
_END: Final = "<!-- /compatibility -->"
_COLUMNS: Final = ("version", "passed", "failed", "opentelemetry", "python")
_HEAD: Final = "| SDK | release | version | tests passed | failed | OpenTelemetry | Python |\n" + "|---" * 7 + "|"

# By SDK and release, what stands in the columns.
Rows: TypeAlias = "dict[tuple[str, str], tuple[str, ...]]"


def combinations() -> list[tuple[str, str]]:
    """Each SDK with its oldest and its newest release."""
    sdks = tomllib.loads(SDKS.read_text(encoding="utf-8"))
    return [(sdk, release) for sdk in sdks for release in RELEASES]


def rows_of_document() -> Rows:
    """What the table says now."""
    table = DOCUMENT.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {(sdk.strip("`"), release): tuple(columns) for sdk, release, *columns in cells}


def rows_of_results() -> Rows:
    """What the runs wrote down last."""
    found: Rows = {}
    for sdk, release in combinations():
        file = RESULTS / f"{sdk}-{release}.json"
        if file.exists():
            result: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
            found[sdk, release] = tuple(str(result[column]) for column in _COLUMNS)
    return found


def table(rows: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """In the order of constraints/sdks.toml; what is no longer there is left out."""
    lines = [
        f"| `{sdk}` | {release} | {' | '.join(rows[sdk, release])} |"
        for sdk, release in combinations()
        if (sdk, release) in rows
    ]
    return "\n".join([_HEAD, *lines])


def table_of_calls() -> str:
    """What came of each call of each SDK with its newest release, as the last runs wrote it down."""
    outcomes: dict[str, dict[str, str]] = {}
    for sdk, release in combinations():
        file = RESULTS / f"{sdk}-{release}.json"
        if release == "newest" and file.exists():
            calls: dict[str, str] = json.loads(file.read_text(encoding="utf-8")).get("calls", {})
            if calls:
                outcomes[sdk] = calls
    calls_of_all = dict.fromkeys(call for calls in outcomes.values() for call in calls)
    rows = [f"| {call} | {' | '.join(calls.get(call, '-') for calls in outcomes.values())} |" for call in calls_of_all]
    return "\n".join([f"| call | {' | '.join(outcomes)} |", "|---" * (len(outcomes) + 1) + "|", *rows])


def write() -> None:
    """Put what ran into the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    rows = rows_of_document() | rows_of_results()
    DOCUMENT.write_text(f"{before}{_BEGIN}{table(rows)}\n{_END}{after}", encoding="utf-8")


def run(names: Sequence[str]) -> bool:
    """Run the sessions of noxfile.py side by side, and print each as it ends. True if all succeeded."""
    chosen = [pair for pair in combinations() if not names or any(name in "-".join(pair) for name in names)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        succeeded = list(pool.map(_run_one, chosen))
    print(table({pair: row for pair, row in rows_of_results().items() if pair in chosen}))
    print(f"\n{table_of_calls()}")
    return all(succeeded)


def _run_one(pair: tuple[str, str]) -> bool:
    session, started = f"sdks({'-'.join(pair)})", time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "nox", "-s", session], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = "" if done.returncode == 0 else f"\n{done.stdout}\n{done.stderr}"
    outcome = "succeeded" if done.returncode == 0 else "FAILED"
    print(f"{session}: {outcome} in {time.monotonic() - started:.0f} s{said}", flush=True)
    return done.returncode == 0


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "write"])
    parser.add_argument("names", nargs="*", help="SDKs or releases, or parts of their names; none: all")
    arguments = parser.parse_args()
    if arguments.command == "write":
        write()
    elif not run(arguments.names):
        sys.exit(1)


if __name__ == "__main__":
    main()

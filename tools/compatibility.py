"""The tables of compatibility in the documents, made from what ran.

`run sdks` tests every SDK with its oldest and newest release, `run stacks` every stack of instrumentations, side by side,
and prints the table; with names, only those that contain one of them. `write sdks` and `write stacks` put what ran last
into the document, and leave the rows of what did not run as they are.
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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).parents[1]
RELEASES: Final = ("oldest", "newest")
_BEGIN: Final = "<!-- compatibility -->\n"
_END: Final = "<!-- /compatibility -->"

# What is tested in one environment, such as an SDK and its release; and what stands in the columns behind it.
Subject: TypeAlias = "tuple[str, ...]"
Rows: TypeAlias = "dict[Subject, tuple[str, ...]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What is tested, each in an environment of its own, and the table of it in a document.

    Attributes:
        name: of the sessions in noxfile.py, and of the folder of their results.
        document: where the table is.
        subjects: in the order of the table.
        heads: of the columns; those of a subject first.
        columns: the keys in a result, for the columns after those of the subject.
    """

    name: str
    document: Path
    subjects: tuple[Subject, ...]
    heads: tuple[str, ...]
    columns: tuple[str, ...]

    def rows_of_document(self) -> Rows:
        """What the table says now."""
        table = self.document.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]
        cells = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
        width = len(self.heads) - len(self.columns)
        return {tuple(row[:width]): tuple(row[width:]) for row in cells}

    def rows_of_results(self) -> Rows:
        """What the runs wrote down last."""
        found = {subject: self.result(subject) for subject in self.subjects}
        return {
            subject: tuple(str(result[column]) for column in self.columns)
            for subject, result in found.items()
            if result is not None
        }

    def result(self, subject: Subject) -> dict[str, Any] | None:
        """What the last run wrote down; None if it did not come to that."""
        file = ROOT / ".cache" / self.name / f"{'-'.join(subject)}.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def table(self, rows: Mapping[Subject, Sequence[str]]) -> str:
        """Of the subjects that there are; what is no longer one is left out."""
        lines = [
            f"| {' | '.join((f'`{subject[0]}`', *subject[1:], *rows[subject]))} |"
            for subject in self.subjects
            if subject in rows
        ]
        return "\n".join([f"| {' | '.join(self.heads)} |", "|---" * len(self.heads) + "|", *lines])

    def write(self) -> None:
        """Put what ran into the document."""
        text = self.document.read_text(encoding="utf-8")
        before, _, rest = text.partition(_BEGIN)
        after = rest.partition(_END)[2]
        rows = self.rows_of_document() | self.rows_of_results()
        self.document.write_text(f"{before}{_BEGIN}{self.table(rows)}\n{_END}{after}", encoding="utf-8")

    def run(self, names: Sequence[str]) -> bool:
        """Run the sessions of noxfile.py side by side, and print each as it ends. True if all succeeded."""
        chosen = [subject for subject in self.subjects if not names or any(name in "-".join(subject) for name in names)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            succeeded = list(pool.map(self._run_one, chosen))
        print(self.table({subject: row for subject, row in self.rows_of_results().items() if subject in chosen}))
        return all(succeeded)

    def _run_one(self, subject: Subject) -> bool:
        session, started = f"{self.name}({'-'.join(subject)})", time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "nox", "-s", session], cwd=ROOT, capture_output=True, text=True, check=False
        )
        said = "" if done.returncode == 0 else f"\n{done.stdout}\n{done.stderr}"
        outcome = "succeeded" if done.returncode == 0 else "FAILED"
        print(f"{session}: {outcome} in {time.monotonic() - started:.0f} s{said}", flush=True)
        return done.returncode == 0


def _pinned(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "constraints" / f"{name}.toml").read_text(encoding="utf-8"))


SDKS: Final = Matrix(
    name="sdks",
    document=ROOT / "docs" / "instrumentations.md",
    subjects=tuple((sdk, release) for sdk in _pinned("sdks") for release in RELEASES),
    heads=("SDK", "release", "version", "tests passed", "failed", "OpenTelemetry", "Python"),
    columns=("version", "passed", "failed", "opentelemetry", "python"),
)
STACKS: Final = Matrix(
    name="stacks",
    document=ROOT / "docs" / "stacks.md",
    subjects=tuple((stack,) for stack in _pinned("stacks")),
    heads=("stack", "calls made", "counted", "duplicates", "missed", "with", "OpenTelemetry"),
    columns=("made", "counted", "duplicates", "missed", "versions", "opentelemetry"),
)
_MATRICES: Final = {matrix.name: matrix for matrix in (SDKS, STACKS)}


def table_of_calls() -> str:
    """What came of each call of each SDK with its newest release, as the last runs wrote it down."""
    results = {sdk: SDKS.result((sdk, release)) for sdk, release in SDKS.subjects if release == "newest"}
    outcomes: dict[str, dict[str, str]] = {
        sdk: result["calls"] for sdk, result in results.items() if result is not None and result["calls"]
    }
    calls_of_all = dict.fromkeys(call for calls in outcomes.values() for call in calls)
    rows = [f"| {call} | {' | '.join(calls.get(call, '-') for calls in outcomes.values())} |" for call in calls_of_all]
    return "\n".join([f"| call | {' | '.join(outcomes)} |", "|---" * (len(outcomes) + 1) + "|", *rows])


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "write"])
    parser.add_argument("matrix", choices=list(_MATRICES))
    parser.add_argument("names", nargs="*", help="what to run, or parts of its names; none: all")
    arguments = parser.parse_args()
    matrix = _MATRICES[arguments.matrix]
    if arguments.command == "write":
        matrix.write()
        return
    succeeded = matrix.run(arguments.names)
    if matrix is SDKS:
        print(f"\n{table_of_calls()}")
    if not succeeded:
        sys.exit(1)


if __name__ == "__main__":
    main()

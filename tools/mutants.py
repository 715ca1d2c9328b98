"""The table of docs/mutation.md, from what `make mutate` left in mutants/. It fails below the target, or where a run was cut short."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

MUTANTS: Final = Path(__file__).resolve().parents[1] / "mutants" / "src" / "otel_genai_impact"
TARGET: Final = 0.9
_FAILED: Final = (1, 3)
"""What pytest exits with where a test fails, or cannot even start. A timeout is no kill: it may be the machine's."""


class Row(NamedTuple):
    """One file, or all of them: how many changes there are, how many a test noticed, and how many nobody tried."""

    name: str
    mutants: int
    killed: int
    not_run: int

    @property
    def survived(self) -> int:
        """Those that no test noticed."""
        return self.mutants - self.killed - self.not_run

    @property
    def is_good(self) -> bool:
        """Whether all were tried, and enough were noticed."""
        return not self.not_run and self.killed >= TARGET * self.mutants

    def __str__(self) -> str:
        share = f"{self.killed / self.mutants:.1%}".replace("%", " %")
        return f"| {self.name} | {self.mutants:,} | {self.killed:,} | {share} | {self.survived:,} | {self.not_run:,} |"


def read_rows(folder: Path) -> list[Row]:
    """A row for each file in which something can be changed."""
    found: list[Row] = []
    for path in sorted(folder.rglob("*.py.meta")):
        exits: dict[str, int | None] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        if exits:
            killed = sum(code in _FAILED for code in exits.values())
            not_run = sum(code is None for code in exits.values())
            found.append(Row(f"`{path.relative_to(folder)}`".replace(".meta", ""), len(exits), killed, not_run))
    return found


def in_all(name: str, rows: Iterable[Row]) -> Row:
    """Their sum."""
    of_each = list(rows)
    return Row(
        name,
        mutants=sum(row.mutants for row in of_each),
        killed=sum(row.killed for row in of_each),
        not_run=sum(row.not_run for row in of_each),
    )


def main(folder: Path = MUTANTS) -> int:
    """Print the table; 1 if a file is below the target, or was not run to its end."""
    rows = read_rows(folder)
    if not rows:
        print("There are no mutants yet: make mutate")
        return 1
    print("| file | mutants | killed | share | survived | not run |\n|---|---|---|---|---|---|")
    print("\n".join(map(str, rows)))
    print(in_all("**in all**", rows))
    bad = [row.name for row in rows if not row.is_good]
    if bad:
        print(f"\nBelow {TARGET:.0%} or not run: {', '.join(bad)}. `.venv/bin/mutmut results` has the names.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

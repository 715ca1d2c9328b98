"""The tables of docs/reliability.md, which the tests hold to what comes of the faults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDING_HEADINGS: Final = ("the process ends", "exit code and output", "answered requests in the backend")
_PAGE: Final = Path(__file__).parents[2] / "docs" / "reliability.md"


def documented(headings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The rows of the table that has these headings, by the first of their cells."""
    lines = _PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"| {' | '.join(headings)} |") + 2
    rows: dict[str, tuple[str, ...]] = {}
    for line in lines[start:]:
        if not line.startswith("| "):
            break
        row = tuple(cell.strip() for cell in line.strip("|").split("|"))
        rows[row[0]] = row
    return rows

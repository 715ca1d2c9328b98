"""What was seen before: exact, and beyond a fixed size on disk, in a temporary file that is deleted."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from otel_genai_impact.cli.report.sums import Group

_CACHE_KIB: Final = 65536
_SEPARATOR: Final = "\x1f"  # printable names, which dimensions and tasks are, do not have it


class Seen:
    """The spans of all requests so far, and the tasks of each group."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")  # an empty name: in memory first, then in a temporary file
        self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE spans (id BLOB PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("CREATE TABLE tasks (group_and_task TEXT PRIMARY KEY) WITHOUT ROWID")

    def is_new_span(self, trace_id: int, span_id: int) -> bool:
        """Whether these ids were not seen yet; from now on they were."""
        ids = trace_id.to_bytes(16, "big") + span_id.to_bytes(8, "big")
        return self._database.execute("INSERT OR IGNORE INTO spans VALUES (?)", (ids,)).rowcount > 0

    def is_new_task(self, group: Group, task: str) -> bool:
        """Whether no request of this task was in this group yet; from now on one was."""
        # An empty name is no name: what is not reported is not a group called nothing.
        key = _SEPARATOR.join((task, *("-" if name is None else f"+{name}" for name in group)))
        return self._database.execute("INSERT OR IGNORE INTO tasks VALUES (?)", (key,)).rowcount > 0

    def close(self) -> None:
        """Delete the temporary file."""
        self._database.close()

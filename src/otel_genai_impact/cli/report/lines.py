"""Lines of OTLP JSON from files of any size, one at a time; what cannot be read is counted and named, never raised."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from hashlib import _Hash as HASH

STANDARD_INPUT: Final = "-"
LONGEST_LINE_BYTES: Final = 32 * 2**20
_MOST_NAMED: Final = 10
_OTHER_SIGNALS: Final = ("resourceMetrics", "resourceLogs", "resourceProfiles")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Reading:
    """What was read so far.

    Attributes:
        lines: lines that are not empty.
        other_signals: lines of metrics, logs or profiles, which are no business of ours.
        broken: lines and spans that could not be read.
        named: the first of those, each with its place and what is wrong.
        spans: spans in the lines that could be read.
        sha256: of each file that was read to its end, in hexadecimal: what a report was made of can be known again.
    """

    lines: int = 0
    other_signals: int = 0
    broken: int = 0
    named: list[str] = field(default_factory=list[str])
    spans: int = 0
    sha256: dict[str, str] = field(default_factory=dict[str, str])

    def complain(self, place: str, problem: str) -> None:
        """Count something that cannot be read; the first ones are named."""
        self.broken += 1
        if len(self.named) < _MOST_NAMED:
            self.named.append(f"{place}: {problem}")


def exports(path: str, reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each export of spans in a file, with its place `file:line`. Holds one line at a time.

    Raises:
        OSError: the file cannot be opened or read.
    """
    name = "standard input" if path == STANDARD_INPUT else path
    digest = sha256()
    with _opened(path) as file:
        for number, line in enumerate(_lines(file, digest), start=1):
            place = f"{name}:{number}"
            if line is None:
                reading.lines += 1
                reading.complain(place, f"longer than {LONGEST_LINE_BYTES // 2**20} MiB")
            elif text := line.removeprefix(_BYTE_ORDER_MARK).strip():
                reading.lines += 1
                export = _export(place, text, reading)
                if export is not None:
                    yield place, export
    reading.sha256[path] = digest.hexdigest()


def _opened(path: str) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else Path(path).open("rb")


def _lines(file: IO[bytes], digest: HASH) -> Iterator[bytes | None]:
    """The lines; None for one that is too long, of which no more than a part is ever held."""
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        digest.update(line)
        if len(line) <= LONGEST_LINE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE_BYTES)
            digest.update(line)
        yield None


def _export(place: str, text: bytes, reading: Reading) -> dict[str, Any] | None:
    try:
        content: object = json.loads(text)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        reading.complain(place, "no JSON, or cut off")
        return None
    if isinstance(content, dict):
        export = cast("dict[str, Any]", content)
        if isinstance(export.get("resourceSpans"), list):
            return export
        if any(signal in export for signal in _OTHER_SIGNALS):
            reading.other_signals += 1
            return None
    reading.complain(place, "JSON, but no export of spans in OTLP (it has no list `resourceSpans`)")
    return None

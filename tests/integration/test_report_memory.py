"""A report takes the same memory for files of any size."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.kit.otlp_json import CHAT, line, span

if TYPE_CHECKING:
    from pathlib import Path

SPANS_OF_AN_EXPORT = 250
MIB = 2**20
# Not getrusage: its maximum starts with that of the process which this one was forked from.
MEASURED = """
import re, sys
from pathlib import Path
from otel_genai_impact.cli import main
code = main(["report", sys.argv[1], "--csv", sys.argv[2]])
[peak_kib] = re.findall(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print([code, int(peak_kib) * 1024], file=sys.stderr)
"""


def _peak_bytes(folder: Path, exports: int) -> int:
    """The most memory that a report of so many exports took: each span another one, with a prompt of 2 kB."""
    path = folder / f"{exports}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for export in range(exports):
            first = export * SPANS_OF_AN_EXPORT + 1
            numbers = range(first, first + SPANS_OF_AN_EXPORT)
            spans = [
                span(
                    number,
                    {**CHAT, "tenant": f"t{number}", "gen_ai.input.messages": "x" * 2000},
                    trace=number,
                    start_s=number,
                )
                for number in numbers
            ]
            file.write(line(*spans) + "\n")
    command = [sys.executable, "-c", MEASURED, str(path), str(folder / "table.csv")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    assert f"{exports * SPANS_OF_AN_EXPORT:,} requests in" in done.stdout
    code, peak_bytes = json.loads(done.stderr)
    assert 0 == code
    return peak_bytes


def test_ten_times_the_spans_take_no_more_memory(tmp_path: Path) -> None:
    """1,000 and 10,000 requests, the second file of 30 MB: less than 8 MiB apart."""
    few, many = _peak_bytes(tmp_path, 4), _peak_bytes(tmp_path, 40)
    print(f"peak memory of a report: {few / MIB:.1f} MiB of 1,000 requests, {many / MIB:.1f} MiB of 10,000")
    assert many - few < 8 * MIB

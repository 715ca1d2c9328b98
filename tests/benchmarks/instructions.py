"""Instructions of a span, counted by callgrind: what a busy machine cannot blur. Run by `make instructions`.

`python tests/benchmarks/instructions.py [--write]`, from anywhere; Linux, with valgrind installed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

RECORD: Final = Path(__file__).parent / "last_instructions.json"
SPANS: Final = 512  # two postings of the ledger's queue

_ROOT: Final = Path(__file__).parents[2]
_PROBE: Final = "tests.benchmarks.probes.instructions"
_TOTALS: Final = re.compile(r"^totals: (\d+)$", re.MULTILINE)


class NoValgrindError(OSError):
    """There is no valgrind to count with."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="instructions.py", description="Instructions of a span, by callgrind.")
    parser.add_argument("--write", action="store_true", help=f"record them in {RECORD.name}, for the page")
    options = parser.parse_args(arguments)

    recorded = {"conditions": _conditions(), "instructions_per_span": measure()}
    text = json.dumps(recorded, indent=1) + "\n"
    if options.write:
        RECORD.write_text(text, encoding="utf-8")
    print(text, end="")
    return 0


def measure(spans: int = SPANS) -> dict[str, int]:
    """Instructions of one span of each contender of the probe.

    Raises:
        NoValgrindError: valgrind is not installed.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise NoValgrindError("counting instructions needs valgrind; try: sudo apt-get install valgrind")
    with tempfile.TemporaryDirectory(prefix="callgrind-") as folder:
        out = f"--callgrind-out-file={folder}/%p"
        command = [valgrind, "--tool=callgrind", "--dump-before=getppid", out, sys.executable, "-m", _PROBE]
        # The order of dictionaries of strings would differ from run to run.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "GENAI_IMPACT_"))
        }
        environment["PYTHONHASHSEED"] = "0"
        command += [folder, str(spans)]
        subprocess.run(command, check=True, cwd=_ROOT, env=environment, stderr=subprocess.DEVNULL, timeout=1800)
        return counted(Path(folder), spans)


def counted(folder: Path, spans: int) -> dict[str, int]:
    """Of each fork's second dump, which is what lies between its two calls of `getppid`, the part of one span."""
    names = sorted(folder.glob("*.name"), key=lambda name: int(name.stem))
    return {name.read_text(encoding="utf-8"): _total(folder / f"{name.stem}.2") // spans for name in names}


def _total(dump: Path) -> int:
    found = _TOTALS.search(dump.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{dump.name} has no totals")
    return int(found[1])


def _conditions() -> dict[str, Any]:
    return {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "python": platform.python_version(),
        "opentelemetry-sdk": version("opentelemetry-sdk"),
        "machine": platform.machine(),
        "spans": SPANS,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m science`: fit, and write what comes of it. `--check` writes nothing and fails where a file would change."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from science import constants

if TYPE_CHECKING:
    from pathlib import Path


def outputs() -> dict[Path, str]:
    """Every generated file and its text."""
    return {constants.PATH: constants.render(constants.compute())}


def main(arguments: list[str]) -> int:
    """Write the files, or say which would change."""
    stale = [(path, text) for path, text in outputs().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path, _ in stale:
            sys.stderr.write(f"{path} is not what science/ makes; try: make science\n")
        return 1 if stale else 0
    for path, text in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m science`: fit, and write what comes of it. `--check` writes nothing and fails where a file would change."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from otel_genai_impact.impacts import native_1_constants
from science import constants, page
from science.text_tables import validate

if TYPE_CHECKING:
    from pathlib import Path


def main(arguments: list[str]) -> int:
    """Write the files, or say which would change."""
    check = "--check" in arguments
    computed = constants.compute()
    stale = _put(constants.PATH, constants.render(computed), check=check)
    importlib.reload(native_1_constants)  # what follows asks the shipped constants: those just written
    for path, text in page.outputs(validate(), computed).items():
        stale |= _put(path, text, check=check)
    return 1 if check and stale else 0


def _put(path: Path, text: str, *, check: bool) -> bool:
    """Write a file that is not as it should be, or say so."""
    if path.exists() and path.read_text("utf-8") == text:
        return False
    if check:
        sys.stderr.write(f"{path} is not what science/ makes; try: make science\n")
        return True
    path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {path}\n")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

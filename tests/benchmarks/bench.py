"""Starts the benchmarks: `python tests/benchmarks/bench.py [--json]`, from anywhere."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # The repository's root in the place of this folder, so that this package is found as the tests find it.
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.benchmarks.command import main

    sys.exit(main(sys.argv[1:]))

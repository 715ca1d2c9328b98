"""Starts the benchmark beside others' packages: `.venv-peers/bin/python tests/benchmarks/bench_peers.py [--write]`."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # The repository's root in the place of this folder, so that this package is found as the tests find it.
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.benchmarks.peers.command import main

    sys.exit(main(sys.argv[1:]))

"""Makes requests in this process, in one that it starts, and in a pool of two: how they start is the first argument."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from opentelemetry import metrics, trace

sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.integration.spending import spend


def work(seed: int) -> None:
    """Fifty requests, and what workers must do, since they end without what Python does at exit: export them."""
    spend(trace.get_tracer("app"), 50, seed=seed)
    for provider in (trace.get_tracer_provider(), metrics.get_meter_provider()):
        provider.force_flush()  # type: ignore[attr-defined]


def main() -> None:
    """Two hundred and fifty requests."""
    multiprocessing.set_start_method(sys.argv[1])
    work(0)
    process = multiprocessing.Process(target=work, args=(1,))
    process.start()
    process.join()
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(work, (2, 3, 4)))
    sys.exit(process.exitcode)


if __name__ == "__main__":
    main()

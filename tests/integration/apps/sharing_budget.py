"""One of two processes that share a budget through Redis; started by test_shared_budgets.py.

Makes requests until it is refused, or as many as it is told, waiting for a line of its input before each of them. Prints
what came of each.
"""

from __future__ import annotations

import logging
import sys

from otel_genai_impact import BudgetExceeded, budget
from tests.kit.telemetry import Telemetry


def main(url: str, limit: float, requests: int, *, in_step: bool) -> None:
    """Ask, one request after the other."""
    logging.basicConfig(format="LOG %(message)s", stream=sys.stdout)
    telemetry = Telemetry()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(requests):
        with budget("tenant", requests=limit, key="a", redis=url, window_s=3600, on_exceeded="refuse") as block:
            try:
                block.check()
            except BudgetExceeded:
                print("refused", flush=True)
                break
            telemetry.request()
        print("sent", flush=True)
        if in_step:
            sys.stdin.readline()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), in_step=sys.argv[4] == "in step")

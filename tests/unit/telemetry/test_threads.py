"""Many threads, one process: the metrics are the sum of the spans, with the GIL and without."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from math import fsum
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import budget
from tests.integration.spending import spend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.telemetry import Telemetry

THREADS, OF_A_THREAD = 64, 50


@pytest.fixture
def taking_turns_at_every_step() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("taking_turns_at_every_step")
def test_what_threads_spend_is_counted_once(telemetry: Telemetry) -> None:
    """Sixty-four threads of fifty requests each, in a budget, while another one collects: no sum lacks or has too much."""
    together = Barrier(THREADS)

    def work(number: int) -> None:
        together.wait()
        with budget("threads", energy_j=1e12) as own:
            spend(telemetry.tracers.get_tracer("app"), OF_A_THREAD, seed=number)
        assert OF_A_THREAD == own.used.requests
        telemetry.total("genai_impact.requests")

    with budget("all", energy_j=1e12) as whole, ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(copy_context().run, work, number) for number in range(THREADS)]:
            done.result()
    energy_j = fsum(dict[str, Any](span.attributes or {}).get("genai_impact.energy", 0.0) for span in telemetry.spans)
    assert THREADS * OF_A_THREAD == len(telemetry.spans) == telemetry.total("genai_impact.requests")
    assert pytest.approx(energy_j, rel=1e-9) == telemetry.total("genai_impact.energy")
    assert pytest.approx(energy_j, rel=1e-9) == whole.used.energy_j
    assert THREADS * OF_A_THREAD == whole.used.requests

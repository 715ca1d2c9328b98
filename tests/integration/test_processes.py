"""Processes that Python itself starts, in each of its ways."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.integration.spending import check_sums
from tests.kit.app import run_app

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink

_APP: Final = Path(__file__).parent / "apps" / "spending_in_processes.py"


@pytest.mark.parametrize("start", multiprocessing.get_all_start_methods())
def test_workers_export_what_they_counted(sink: OtlpSink, start: str) -> None:
    """A process, and a pool of two: 250 requests, each in the sums of the process that made it, and in no other's."""
    run_app(
        _APP,
        start,
        sink=sink,
        protocol="http/protobuf",
        # As in test_fork.py: the SDK's own reader must not be exporting while the process forks.
        environment={"OTEL_METRIC_EXPORT_INTERVAL": "600000", "GENAI_IMPACT_DETAIL": "full"},
    ).checked()
    check_sums(sink, 250)

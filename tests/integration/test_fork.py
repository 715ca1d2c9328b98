"""A fork in the middle: what the parent counted is exported by the parent, what the child counts by the child."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.spending import check_sums
from tests.kit.app import run_app

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

_APP = """
import os, sys
from contextlib import ExitStack
sys.path.insert(0, sys.argv[1])
from opentelemetry import metrics, trace
from tests.integration.spending import spend

tracer = trace.get_tracer("app")
def flush():
    trace.get_tracer_provider().force_flush()
    metrics.get_meter_provider().force_flush()

spend(tracer, 500, seed=1)
if sys.argv[2] == "flushed":
    flush()
# The SDK's reader keeps its lock in the child: where it exports while the process forks, the child's first export waits
# for ever, with or without us. So no export may be under way.
with ExitStack() as no_export:
    for reader in metrics.get_meter_provider()._metric_readers:
        no_export.enter_context(reader._export_lock)
    child = os.fork()
spend(tracer, 250, seed=2 if child else 3)
flush()
if child:
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))
# What the reader's own thread has under way when the flush finds nothing new must not be cut off.
for reader in metrics.get_meter_provider()._metric_readers:
    with reader._export_lock:
        pass
os._exit(0)
"""


@pytest.mark.parametrize("flushed", ["flushed", "pending"])
@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_a_fork_in_the_middle(sink: OtlpSink, temporality: str, flushed: str) -> None:
    """Parent 500, then 250 each: 1,000 requests in the sums of both processes, with and without a collection before."""
    run_app(
        _APP,
        str(Path.cwd()),
        flushed,
        sink=sink,
        protocol="http/protobuf",
        environment={
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": temporality,
            "GENAI_IMPACT_DETAIL": "full",
            "GENAI_IMPACT_SUMMARY": "true",
            "OTEL_BSP_MAX_QUEUE_SIZE": "8192",
        },
    ).checked()
    check_sums(sink, 1000)

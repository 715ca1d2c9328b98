"""Everything at once: threads, tasks and a fork in the middle of both. Each request is counted by one process, once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.spending import check_sums
from tests.kit.app import run_app

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink

THREADS, OF_A_THREAD, TASKS, OF_THE_CHILD = 64, 20, 2000, 320

_ALL_AT_ONCE = """
import asyncio, os, sys
from contextlib import ExitStack
from threading import Barrier, Thread
sys.path.insert(0, sys.argv[1])
threads, of_a_thread, tasks, of_the_child = map(int, sys.argv[2:])
from opentelemetry import metrics, trace
from tests.integration.spending import spend

tracer = trace.get_tracer("app")
begin = Barrier(threads + 1)

def work(number):
    begin.wait()
    spend(tracer, of_a_thread, seed=number)

def flush():
    trace.get_tracer_provider().force_flush()
    metrics.get_meter_provider().force_flush()

# What the exporters' HTTP client imports with its first request. A child that is forked meanwhile waits for that import
# for ever, with or without us.
import netrc

def fork():
    # As in test_fork.py: the SDK's own reader must not be exporting at this moment.
    with ExitStack() as no_export:
        for reader in metrics.get_meter_provider()._metric_readers:
            no_export.enter_context(reader._export_lock)
        return os.fork()

def be_the_child():
    workers = [Thread(target=spend, args=(tracer, of_the_child // 8, 1000 + number)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    flush()
    for reader in metrics.get_meter_provider()._metric_readers:
        with reader._export_lock:
            pass
    os._exit(0)

async def task(number):
    await asyncio.sleep(0)
    spend(tracer, 1, seed=10_000 + number)
    await asyncio.sleep(0)

async def all_tasks():
    running = [asyncio.ensure_future(task(number)) for number in range(tasks)]
    begin.wait()
    await asyncio.gather(*running[: tasks // 2])
    child = fork()
    if not child:
        be_the_child()
    await asyncio.gather(*running[tasks // 2 :])
    return child

workers = [Thread(target=work, args=(number,)) for number in range(threads)]
for worker in workers:
    worker.start()
child = asyncio.run(all_tasks())
for worker in workers:
    worker.join()
flush()
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_threads_tasks_and_a_fork_at_once(sink: OtlpSink) -> None:
    """64 threads, 2,000 tasks, and a process forked from among them: 3,600 requests in the sums of both processes."""
    counts = (THREADS, OF_A_THREAD, TASKS, OF_THE_CHILD)
    run_app(
        _ALL_AT_ONCE,
        str(Path.cwd()),
        *map(str, counts),
        sink=sink,
        protocol="http/protobuf",
        environment={
            "OTEL_METRIC_EXPORT_INTERVAL": "500",
            "GENAI_IMPACT_DETAIL": "full",
            "OTEL_BSP_MAX_QUEUE_SIZE": "8192",
        },
    ).checked()
    check_sums(sink, 3600)


_TRIO = """
import sys
sys.path.insert(0, sys.argv[1])
import anyio
from opentelemetry import trace
from tests.integration.spending import spend

tracer = trace.get_tracer("app")

async def task(number):
    with tracer.start_as_current_span("POST /answer"):
        await anyio.sleep(0)
        spend(tracer, 1, seed=number)

async def main():
    async with anyio.create_task_group() as group:
        for number in range(500):
            group.start_soon(task, number)

anyio.run(main, backend="trio")
"""


def test_tasks_of_trio(sink: OtlpSink) -> None:
    """500 tasks of trio, through anyio: 500 requests, each rolled up into the span of its own task."""
    run_app(
        _TRIO, str(Path.cwd()), sink=sink, protocol="http/protobuf", environment={"GENAI_IMPACT_DETAIL": "full"}
    ).checked()
    check_sums(sink, 500)
    tasks = sink.spans_by_name("POST /answer")
    assert [1] * 500 == [span.attributes.get("genai_impact.rollup.requests") for span in tasks]


_SUBINTERPRETERS = """
import sys
# As mod_wsgi makes them: the SDK starts threads, which isolated ones may not.
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    create = lambda: interpreters.create("legacy")
else:
    import _xxsubinterpreters as interpreters
    create = lambda: interpreters.create(isolated=False)

COUNTING = '''
import sys
sys.path.insert(0, {path!r})
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from otel_genai_impact import ImpactSpanProcessor
from tests.integration.spending import spend
from tests.kit.telemetry import points_of

reader, tracers = InMemoryMetricReader(), TracerProvider(shutdown_on_exit=False)
meters = MeterProvider([reader], shutdown_on_exit=False)
tracers.add_span_processor(ImpactSpanProcessor(meter_provider=meters))
spend(tracers.get_tracer("app"), {requests})
print(sum(value for name, _, value in points_of(reader) if name == "genai_impact.requests"), flush=True)
'''

for requests in (100, 200):
    interpreter = create()
    error = interpreters.run_string(interpreter, COUNTING.format(path=sys.argv[1], requests=requests))
    assert error is None, error
    interpreters.destroy(interpreter)
"""


def test_interpreters_of_one_process() -> None:
    """Each interpreter in a process counts its own requests, and nobody else's."""
    ran = run_app(_SUBINTERPRETERS, str(Path.cwd()), launcher=()).checked()
    assert ["100", "200"] == ran.stdout.split()

"""Faults of what telemetry is sent to, and of what it is sent with."""

from __future__ import annotations

import socket
from io import FileIO
from typing import TYPE_CHECKING, Any
from unittest import mock

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter
from opentelemetry.sdk.trace.export import ConsoleSpanExporter

from tests.faults.fault import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.metrics import Meter

    from tests.faults.scene import Scene


def _closed_port() -> str:
    """The address of a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@fault("nothing: the control")
def nothing(scene: Scene) -> Iterator[None]:
    yield
    yield


@fault("the backend refuses connections from the start")
def backend_down(scene: Scene) -> Iterator[None]:
    address = _closed_port()
    scene.span_exporter = OTLPSpanExporter(f"{address}/v1/traces", timeout=1)
    scene.metric_exporter = OTLPMetricExporter(f"{address}/v1/metrics", timeout=1)
    yield
    yield


@fault("the backend goes away, and comes back")
def backend_away(scene: Scene) -> Iterator[None]:
    yield
    exporter: Any = scene.metric_exporter
    there = exporter._endpoint
    exporter._endpoint = f"{_closed_port()}/v1/metrics"
    yield
    exporter._endpoint = there


@fault("the Collector is killed, and stays away")
def collector_killed(scene: Scene) -> Iterator[None]:
    yield
    scene.flush()
    scene.sink.__exit__(None, None, None)
    # Its threads live on with this process, for the connections that are open: for good, since exporters try again later.
    mock.patch.object(scene.sink, "receive", side_effect=ConnectionError).start()
    yield


@fault("the backend accepts connections, and never answers")
def backend_hangs(scene: Scene) -> Iterator[None]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        scene.span_exporter = OTLPSpanExporter(f"{address}/v1/traces", timeout=1)
        scene.metric_exporter = OTLPMetricExporter(f"{address}/v1/metrics", timeout=1)
        yield
        yield


@fault("the exporters raise for a while")
def exporters_raise(scene: Scene) -> Iterator[None]:
    yield
    scene.flush()
    broken = mock.Mock(side_effect=OSError("broken exporter"))
    with (
        mock.patch.multiple(scene.span_exporter, export=broken),
        mock.patch.multiple(scene.metric_exporter, export=broken),
    ):
        yield


class _FileOnAFullDisk:
    """A text file without a buffer, where a write that fails leaves nothing to be written later."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())

    def flush(self) -> None:
        """There is nothing to be flushed."""


@fault("the disk is full, where telemetry goes to files")
def disk_full(scene: Scene) -> Iterator[None]:
    with FileIO("/dev/full", "w") as full:
        file: Any = _FileOnAFullDisk(full)
        scene.span_exporter, scene.metric_exporter = ConsoleSpanExporter(out=file), ConsoleMetricExporter(out=file)
        yield
        yield


@fault("the meter provider is shut down")
def meters_shut_down(scene: Scene) -> Iterator[None]:
    yield
    scene.flush()
    scene.meters.shutdown()
    yield


@fault("the tracer provider is shut down")
def tracers_shut_down(scene: Scene) -> Iterator[None]:
    yield
    scene.tracers.shutdown()
    yield


@fault("there is no meter provider")
def no_meters(scene: Scene) -> Iterator[None]:
    scene.meter_provider = NoOpMeterProvider()
    yield
    yield


@fault("the meter provider raises")
def meters_raise(scene: Scene) -> Iterator[None]:
    scene.meter_provider = mock.Mock(get_meter=mock.Mock(side_effect=RuntimeError("broken meter provider")))
    yield
    yield


@fault("the meter provider's instruments raise at each collection")
def instruments_raise(scene: Scene) -> Iterator[None]:
    class Broken:
        """A meter whose counters take nothing; all else is the SDK's."""

        def __init__(self, meter: Meter) -> None:
            self._meter = meter

        def __getattr__(self, name: str) -> object:
            return getattr(self._meter, name)

        def create_counter(self, *_: object, **__: object) -> object:
            return mock.Mock(add=mock.Mock(side_effect=OSError("broken counter")))

    def get_meter(*arguments: Any, **keywords: Any) -> object:
        return Broken(scene.meters.get_meter(*arguments, **keywords))

    scene.meter_provider = mock.Mock(get_meter=get_meter)
    yield
    yield


@fault("an observable of the application's raises at each collection")
def observable_raises(scene: Scene) -> Iterator[None]:
    yield
    raising = mock.Mock(side_effect=OSError("broken observable"), __name__="raising")
    scene.meters.get_meter("application").create_observable_gauge("broken", [raising])
    yield

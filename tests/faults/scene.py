"""One run of the load, bare or with all of our telemetry around it, and what came of it."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from otel_genai_impact import ImpactSpanProcessor, semconv
from otel_genai_impact.telemetry import ledger
from otel_genai_impact.telemetry.ledger import LEDGER
from tests.kit.otlp_records import total_of
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from opentelemetry.metrics import MeterProvider as AnyMeterProvider

_FLUSH_MS = 1500


class Scene:
    """What a fault may strike. The application starts with `start` and ends with the context.

    Attributes:
        instrumented: whether there is any telemetry at all.
        settings: of our span processor.
        span_exporter: where spans go; OTLP to the sink if not given.
        metric_exporter: where metrics go; the same.
        made_besides: requests by model that the fault itself makes.
    """

    def __init__(self, *, instrumented: bool) -> None:
        self.instrumented = instrumented
        self.settings: dict[str, object] = {}
        self.sink = OtlpSink()
        self.span_exporter: SpanExporter = OTLPSpanExporter(f"{self.sink.http_endpoint}/v1/traces", timeout=1)
        self.metric_exporter: MetricExporter = OTLPMetricExporter(f"{self.sink.http_endpoint}/v1/metrics", timeout=1)
        self.meter_provider: AnyMeterProvider | None = None
        self.tracers = TracerProvider(shutdown_on_exit=False)
        # Got here: the SDK's `get_tracer` takes a lock that must not be taken again by a signal handler.
        self._tracer = self.tracers.get_tracer("fault")
        self.made_besides: Counter[str] = Counter()
        self._accounts_before = len(LEDGER.accounts)
        self.leaked: list[str] = []
        self._hooks = (threading.excepthook, sys.unraisablehook)

    def __enter__(self) -> Self:
        self.sink.__enter__()
        threading.excepthook = lambda raised: self.leaked.append(repr(raised.exc_value))
        sys.unraisablehook = lambda raised: self.leaked.append(repr(raised.exc_value))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        threading.excepthook, sys.unraisablehook = self._hooks
        if self.instrumented:
            OpenAIInstrumentor().uninstrument()
            with suppress(Exception):  # the fault may have come first
                self.tracers.shutdown()
            with suppress(Exception):
                self.meters.shutdown(timeout_millis=_FLUSH_MS)
        with suppress(OSError):  # the Collector may have been killed
            self.sink.__exit__(None, None, None)

    def start(self) -> None:
        """Set up telemetry as an application does: exporters, our processor, the instrumentation of the SDK."""
        if not self.instrumented:
            return
        reader = PeriodicExportingMetricReader(self.metric_exporter, export_interval_millis=300)
        self.meters = MeterProvider([reader], shutdown_on_exit=False)
        self.tracers.add_span_processor(BatchSpanProcessor(self.span_exporter, schedule_delay_millis=100))
        self.processor = self.observe(self.tracers)
        OpenAIInstrumentor().instrument(
            tracer_provider=self.tracers, meter_provider=MeterProvider(shutdown_on_exit=False)
        )

    def observe(self, tracers: TracerProvider) -> ImpactSpanProcessor:
        """Our span processor on a tracer provider."""
        processor = ImpactSpanProcessor(meter_provider=self.meter_provider or self.meters, **self.settings)
        tracers.add_span_processor(processor)
        return processor

    def request(self, model: str = "gpt-4.1-nano") -> None:
        """A request that the fault makes itself: one span, from wherever this is called.

        With a trace of its own, and to a model that the load does not ask: else it would be taken for another view of the
        call that runs at this time.
        """
        self.made_besides[model] += 1
        if self.instrumented:
            span = self._tracer.start_span(f"chat {model}", Context(), attributes=_names(model))
            span.set_attributes({semconv.GEN_AI_USAGE_INPUT_TOKENS: 7, semconv.GEN_AI_USAGE_OUTPUT_TOKENS: 20})
            span.end()

    def flush(self) -> None:
        """Export what there is. A fault may be at work still: that is the flusher's own affair."""
        if self.instrumented:
            with suppress(Exception):
                self.tracers.force_flush(_FLUSH_MS)
            with suppress(Exception):
                self.meters.force_flush(_FLUSH_MS)

    def counted(self) -> Counter[str]:
        """The requests that we counted in this process, by model, whether or not they could be exported."""
        LEDGER.totals()  # posts what waits
        found: Counter[str] = Counter()
        for account in LEDGER.accounts[self._accounts_before :]:
            for row in account.rows():
                found[str(row.attributes[semconv.GEN_AI_RESPONSE_MODEL])] += int(row.sums[ledger.REQUESTS])
        return found

    def arrived(self) -> int:
        """The requests in the metrics that the backend got."""
        return int(total_of(self.sink.points_of(semconv.REQUESTS), lambda point: point.total))


def _names(model: str) -> dict[str, str]:
    return {
        semconv.GEN_AI_OPERATION_NAME: "chat",
        semconv.GEN_AI_PROVIDER_NAME: "openai",
        semconv.GEN_AI_REQUEST_MODEL: model,
    }

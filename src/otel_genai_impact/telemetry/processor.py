"""The span processor: hands each GenAI span to the recorder when it ends, and keeps out of the way of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from opentelemetry.context import get_current
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.trace import SpanKind

from otel_genai_impact._config import DEFAULT_METHOD, Settings, complain
from otel_genai_impact._contain import contained, failed
from otel_genai_impact.telemetry.marks import MARKS
from otel_genai_impact.telemetry.scope import SCOPE_KEY, SCOPES, remember_copy
from otel_genai_impact.telemetry.writing import SPAN_ID, attributes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.sdk.trace import ReadableSpan, Span

    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.telemetry.measured import MeasuredRequests

# Of the keys of a span's attributes: whether it is no GenAI span.
_is_unmarked: Final = MARKS.isdisjoint
# A call to somewhere else: no request of this process begins below its span, and ends later.
_CLIENT: Final = SpanKind.CLIENT
# What a processor that was never set up waits for.
_NOTHING: Final[Mapping[Any, Any]] = {}


class ImpactSpanProcessor(SpanProcessor):
    """Adds the environmental impacts of each GenAI request to its span and to the metrics.

    Args:
        meter_provider: where the metrics go; the global one if not given.
        **settings: `zone`, `method`, `detail` and so on; each is also an environment variable `GENAI_IMPACT_<NAME>`,
            which a keyword overrides. One that cannot be used is a line in the log. docs/configuration.md has all.

    Never raises, neither here nor while spans end.
    """

    def __init__(self, *, meter_provider: MeterProvider | None = None, **settings: object) -> None:
        self.active: bool = False
        self._sees_ending = False
        self._watches_starts = False
        self._reads_baggage = False
        self._measured: MeasuredRequests | None = None
        self._covered = self._below = self._elsewhere = _NOTHING
        self.configure(meter_provider=meter_provider, **settings)

    def configure(self, *, meter_provider: MeterProvider | None = None, **settings: object) -> None:
        """Take these settings instead, and become active unless they say otherwise. The arguments are the constructor's."""
        with contained("setting up the span processor"):
            self._set_up(meter_provider, Settings.load(settings))

    def _set_up(self, meter_provider: MeterProvider | None, settings: Settings) -> None:
        if not settings.enabled:
            self.active = self._watches_starts = False
            self._measured = None
            self._covered = self._below = self._elsewhere = _NOTHING
            return
        # Most of this package is for those who count, and not for those who only import us, or are switched off.
        from otel_genai_impact.inventory.catalog import Catalog
        from otel_genai_impact.telemetry import fork
        from otel_genai_impact.telemetry.attributing import Attribution
        from otel_genai_impact.telemetry.counting_once import COUNTING_ONCE
        from otel_genai_impact.telemetry.metrics import metrics_of
        from otel_genai_impact.telemetry.recording import Recorder
        from otel_genai_impact.telemetry.rollups import ROLL_UPS

        metrics = metrics_of(meter_provider)
        self._attribution = Attribution(settings.metric_attributes, settings.metric_values, metrics.account)
        self._reads_baggage = bool(settings.metric_attributes)
        method = _method(settings.method)
        self._recorder = Recorder(
            settings,
            method=method,
            catalog=Catalog.of_setting(settings.zone, settings.config, electricity=method.electricity),
            metrics=metrics,
            once=COUNTING_ONCE,
            rollups=ROLL_UPS,
            attribution=self._attribution,
        )
        self._measured = self._recorder.measured
        # What is looked at for every span, without a step in between.
        self._covered = COUNTING_ONCE.below.table
        self._below = ROLL_UPS.waiting.table
        self._elsewhere = ROLL_UPS.elsewhere.table
        self._rollups = ROLL_UPS
        self._watches_starts = self._reads_baggage or self._measured is not None
        fork.prepare()
        if settings.summary:
            from otel_genai_impact.telemetry import summary

            summary.print_at_exit(settings)
        self.active = True

    @property
    def awaits_parents(self) -> bool:
        """Whether something was counted below a span that has not ended yet: then it matters what ends, request or not."""
        return bool(self._covered or self._below)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Remember the scope, and the baggage that becomes metric attributes: they are known when the span starts."""
        if SCOPES.begun:
            try:
                scope: Any = (get_current() if parent_context is None else parent_context).get(SCOPE_KEY)
                if scope is not None:
                    # Exact, and gone when the span is; as `ON_SPAN` names it.
                    span._genai_impact_scope = scope  # type: ignore[attr-defined]  # noqa: SLF001
                    if not self._sees_ending:
                        remember_copy(span, scope)
            except Exception:  # noqa: BLE001 - the edge: nothing of ours reaches the user's call
                failed("reading the scope of a span")
        if self._watches_starts:
            self._started(span, parent_context)

    def _started(self, span: Span, parent_context: Context | None) -> None:
        if self._reads_baggage:
            with contained("reading the baggage of a span"):
                self._attribution.started(span, parent_context)
        if self._measured is not None:
            with contained("beginning to measure a request"):
                self._measured.began(span, parent_context)

    def _on_ending(self, span: Any) -> None:
        self._sees_ending = True
        # Of every span, and nearly always all: what is private to the SDK is read in place, since a call costs as much as all the rest.
        try:
            if _is_unmarked(span._attributes._dict):  # noqa: SLF001
                covered, below, elsewhere = self._covered, self._below, self._elsewhere
                if covered or below or elsewhere:
                    span_id = span._context[SPAN_ID]  # noqa: SLF001
                    if span_id in below or span_id in covered or span_id in elsewhere:
                        self._process(span)
                        return
                elif span._parent is None:  # noqa: SLF001
                    return
                if span._kind is not _CLIENT and self.active:  # noqa: SLF001
                    self._rollups.gone(span)
                return
        except Exception:  # noqa: BLE001, S110 - another SDK: by its public names, then
            pass
        if self.active:
            self._process(span)

    def on_end(self, span: ReadableSpan) -> None:
        """What `_on_ending` does, where a processor around this one passes the public calls on alone."""
        if not self._sees_ending and self.active:
            self._process(span)

    def _process(self, span: Any) -> None:
        try:
            try:
                attributes, parent = span._attributes._dict, span._parent  # noqa: SLF001
            except AttributeError:
                attributes, parent = attributes_of(span), span.parent
            if not _is_unmarked(attributes):
                self._recorder.ended(span, attributes)
            elif self._covered or self._below or self._elsewhere or parent is not None:
                self._recorder.passed(span, attributes)
        except Exception:  # noqa: BLE001 - the edge: nothing of ours reaches the user's call
            failed("estimating the impacts of a span")


def _method(name: str) -> Method:
    from otel_genai_impact.impacts.methods import METHODS

    method = METHODS.get(name)
    if method is None:
        complain("method (GENAI_IMPACT_METHOD)", name, ", ".join(METHODS))
        return METHODS[DEFAULT_METHOD]
    return method

"""The span processor: reads each GenAI span when it ends, writes its impacts on it, and counts it."""

from __future__ import annotations

import logging
from math import inf
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from opentelemetry import baggage
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from otel_genai_impact import semconv
from otel_genai_impact._config import DEFAULT_METHOD, Settings, complain
from otel_genai_impact._contain import contained, failed, log_once
from otel_genai_impact.telemetry import fork
from otel_genai_impact.telemetry.attributes import fill, fill_full, fill_minimal
from otel_genai_impact.telemetry.callers import caller_of
from otel_genai_impact.telemetry.counting_once import FIRST, CountingOnce
from otel_genai_impact.telemetry.ledger import LEDGER
from otel_genai_impact.telemetry.metrics import metrics_of
from otel_genai_impact.telemetry.plans import Plans, short
from otel_genai_impact.telemetry.request import INFERENCE_KIND, MARKS, Request, is_rolled_up, read
from otel_genai_impact.telemetry.rollups import WITHOUT_ESTIMATE, RollUps, Sums
from otel_genai_impact.telemetry.writing import attributes_of, parts_of, quick_parts_of, rewrite, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.sdk.trace import ReadableSpan, Span

    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.telemetry.attributes import Attributes
    from otel_genai_impact.telemetry.plans import ExtraAttributes, Plan
    from otel_genai_impact.telemetry.siblings import Leaf
    from otel_genai_impact.telemetry.writing import Parts

_NS_PER_S: Final = 1e9
_USAGE_UNKNOWN: Final = frozenset({semconv.ERROR, semconv.INVALID_USAGE, semconv.NO_USAGE})
SERVER: Final = SpanKind.SERVER  # an Enum's member costs more than a global

# One for the process: a request may be reported to two providers, and be below a span of a third.
_COUNTING_ONCE: Final = CountingOnce()
_ROLL_UPS: Final = RollUps()

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class ImpactSpanProcessor(SpanProcessor):
    """Adds the environmental impacts of each GenAI request to its span and to the metrics.

    Args:
        meter_provider: where the metrics go; the global one if not given.
        **settings: `zone`, `method`, `detail` and so on; each is also an environment variable `GENAI_IMPACT_<NAME>`,
            which a keyword overrides. One that cannot be used is a line in the log. docs/configuration.md has all.

    Never raises, neither here nor while spans end.
    """

    def __init__(self, *, meter_provider: MeterProvider | None = None, **settings: object) -> None:
        self.active = False
        self._sees_ending = False
        self._metric_attributes: tuple[str, ...] = ()
        self.configure(meter_provider=meter_provider, **settings)

    def configure(self, *, meter_provider: MeterProvider | None = None, **settings: object) -> None:
        """Take these settings instead, and become active unless they say otherwise. The arguments are the constructor's."""
        with contained("setting up the span processor"):
            self._set_up(meter_provider, Settings.load(settings))

    def _set_up(self, meter_provider: MeterProvider | None, settings: Settings) -> None:
        if not settings.enabled:
            self.active = False
            return
        # The model and the inventory are as much as all else together: not for those who only import us.
        from otel_genai_impact.inventory.catalog import Catalog

        method = _method(settings.method)
        catalog = Catalog.of_setting(settings.zone, settings.config)
        self._metrics = metrics_of(meter_provider)
        self._plans = Plans(catalog, method, settings.detail, self._metrics.account)
        self._once = _COUNTING_ONCE
        self._waiting = _COUNTING_ONCE.below
        self._rollups = _ROLL_UPS
        self._below = _ROLL_UPS.waiting
        self._elsewhere = _ROLL_UPS.elsewhere
        self._strict = settings.strict
        self._count_server_spans = settings.count_server_spans
        self._across_processes = settings.across_processes
        self._metric_attributes = settings.metric_attributes
        self._baggage: WeakKeyDictionary[ReadableSpan, Mapping[str, object]] = WeakKeyDictionary()
        self._energy_histogram = self._metrics.energy_histogram if "energy" in settings.histograms else None
        self._gwp_histogram = self._metrics.gwp_histogram if "gwp" in settings.histograms else None
        self._fill = fill_minimal if settings.detail == "minimal" else fill
        self._full = settings.detail == "full"
        self._without_estimate: Attributes = {semconv.METHOD: method.name}
        if settings.detail != "minimal":
            self._without_estimate[semconv.DATA_VERSION] = catalog.data_version
        fork.prepare()
        if settings.summary:
            from otel_genai_impact.telemetry import summary

            summary.print_at_exit()
        self.active = True

    @property
    def awaits_parents(self) -> bool:
        """Whether something was counted below a span that has not ended yet: then it matters what ends, request or not."""
        return bool(self._waiting or self._below)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Remember the baggage that becomes metric attributes: it is known when the span starts."""
        if not self._metric_attributes:
            return
        with contained("reading the baggage of a span"):
            wanted = {
                key: value
                for key in self._metric_attributes
                if (value := baggage.get_baggage(key, parent_context)) is not None
            }
            if wanted:
                self._baggage[span] = wanted

    def _on_ending(self, span: Span) -> None:
        self._sees_ending = True
        if type(self)._on_ending is ImpactSpanProcessor._on_ending:  # noqa: SLF001 -- a subclass may have its own
            # From now on the SDK's call goes straight to what does the work.
            self._on_ending = self._process
        self._process(span)

    def on_end(self, span: ReadableSpan) -> None:
        """What `_on_ending` does, where a processor around this one passes the public calls on alone."""
        if not self._sees_ending:
            self._process(span)

    def _process(self, span: Any) -> None:
        # Of every span: what is private to the SDK is read in place here, since a call costs as much as all the rest.
        if not self.active:
            return
        try:
            try:
                attributes, parent = span._attributes._dict, span._parent  # noqa: SLF001
            except AttributeError:
                attributes, parent = attributes_of(span), span.parent
            if not MARKS.isdisjoint(attributes):
                self._handle(span, attributes)
            elif (
                self._waiting.younger
                or self._waiting.elder
                or self._below.younger
                or self._below.elder
                or ((self._elsewhere.younger or self._elsewhere.elder) and self._rollups.is_here_after_all(span))
            ):
                self._passed(span, attributes)
            elif parent is not None:
                self._rollups.gone(span)
        except Exception:  # noqa: BLE001 - the edge: nothing of ours reaches the user's call
            failed("estimating the impacts of a span")

    def _handle(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> None:
        try:
            parts = quick_parts_of(span)
        except AttributeError:
            parts = parts_of(span)
        request = read(parts[0], attributes, parts[6])
        if request is None or (parts[1] is SERVER and not self._counts_on_server(span)):
            self._passed(span, attributes)
            return
        seen = self._once.first_seen_as(span, parts, request)
        if self._across_processes and seen is FIRST and self._is_counted_by_caller(span, request):
            self._rollups.ended(span)
            self._mark(span, semconv.DUPLICATE)
            return
        kind, _, _, _, _, _, _, input_tokens, output_tokens, _, _ = request
        # As nearly every request; `why_not` would give None, too.
        is_plain = kind is INFERENCE_KIND and output_tokens and output_tokens > 0 and input_tokens and input_tokens > 0
        status = None if is_plain else why_not(span, request)
        if seen is FIRST:
            if status is None:
                status = self._estimate(span, parts, request, attributes)
            if status is not None:
                self._count_without_estimate(span, request, status)
                self._mark(span, status)
        elif isinstance(seen, str):
            log_once(logging.WARNING, "two of our span processors are on one tracer provider: the second does nothing")
        elif (
            status is not None
            or not self._once.lacks_usage(seen)
            or self._estimate(span, parts, request, attributes, seen) is not None
        ):
            self._rollups.ended(span)
            self._mark(span, semconv.DUPLICATE)

    def _counts_on_server(self, span: ReadableSpan) -> bool:
        """Whether the span of a server is to be counted: not where trace context came with the request.

        Who sends that may count the request itself; unless those who count say so.
        """
        by_caller = span.parent is not None and span.parent.is_remote
        return self._count_server_spans and (self._across_processes or not by_caller)

    def _is_counted_by_caller(self, span: ReadableSpan, request: Request) -> bool:
        caller = None if span.context is None else caller_of(span.context.trace_state)
        return caller is not None and self._once.is_counted_by(caller, span, request)

    def _count_without_estimate(self, span: ReadableSpan, request: Request, status: str) -> None:
        input_tokens, output_tokens = max(request.input_tokens or 0, 0), max(request.output_tokens or 0, 0)
        row = self._plans.row_without_estimate(request, status)
        LEDGER.add(row, None, input_tokens, output_tokens)
        self._rollups.count(span, WITHOUT_ESTIMATE)
        if status in _USAGE_UNKNOWN:
            self._once.counted_without_usage(span, row, input_tokens, output_tokens)

    def _passed(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> None:
        """A span ended that is no request, maybe above some: the local root, agents, workflows and tools say which."""
        self._once.passed(span)
        below = self._rollups.ended(span)
        if (
            below is not None
            and below.requests
            and (span.parent is None or span.parent.is_remote or is_rolled_up(attributes))
        ):
            write(span, below.attributes())

    def _estimate(
        self,
        span: ReadableSpan,
        parts: Parts,
        request: Request,
        attributes: Mapping[str, Any],
        instead_of: Leaf | None = None,
    ) -> str | None:
        """Estimate, write and count a request, of a twin if that has no usage; or the reason why that cannot be done."""
        extra = self._extra_attributes(span, attributes) if self._metric_attributes else ()
        plan = self._plans.plan(request, extra)
        if plan is None:
            return semconv.UNKNOWN_MODEL
        if self._strict:
            return semconv.NOT_MEASURED
        if instead_of is not None and not self._take_back(span, instead_of, plan):
            return semconv.DUPLICATE
        _, _, context, parent, began_ns, ended_ns, _ = parts
        input_tokens, output_tokens = request.input_tokens or 0, request.output_tokens or 0
        duration_ns = (ended_ns or 0) - (began_ns or 0)
        latency_s = duration_ns / _NS_PER_S if duration_ns > 0 else inf
        estimate = plan.system.estimate(output_tokens, latency_s)
        # Counted first: whatever may go wrong with the span, the sums are right.
        LEDGER.add(plan.row, estimate, input_tokens, output_tokens)
        if parent is not None or self._below.younger or self._below.elder:
            self._rollups.count(span, _new(Sums, (estimate.energy, estimate.gwp, estimate.wcf, 1, 0)))
        if context is not None:
            if self._energy_histogram is not None:
                self._energy_histogram.put(estimate.energy, plan.row.attributes, context)
            if self._gwp_histogram is not None:
                self._gwp_histogram.put(estimate.gwp, plan.row.attributes, context)
        ours = plan.attributes if duration_ns > 0 else plan.attributes_without_latency
        if self._full:
            write(span, ours, fill_full, (estimate, plan.system.bounds(output_tokens, latency_s)))
        else:
            write(span, ours, self._fill, estimate)
        return None

    def _take_back(self, span: ReadableSpan, first: Leaf, plan: Plan) -> bool:
        """Take back what was counted for a request, to count it by this span; False if that is to stay."""
        counted = self._once.take_back(first, span)
        if counted is None:
            return False
        LEDGER.move(counted.row, plan.row, counted.input_tokens, counted.output_tokens)
        self._rollups.take_back(counted.parent, counted.began_ns)
        rewrite(counted.written, semconv.NOT_ESTIMATED, semconv.DUPLICATE)
        return True

    def _mark(self, span: ReadableSpan, status: str) -> None:
        write(span, {semconv.NOT_ESTIMATED: status, **self._without_estimate})

    def _extra_attributes(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> ExtraAttributes:
        """The metric attributes that the user asked for: from the span, else from the baggage it started with."""
        of_baggage: Mapping[str, Any] = self._baggage.pop(span, {})
        found: list[tuple[str, str | bool | int | float]] = []
        for key in self._metric_attributes:
            value = attributes.get(key)
            if value is None:
                value = of_baggage.get(key)
            if isinstance(value, str):
                found.append((key, short(value)))
            elif isinstance(value, (bool, int, float)):
                found.append((key, value))
        return tuple(found)


def why_not(span: ReadableSpan, request: Request) -> str | None:
    """The reason why a request cannot be estimated, whatever its model; None if there is none."""
    input_tokens, output_tokens = request.input_tokens or 0, request.output_tokens
    if request.kind != INFERENCE_KIND:
        return semconv.UNSUPPORTED_OPERATION
    if output_tokens and output_tokens > 0 <= input_tokens:
        return None  # nearly every request
    if not output_tokens and span.status.status_code is StatusCode.ERROR:
        return semconv.ERROR
    if input_tokens < 0 or (output_tokens or 0) < 0:
        return semconv.INVALID_USAGE
    # A 0 for everything stands for unknown in some dialects.
    return semconv.NO_USAGE if output_tokens is None or input_tokens == 0 else None


def _method(name: str) -> Method:
    from otel_genai_impact.impacts.methods import METHODS

    method = METHODS.get(name)
    if method is None:
        complain("method (GENAI_IMPACT_METHOD)", name, ", ".join(METHODS))
        return METHODS[DEFAULT_METHOD]
    return method

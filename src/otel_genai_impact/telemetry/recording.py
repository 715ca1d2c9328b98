"""What is done when the span of a request ends: it is counted once, estimated, and what comes of it is written on it."""

from __future__ import annotations

import logging
from math import inf
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.trace import SpanKind

from otel_genai_impact import semconv
from otel_genai_impact._contain import log_once
from otel_genai_impact.semconv import REPORTED_ENERGY
from otel_genai_impact.telemetry.budgets.configured import CONFIGURED
from otel_genai_impact.telemetry.budgets.spending import Spending
from otel_genai_impact.telemetry.callers import caller_of
from otel_genai_impact.telemetry.counting_once import FIRST
from otel_genai_impact.telemetry.estimated_recording import EstimatedRecorder
from otel_genai_impact.telemetry.ledger import LEDGER
from otel_genai_impact.telemetry.metered import reported
from otel_genai_impact.telemetry.metered_recording import MeteredRecorder
from otel_genai_impact.telemetry.reasons import USAGE_UNKNOWN, why_not
from otel_genai_impact.telemetry.request import (
    INFERENCE_KIND,
    NAMES,
    Request,
    is_rolled_up,
    read,
    what_of,
)
from otel_genai_impact.telemetry.rollups import WITHOUT_ESTIMATE
from otel_genai_impact.telemetry.scope import OF_COPIES, ON_SPAN, SCOPES, of_span
from otel_genai_impact.telemetry.writing import parts_of, quick_parts_of, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact._config import Settings
    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.telemetry.attributes import Attributes
    from otel_genai_impact.telemetry.attributing import Attribution
    from otel_genai_impact.telemetry.counting_once import CountingOnce
    from otel_genai_impact.telemetry.measured import MeasuredRequests
    from otel_genai_impact.telemetry.metrics import Metrics
    from otel_genai_impact.telemetry.rollups import RollUps
    from otel_genai_impact.telemetry.sharing import Used
    from otel_genai_impact.telemetry.writing import Parts

_NS_PER_S: Final = 1e9
_SERVER: Final = SpanKind.SERVER  # an Enum's member costs more than a global

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class Recorder:
    """Counts requests by the settings of one span processor.

    Args:
        settings: of the processor.
        method: by which it estimates.
        catalog: what the names in a request mean.
        metrics: where it counts.
        once: what was counted a short while ago, in this process.
        rollups: what was counted below spans that have not ended, in this process.
        attribution: whom requests are for.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        method: Method,
        catalog: Catalog,
        metrics: Metrics,
        once: CountingOnce,
        rollups: RollUps,
        attribution: Attribution,
    ) -> None:
        self._spending = Spending(metrics.budgets)
        CONFIGURED.put(catalog.budgets)
        self.estimated: Final = EstimatedRecorder(
            settings,
            method=method,
            catalog=catalog,
            metrics=metrics,
            once=once,
            rollups=rollups,
            attribution=attribution,
            spending=self._spending,
        )
        self.plans: Final = self.estimated.plans
        self._metered: Final = MeteredRecorder(
            settings,
            estimated=self.estimated,
            method=method,
            catalog=catalog,
            metrics=metrics,
            rollups=rollups,
            attribution=attribution,
            spending=self._spending,
        )
        self.measured: MeasuredRequests | None = None
        if settings.measured:
            from otel_genai_impact.telemetry.measured import MeasuredRequests, meter

            of_process = meter(settings.powercap)
            self.measured = None if of_process is None else MeasuredRequests(of_process, settings.measured)
        self._once = once
        self._rollups = rollups
        self._attribution = attribution
        self._has_metric_attributes = bool(settings.metric_attributes)
        self._count_server_spans = settings.count_server_spans
        self._across_processes = settings.across_processes
        # Whether a plan is found by the names alone, and output tokens and latency are all that it asks.
        self._is_plain = not (
            settings.metric_attributes
            or settings.strict
            or settings.across_processes
            or method.counts_input
            or self.measured is not None
        )
        self._without_estimate: Attributes = {semconv.METHOD: method.name}
        if settings.detail != "minimal":
            self._without_estimate[semconv.DATA_VERSION] = catalog.data_version
        # What is looked at for each request, without a step in between.
        self._known_plans: Final = self.plans.known
        self._count: Final = self.estimated.count

    def ended(  # noqa: C901, PLR0912 -- what is common, is looked at in place
        self, span: ReadableSpan, attributes: Mapping[str, Any]
    ) -> None:
        """A span ended that has attributes of a GenAI request."""
        used = None if self.measured is None else self.measured.ended(span)
        try:
            parts = quick_parts_of(span)
        except AttributeError:
            parts = parts_of(span)
        request = read(parts[0], attributes, parts[6])
        if request is None or (parts[1] is _SERVER and not self._counts_on_server(span)):
            self.passed(span, attributes)
            return
        # Once for all that follows: it is looked up for every request from the first budget of a process on.
        scope = (getattr(span, ON_SPAN, None) or (of_span(span) if OF_COPIES else None)) if SCOPES.begun else None
        if self._has_metric_attributes or (scope is not None and scope.attribution):
            attributes = self._attribution.of(span, attributes)
        what = what_of(request)
        seen = self._once.first_seen_as(span, parts, what)
        kind, _, _, input_tokens, output_tokens = what
        if (
            self._is_plain
            and seen is FIRST
            and kind is INFERENCE_KIND
            and output_tokens
            and input_tokens
            and output_tokens > 0 < input_tokens
            and REPORTED_ENERGY not in attributes
        ):
            # As nearly every request. What follows would come to the same.
            plan = self._known_plans.get((request[NAMES], ()))
            if plan is not None:
                duration_ns = (parts[5] or 0) - (parts[4] or 0)
                of = (output_tokens, duration_ns / _NS_PER_S if duration_ns > 0 else inf)
                self._count(span, parts, plan, of, input_tokens, output_tokens, duration_ns > 0, scope)
                return
        if self._across_processes and seen is FIRST and self._is_counted_by_caller(span, request):
            self._rollups.ended(span)
            self._mark(span, semconv.DUPLICATE)
            return
        if (
            (used is not None or REPORTED_ENERGY in attributes)
            and seen is FIRST
            and self._count_metered(span, parts, request, attributes, used)
        ):
            return
        status = why_not(span, request, self.estimated.media)
        if seen is FIRST:
            if status is None:
                status = self.estimated.estimate(span, parts, request, what, attributes)
            if status is not None:
                self._count_without_estimate(span, request, status, attributes)
            elif REPORTED_ENERGY in attributes:
                self._metered.assume(span, semconv.ENERGY_REPORTED_INVALID)
        elif isinstance(seen, str):
            log_once(logging.WARNING, "two of our span processors are on one tracer provider: the second does nothing")
        elif (
            status is not None
            or not self._once.lacks_usage(seen)
            or self.estimated.estimate(span, parts, request, what, attributes, seen) is not None
        ):
            self._rollups.ended(span)
            self._mark(span, semconv.DUPLICATE)

    def _count_metered(
        self, span: ReadableSpan, parts: Parts, request: Request, attributes: Mapping[str, Any], used: Used | None
    ) -> bool:
        """Count a request whose energy its provider reports, or a meter says; whether one does."""
        metered = reported(attributes)
        if metered is None and self.measured is not None and used is not None:
            metered = self.measured.metered(used, span, request, self.plans)
        if metered is not None:
            self._metered.count(span, parts, request, attributes, metered)
        return metered is not None

    def passed(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> None:
        """A span ended that is no request, maybe above some: the local root, agents, workflows and tools say which."""
        self._once.passed(span)
        below = self._rollups.ended(span)
        if (
            below is not None
            and below.requests
            and (span.parent is None or span.parent.is_remote or is_rolled_up(attributes))
        ):
            write(span, below.attributes())

    def _counts_on_server(self, span: ReadableSpan) -> bool:
        """Whether the span of a server is to be counted: not where trace context came with the request.

        Who sends that may count the request itself; unless those who count say so.
        """
        by_caller = span.parent is not None and span.parent.is_remote
        return self._count_server_spans and (self._across_processes or not by_caller)

    def _is_counted_by_caller(self, span: ReadableSpan, request: Request) -> bool:
        caller = None if span.context is None else caller_of(span.context.trace_state)
        return caller is not None and self._once.is_counted_by(caller, span, request)

    def _count_without_estimate(
        self, span: ReadableSpan, request: Request, status: str, attributes: Mapping[str, Any]
    ) -> None:
        if status is semconv.ERROR and SCOPES.begun and self._spending.was_refused(span, attributes):
            self._rollups.ended(span)  # it was never sent
            return
        input_tokens, output_tokens = max(request.input_tokens or 0, 0), max(request.output_tokens or 0, 0)
        row = self.plans.row_without_estimate(request, status)
        LEDGER.add(row, None, input_tokens, output_tokens)
        if SCOPES.begun:
            self._spending.not_estimated(span)
        self._rollups.count(span, WITHOUT_ESTIMATE)
        if status in USAGE_UNKNOWN:
            self._once.counted_without_usage(span, row, input_tokens, output_tokens)
        self._mark(span, status)

    def _mark(self, span: ReadableSpan, status: str) -> None:
        write(span, {semconv.NOT_ESTIMATED: status, **self._without_estimate})

"""From spans to requests with their impacts: those that were recorded, or else the same estimate made now."""

from __future__ import annotations

from collections import OrderedDict
from itertools import repeat
from math import inf
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.trace import SpanKind

from otel_genai_impact import semconv
from otel_genai_impact.cli.report.callers import Callers
from otel_genai_impact.cli.report.evidence import attributes_of_tokens, evidence_of, images_of
from otel_genai_impact.cli.report.records import (
    SAME_SPAN,
    TWIN,
    Amount,
    CountedRequest,
    Impacts,
    Outcome,
    amount,
    codes_in,
    count,
    recorded_impacts,
    short,
)
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.telemetry.counting_once import FIRST, CountingOnce
from otel_genai_impact.telemetry.ledger import Account
from otel_genai_impact.telemetry.marks import reports_genai
from otel_genai_impact.telemetry.media_plans import media_plans
from otel_genai_impact.telemetry.memory import Memory
from otel_genai_impact.telemetry.plans import Plans
from otel_genai_impact.telemetry.reasons import why_not
from otel_genai_impact.telemetry.request import read, service_tier, what_of
from otel_genai_impact.telemetry.writing import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact._config import Settings
    from otel_genai_impact.cli.report.records import Evidence
    from otel_genai_impact.cli.report.seen import Seen
    from otel_genai_impact.cli.report.spans import RecordedSpan
    from otel_genai_impact.telemetry.request import Request
    from otel_genai_impact.telemetry.siblings import Leaf

_NS_PER_S: Final = 1e9
_MOST_PROCESSES: Final = 256


_NO_REQUEST: Final = Outcome(None, None)
_TWIN: Final = Outcome(None, TWIN)
_SAME_SPAN: Final = Outcome(None, SAME_SPAN)


class Estimating:
    """Makes requests of spans: takes what was recorded, and estimates what was not, by the same reader and plans.

    Args:
        settings: method and zone of what is estimated now.
        by: what to group by: `model`, `provider`, `service`, or the key of an attribute.
        seen: what remembers the spans that were read.
        recompute: estimate every request now, whatever was recorded.
        task: the key of the attribute that tells tasks apart; the trace if None.
        as_if: provider and model that everything is estimated for, whatever was asked; None for what was asked.

    Attributes:
        catalog: what names are looked up in.
    """

    def __init__(
        self,
        settings: Settings,
        by: tuple[str, ...],
        seen: Seen,
        *,
        recompute: bool = False,
        data_version: str | None = None,
        task: str | None = None,
        as_if: tuple[str, str] | None = None,
    ) -> None:
        self._method = METHODS[settings.method]
        self.catalog = Catalog.of_setting(
            settings.zone, settings.config, electricity=self._method.electricity, data_version=data_version
        )
        account = Account()
        self._plans = Plans(self.catalog, self._method, "standard", account)
        self._media = media_plans(self.catalog, self._method, "standard", account)
        self._count_server_spans = settings.count_server_spans
        self._by = by
        self._recompute = recompute
        self._task = task
        self._as_if = as_if
        self._strict = settings.strict
        self._without_usage: Memory[CountedRequest] = Memory()
        self._processes: OrderedDict[object, CountingOnce] = OrderedDict()
        self._seen = seen
        self._callers = Callers()

    def outcome(self, recorded: RecordedSpan) -> Outcome:
        """What this span is."""
        span, attributes, _, process = recorded
        once = self._once(process)
        request = read(span.name, attributes, span.instrumentation_scope) if reports_genai(attributes) else None
        if request is None or (span.kind is SpanKind.SERVER and not self._count_server_spans):
            once.passed(span)
            return _NO_REQUEST
        context = span.context
        if context is None or not self._seen.is_new_span(context.trace_id, context.span_id):
            return _SAME_SPAN
        if attributes.get(semconv.NOT_ESTIMATED) == semconv.DUPLICATE:
            once.passed(span)
            return _TWIN
        return self._counted_once(recorded, request, once)

    def _counted_once(self, recorded: RecordedSpan, request: Request, once: CountingOnce) -> Outcome:
        """What a request is: one to count, or one that another span reports as well."""
        span, attributes, _, process = recorded
        seen = once.first_seen_as(span, parts_of(span), what_of(request))
        was_recorded = semconv.NOT_ESTIMATED in attributes or amount(attributes, semconv.ENERGY) is not None
        if was_recorded:
            self._callers.counts(span, request.kind, process)
            if not self._recompute:
                return Outcome(self._recorded(recorded, request), None)
        elif self._callers.is_counted(span, request.kind, process):
            return _TWIN
        estimated = self._estimated(recorded, request)
        if seen is not FIRST and not was_recorded:
            return self._twin(once, seen, span, estimated)
        if not was_recorded and self._callers.waits(span, request.kind, process, estimated):
            return _NO_REQUEST
        if estimated.reason == semconv.NO_USAGE:
            self._remember(once, span, request, estimated)
        return Outcome(estimated, None)

    def rest(self) -> Iterator[Outcome]:
        """What is still to be said of spans that waited for others, when all were read."""
        yield from (Outcome(request, None) for request in self._callers.rest())
        yield from repeat(_TWIN, self._callers.absorbed)

    def _remember(self, once: CountingOnce, span: ReadableSpan, request: Request, counted: CountedRequest) -> None:
        """A request that does not say what it used: a twin that does may take its place."""
        row = self._plans.row_without_estimate(request, semconv.NO_USAGE)
        once.counted_without_usage(span, row, 0, 0)
        self._without_usage.put(counted.span_id, counted)

    def _twin(self, once: CountingOnce, seen: str | Leaf, span: ReadableSpan, estimated: CountedRequest) -> Outcome:
        """The twin of a request that is counted; in whose place it comes if only this one says what was used."""
        if isinstance(seen, str) or estimated.impacts is None or once.take_back(seen, span) is None:
            return _TWIN
        first = self._without_usage.pop(seen.span_id)
        return _TWIN if first is None else Outcome(estimated, None, first)

    def _once(self, process: object) -> CountingOnce:
        """The memory of one process: equal requests of two processes at once are two."""
        once = self._processes.pop(process, None) or CountingOnce()
        self._processes[process] = once
        if len(self._processes) > _MOST_PROCESSES:
            self._processes.popitem(last=False)
        return once

    def _recorded(self, recorded: RecordedSpan, request: Request) -> CountedRequest:
        attributes = recorded.attributes
        impacts = recorded_impacts(attributes)
        reason = None if impacts is not None else short(attributes.get(semconv.NOT_ESTIMATED))
        codes = attributes.get(semconv.ASSUMPTIONS)
        return self._counted(
            recorded,
            request,
            impacts,
            reason,
            evidence_of(attributes, request, codes_in(codes), recomputed=False),
            codes_in(codes),
        )

    def _estimated(self, recorded: RecordedSpan, request: Request) -> CountedRequest:
        span = recorded.span
        named = request if self._as_if is None else _asked_of(request, *self._as_if)
        impacts, reason = None, why_not(span, request, self._media)
        texts: Mapping[str, Any] = {semconv.METHOD: self._method.name, semconv.DATA_VERSION: self.catalog.data_version}
        if reason is None:
            media, asked = self._media.get(request.kind), None
            if media is not None:
                plan, asked = media.planned(named, recorded.attributes, ())
            else:
                tier = service_tier(recorded.attributes) if self._method.counts_input else None
                plan = self._plans.plan(named, (), tier)
            if plan is None:
                reason = (media or self._plans).why_no_plan(named)
            elif self._strict:
                reason = semconv.NOT_MEASURED
            else:
                # How long another model would take nobody knows.
                duration_s = _duration_s(recorded) if self._as_if is None else None
                usage: tuple[Any, ...] = (request.output_tokens or 0, inf if duration_s is None else duration_s)
                is_complete = duration_s is not None
                if asked is not None:
                    is_complete, usage = True, (asked,)
                elif self._method.counts_input:
                    usage = (*usage, request.input_tokens or 0, request.cached_tokens or 0)
                    is_complete = request.input_tokens is not None
                estimate, bounds = plan.estimate(*usage), plan.bounds(*usage)
                texts = plan.attributes if is_complete else plan.attributes_if_lacking
                impacts = Impacts(
                    energy=Amount(estimate.energy, estimate.energy_low, estimate.energy_high),
                    gwp=Amount(estimate.gwp, estimate.gwp_low, estimate.gwp_high),
                    gwp_embodied=Amount(estimate.gwp_embodied, None, None),
                    wcf=Amount(estimate.wcf, bounds.wcf_low, bounds.wcf_high),
                    adpe=Amount(estimate.adpe, bounds.adpe_low, bounds.adpe_high),
                    pe=Amount(estimate.pe, bounds.pe_low, bounds.pe_high),
                )
        codes = codes_in(texts.get(semconv.ASSUMPTIONS))
        evidence = evidence_of(texts, named, codes, recomputed=True)
        return self._counted(recorded, request, impacts, reason, evidence, codes)

    def _counted(
        self,
        recorded: RecordedSpan,
        request: Request,
        impacts: Impacts | None,
        reason: str | None,
        evidence: Evidence,
        assumptions: tuple[str, ...],
    ) -> CountedRequest:
        span, attributes, resource, _ = recorded
        context = span.context
        names = {
            "provider": short(request.provider),
            "model": short(request.response_model or request.request_model),
            "service": short(resource.get("service.name")),
        }

        def said(key: str) -> str | None:
            return names[key] if key in names else short(attributes.get(key, resource.get(key)))

        return CountedRequest(
            ended_ns=span.end_time,
            duration_s=_duration_s(recorded),
            trace_id=0 if context is None else context.trace_id,
            span_id=0 if context is None else context.span_id,
            **names,
            input_tokens=count(request.input_tokens),
            output_tokens=count(request.output_tokens),
            impacts=impacts,
            reason=reason,
            recomputed=evidence.recomputed,
            assumptions=assumptions,
            basis=f"{evidence.method or 'method not recorded'}, data {evidence.data_version or 'not recorded'}",
            zone=evidence.zone,
            dimensions=tuple(said(key) for key in self._by),
            tokens_from=attributes_of_tokens(attributes),
            task=None if self._task is None else said(self._task),
            evidence=None if impacts is None else evidence,
            images=images_of(attributes, request),
        )


def _asked_of(request: Request, provider: str, model: str) -> Request:
    """The same request to another model."""
    return request._replace(provider=provider, request_model=model, response_model=None, served_by=None)


def _duration_s(recorded: RecordedSpan) -> float | None:
    span = recorded.span
    if span.start_time is None or span.end_time is None or span.end_time <= span.start_time:
        return None
    return (span.end_time - span.start_time) / _NS_PER_S

"""What is done when the span of a request ends that can be estimated: it is counted, and what it comes to is written on it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact import semconv
from otel_genai_impact.impacts.methods import MEDIA_METHODS
from otel_genai_impact.telemetry.attributes import fill, fill_full, fill_minimal
from otel_genai_impact.telemetry.budgets.book import BOOK
from otel_genai_impact.telemetry.ledger import LEDGER, POST_WHEN_QUEUED
from otel_genai_impact.telemetry.plans import Plans
from otel_genai_impact.telemetry.request import INFERENCE_KIND, NAMES, service_tier
from otel_genai_impact.telemetry.rollups import Sums
from otel_genai_impact.telemetry.scope import SCOPES, of_span
from otel_genai_impact.telemetry.writing import rewrite, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext

    from otel_genai_impact._config import Detail, Settings
    from otel_genai_impact.impacts.estimate import Estimate
    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.telemetry.attributing import Attribution
    from otel_genai_impact.telemetry.budgets.spending import Spending
    from otel_genai_impact.telemetry.counting_once import CountingOnce
    from otel_genai_impact.telemetry.ledger import Account, Row
    from otel_genai_impact.telemetry.media_plans import MediaPlans
    from otel_genai_impact.telemetry.metrics import Metrics
    from otel_genai_impact.telemetry.plans import Plan
    from otel_genai_impact.telemetry.request import Request, What
    from otel_genai_impact.telemetry.rollups import RollUps
    from otel_genai_impact.telemetry.scope import Scope
    from otel_genai_impact.telemetry.siblings import Leaf
    from otel_genai_impact.telemetry.writing import Parts

_NS_PER_S: Final = 1e9

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class EstimatedRecorder:
    """Estimates and counts requests by the settings of one span processor.

    Args:
        settings: of the processor.
        method: by which it estimates.
        catalog: what the names in a request mean.
        metrics: where it counts.
        once: what was counted a short while ago, in this process.
        rollups: what was counted below spans that have not ended, in this process.
        attribution: whom requests are for.
        spending: what budgets say about requests.
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
        spending: Spending,
    ) -> None:
        self.plans: Final = Plans(catalog, method, settings.detail, metrics.account)
        self.media: Final = _media_plans(catalog, method, settings.detail, metrics.account)
        self._once = once
        self._rollups = rollups
        self._attribution = attribution
        self._spending = spending
        self._has_metric_attributes = bool(settings.metric_attributes)
        self._counts_input = method.counts_input
        self._strict = settings.strict
        self._energy_histogram = metrics.energy_histogram if "energy" in settings.histograms else None
        self._gwp_histogram = metrics.gwp_histogram if "gwp" in settings.histograms else None
        self._has_histograms = self._energy_histogram is not None or self._gwp_histogram is not None
        self._fill = fill_minimal if settings.detail == "minimal" else fill
        self._full = settings.detail == "full"
        # What is looked at for each request, without a step in between.
        self._known_plans: Final = self.plans.known
        self._queue: Final = LEDGER.queue
        self._charge: Final = BOOK.charge
        self._below: Final = rollups.waiting.table

    def estimate(
        self,
        span: ReadableSpan,
        parts: Parts,
        request: Request,
        what: What,
        attributes: Mapping[str, Any],
        instead_of: Leaf | None = None,
    ) -> str | None:
        """Estimate, write and count a request, of a twin if that has no usage; or the reason why that cannot be done."""
        extra = self._attribution.in_metrics(attributes) if self._has_metric_attributes else ()
        asked = None
        if what[0] is not INFERENCE_KIND:
            media = self.media[request.kind]
            plan, asked = media.planned(request, attributes, extra)
            if plan is None:
                return media.why_no_plan(request)
        elif self._counts_input and (tier := service_tier(attributes)):
            plan = self.plans.plan(request, extra, tier)
        else:
            plan = self._known_plans.get((request[NAMES], extra)) or self.plans.plan(request, extra)
        if plan is None:
            return self.plans.why_no_plan(request)
        if self._strict:
            return semconv.NOT_MEASURED
        if instead_of is not None and not self._take_back(span, instead_of, plan):
            return semconv.DUPLICATE
        _, _, _, _, began_ns, ended_ns, _ = parts
        _, _, _, input_tokens, output_tokens = what
        output_tokens = output_tokens or 0
        duration_ns = (ended_ns or 0) - (began_ns or 0)
        latency_s = duration_ns / _NS_PER_S if duration_ns > 0 else inf
        of: tuple[Any, ...] = (output_tokens, latency_s)
        is_complete = duration_ns > 0
        if asked is not None:
            of, is_complete = (asked,), True
        elif self._counts_input:
            of = (output_tokens, latency_s, input_tokens or 0, request.cached_tokens or 0)
            is_complete = input_tokens is not None
        scope = of_span(span) if SCOPES.begun else None
        self.count(span, parts, plan, of, input_tokens or 0, output_tokens, is_complete, scope)
        return None

    def count(
        self,
        span: ReadableSpan,
        parts: Parts,
        plan: Plan,
        of: tuple[Any, ...],
        input_tokens: int,
        output_tokens: int,
        is_complete: bool,
        scope: Scope | None,
    ) -> None:
        """Estimate a request by its plan, `of` what the method asks, and count and write what it comes to."""
        estimate = plan.estimate(*of)
        # Counted first: whatever may go wrong with the span, the sums are right. As `LEDGER.add` does it.
        queue, counted = self._queue, (plan.row, estimate, input_tokens, output_tokens)
        queue.append(counted)
        if len(queue) >= POST_WHEN_QUEUED:
            LEDGER.post_soon()
        if scope is not None and (budgets := scope.budgets):
            reached = self._charge(budgets[-1], counted, self._spending.told, plan.bounds, of)
            if reached:
                self._spending.tell(span, reached)
        if parts[3] is not None or self._below:
            self._rollups.count(span, _new(Sums, (estimate.energy, estimate.gwp, estimate.wcf, 1, 0)))
        if self._has_histograms:
            self.record(estimate, plan.row, parts[2])
        ours = plan.attributes if is_complete else plan.attributes_if_lacking
        if self._full:
            write(span, ours, fill_full, (estimate, plan.bounds(*of)))
        else:
            write(span, ours, self._fill, estimate)

    def record(self, estimate: Estimate, row: Row, context: SpanContext | None) -> None:
        """Put a request into the histograms, with an exemplar that leads to its span."""
        if context is None:
            return
        if self._energy_histogram is not None:
            self._energy_histogram.put(estimate.energy, row.attributes, context)
        if self._gwp_histogram is not None:
            self._gwp_histogram.put(estimate.gwp, row.attributes, context)

    def _take_back(self, span: ReadableSpan, first: Leaf, plan: Plan) -> bool:
        """Take back what was counted for a request, to count it by this span; False if that is to stay."""
        counted = self._once.take_back(first, span)
        if counted is None:
            return False
        LEDGER.move(counted.row, plan.row, counted.input_tokens, counted.output_tokens)
        self._spending.taken_back(counted.budgets)
        self._rollups.take_back(counted.parent_id, counted.began_ns, is_remote=counted.is_remote)
        rewrite(counted.written, semconv.NOT_ESTIMATED, semconv.DUPLICATE)
        return True


def _media_plans(catalog: Catalog, method: Method, detail: Detail, account: Account) -> Mapping[str, MediaPlans]:
    """Plans by operation, of what is more than text; none where the method covers text alone."""
    if method.name not in MEDIA_METHODS:
        return {}
    from otel_genai_impact.telemetry.media_plans import media_plans

    return media_plans(catalog, method, detail, account)

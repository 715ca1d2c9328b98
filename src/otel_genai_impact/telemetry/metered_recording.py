"""What is done when the span of a request ends of which the energy was metered: it is counted whatever its model."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact import semconv
from otel_genai_impact.impacts.metered import NO_SHARE
from otel_genai_impact.telemetry.budgets.book import BOOK
from otel_genai_impact.telemetry.ledger import LEDGER
from otel_genai_impact.telemetry.metered_plans import MeteredPlans
from otel_genai_impact.telemetry.rollups import Sums
from otel_genai_impact.telemetry.scope import SCOPES, of_span
from otel_genai_impact.telemetry.writing import attributes_of, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact._config import Settings
    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.telemetry.attributing import Attribution
    from otel_genai_impact.telemetry.budgets.spending import Spending
    from otel_genai_impact.telemetry.estimated_recording import EstimatedRecorder
    from otel_genai_impact.telemetry.metered import Metered
    from otel_genai_impact.telemetry.metrics import Metrics
    from otel_genai_impact.telemetry.request import Request
    from otel_genai_impact.telemetry.rollups import RollUps
    from otel_genai_impact.telemetry.writing import Parts

_NS_PER_S: Final = 1e9


class MeteredRecorder:
    """Counts metered requests by the settings of one span processor. Its arguments are those of `Recorder`."""

    def __init__(
        self,
        settings: Settings,
        *,
        estimated: EstimatedRecorder,
        method: Method,
        catalog: Catalog,
        metrics: Metrics,
        rollups: RollUps,
        attribution: Attribution,
        spending: Spending,
    ) -> None:
        self._plans = MeteredPlans(estimated.plans, catalog, method, settings.detail, metrics.account)
        self._rollups = rollups
        self._attribution = attribution
        self._spending = spending
        self._has_metric_attributes = bool(settings.metric_attributes)
        self._record: Final = estimated.record

    def count(
        self, span: ReadableSpan, parts: Parts, request: Request, attributes: Mapping[str, Any], metered: Metered
    ) -> None:
        """Count a request, and write what it comes to."""
        extra = self._attribution.in_metrics(attributes) if self._has_metric_attributes else ()
        plan = self._plans.plan(request, extra, metered)
        _, _, context, _, began_ns, ended_ns, _ = parts
        duration_ns = (ended_ns or 0) - (began_ns or 0)
        latency_s = duration_ns / _NS_PER_S if duration_ns > 0 else inf
        estimate, written = self._plans.assess(plan, metered, request, latency_s)
        # Counted first: whatever may go wrong with the span, the sums are right.
        counted = plan.row, estimate, max(request.input_tokens or 0, 0), max(request.output_tokens or 0, 0)
        LEDGER.add(*counted)
        scope = of_span(span) if SCOPES.begun else None
        if scope is not None and scope.budgets:
            of = (metered.energy_j, NO_SHARE)
            reached = BOOK.charge(scope.budgets[-1], counted, self._spending.told, plan.system.bounds, of)
            if reached:
                self._spending.tell(span, reached)
        self._rollups.count(span, Sums(estimate.energy, estimate.gwp, estimate.wcf, 1, 0))
        self._record(estimate, plan.row, context)
        write(span, written)

    def assume(self, span: ReadableSpan, code: str) -> None:
        """Add a code to what was assumed of an estimated request, where assumptions are written at all."""
        written = attributes_of(span)
        if semconv.DATA_VERSION in written:
            write(span, {semconv.ASSUMPTIONS: tuple(sorted((*written.get(semconv.ASSUMPTIONS, ()), code)))})

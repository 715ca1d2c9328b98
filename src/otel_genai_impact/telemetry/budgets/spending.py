"""From a request that was counted to its budgets, and what they come to on its span."""

from __future__ import annotations

from time import time_ns
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact import semconv
from otel_genai_impact.telemetry.budgets.amounts import TAKEN_BACK, WITHOUT_ESTIMATE
from otel_genai_impact.telemetry.budgets.book import BOOK
from otel_genai_impact.telemetry.scope import of_span
from otel_genai_impact.telemetry.writing import add_event, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.book import Reached
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

_REFUSED: Final = "BudgetExceeded"


class Spending:
    """Takes requests from the budgets that they started in. To be asked only where there is a scope at all.

    Attributes:
        told: counts for the metrics.
    """

    def __init__(self, told: BudgetMetrics) -> None:
        self.told: Final = told

    def not_estimated(self, span: ReadableSpan) -> None:
        """A request was counted, without an estimate."""
        blocks = budgets_of(span)
        if blocks:
            reached = BOOK.spend(blocks, WITHOUT_ESTIMATE, self.told)
            if reached:
                self.tell(span, reached)

    def taken_back(self, blocks: tuple[Block, ...]) -> None:
        """A request without an estimate was counted in these, and will be counted elsewhere."""
        if blocks:
            BOOK.spend(blocks, TAKEN_BACK, self.told)

    def was_refused(self, span: ReadableSpan, attributes: Mapping[str, Any]) -> bool:
        """Whether a span that failed did so because a budget refused its request, which was never sent; then it says so."""
        if not str(attributes.get("error.type", "")).endswith(_REFUSED) and not any(
            str((event.attributes or {}).get("exception.type", "")).endswith(_REFUSED) for event in span.events
        ):
            return False
        names = [block.name for block in budgets_of(span) if block.action == "refuse" and block.exceeded]
        write(span, {semconv.BUDGET_EXCEEDED: tuple(dict.fromkeys(names))})
        return True

    def tell(self, span: ReadableSpan, reached: list[Reached]) -> None:
        """Say on a span that a budget's limit is reached, and signal it if it was not before."""
        write(span, {semconv.BUDGET_EXCEEDED: tuple(dict.fromkeys(block.name for block, *_ in reached))})
        for block, limit, used, is_first in reached:
            if not is_first:
                continue
            said = {
                semconv.BUDGET_NAME: block.name,
                semconv.BUDGET_CRITERION: limit.criterion.name,
                semconv.BUDGET_ACTION: block.action,
                limit.criterion.limit_name: limit.amount,
                limit.criterion.used_high_name: used[limit.criterion.high],
                limit.criterion.used_name: used[limit.criterion.column],
            }
            add_event(span, semconv.BUDGET_EXCEEDED, said, span.end_time or time_ns())
            if block.account.decides:
                block.signal(limit, used, self.told, span.context)


def budgets_of(span: ReadableSpan) -> tuple[Block, ...]:
    """The budgets that a request is taken from: those its span started in."""
    scope = of_span(span)
    return () if scope is None else scope.budgets

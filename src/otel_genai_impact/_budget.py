"""Budgets, with the gates that refuse requests: they know nothing of each other, and meet here."""

from __future__ import annotations

from otel_genai_impact.instrumentation._gate import GATE
from otel_genai_impact.telemetry.budgets.block import BudgetExceeded
from otel_genai_impact.telemetry.budgets.budget import budget
from otel_genai_impact.telemetry.budgets.refusing import GATES, refuse_if_used_up, refuse_if_used_up_async

__all__ = ["BudgetExceeded", "budget"]


def _put_up_gates() -> None:
    GATE.put_up(refuse_if_used_up, refuse_if_used_up_async)


GATES.put_up = _put_up_gates

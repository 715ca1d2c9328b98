"""Each test starts as a process without budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_genai_impact.telemetry.budgets import budget as budget_module
from otel_genai_impact.telemetry.budgets.configured import CONFIGURED
from otel_genai_impact.telemetry.budgets.forecast import HISTORY
from otel_genai_impact.telemetry.budgets.metrics import DECLARED
from otel_genai_impact.telemetry.budgets.windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def no_budgets_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No names, no keys, no history; and a short patience with functions that do not return."""
    monkeypatch.setattr(budget_module, "_PATIENCE_S", 0.3)
    yield
    DECLARED.limits.clear()
    CONFIGURED._limits = {}
    WINDOWS._accounts.clear()
    HISTORY._sums.clear()

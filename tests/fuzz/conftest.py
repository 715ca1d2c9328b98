"""Fixtures of the fuzzing: failures of ours are not contained, and what it counts is nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import _contain
from otel_genai_impact.telemetry import metrics
from otel_genai_impact.telemetry.ledger import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module", autouse=True)
def failures_are_seen() -> Iterator[None]:
    """What is contained in an application fails here."""
    accounts, instruments, contained = list(LEDGER.accounts), list(metrics._ALL), _contain.reraise
    _contain.reraise = True
    yield
    _contain.reraise = contained
    LEDGER.accounts[:] = accounts
    metrics._ALL[:] = instruments

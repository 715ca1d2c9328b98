"""Fixtures for unit tests: failures of ours are not contained, and each test starts with an empty memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import _contain
from otel_genai_impact.telemetry import counting_once, metrics, rollups
from otel_genai_impact.telemetry.counting_once import CountingOnce
from otel_genai_impact.telemetry.ledger import LEDGER
from otel_genai_impact.telemetry.rollups import RollUps
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def clean_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has just started; and a failure of ours fails the test."""
    monkeypatch.setattr(_contain, "reraise", True)
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    monkeypatch.setattr(counting_once, "COUNTING_ONCE", CountingOnce())
    monkeypatch.setattr(rollups, "ROLL_UPS", RollUps())
    accounts, instruments = list(LEDGER.accounts), list(metrics._ALL)
    yield
    LEDGER.accounts[:] = accounts
    metrics._ALL[:] = instruments


@pytest.fixture
def telemetry() -> Telemetry:
    """An application with our span processor and default settings."""
    return Telemetry()

"""The interval of many requests in the summary at exit: no more precise than the errors that they share allow."""

from __future__ import annotations

import pytest

from otel_genai_impact.telemetry import ledger
from otel_genai_impact.telemetry.energy_sums import energy_of
from otel_genai_impact.telemetry.ledger import LEDGER, Row
from otel_genai_impact.telemetry.summary import NOTHING, Apart, _Line, render
from tests.kit.telemetry import Telemetry

MODELS = ("gpt-4o", "gpt-4o-mini", "o1", "gpt-4-turbo", "gpt-3.5-turbo")


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> Telemetry:
    """An application with the method, and an empty ledger."""
    monkeypatch.setattr(LEDGER, "accounts", [])
    return Telemetry({"method": "native-1"})


def _spread(values: tuple[float, float, float]) -> float:
    return values[2] / values[0]


def _rows() -> list[Row]:
    return [row for row in LEDGER.totals() if row.sums[ledger.REQUESTS]]


def test_many_requests_of_one_model_are_known_no_better_than_one(native: Telemetry) -> None:
    """The factor between estimate and high stays what it is for one of them."""
    span = native.request()
    for _ in range(50):
        native.request()
    [row] = _rows()
    energy = energy_of(row)
    assert energy is not None
    one = span["genai_impact.energy_high"] / span["genai_impact.energy"]
    assert one == pytest.approx(energy.interval.high / energy.median)
    assert "batch:openai" in energy.errors
    assert "fit:openai/gpt-4o" in energy.errors


def test_several_models_are_known_better_than_the_sum_of_bounds_and_worse_than_independent_ones(
    native: Telemetry,
) -> None:
    """The summary's line for all lies between the two."""
    total = _Line()
    for model in MODELS:
        native.request({"gen_ai.request.model": model})
    for row in _rows():
        total.add(row)
    sums = total.sums
    widest = sums[ledger.ENERGY_HIGH] / sums[ledger.ENERGY]
    independent = 1 + (
        sum((row.sums[ledger.ENERGY_HIGH] - row.sums[ledger.ENERGY]) ** 2 for row in _rows()) ** 0.5
        / sums[ledger.ENERGY]
    )
    assert independent < _spread(total.energy_j) < widest


def test_the_summary_says_what_its_interval_is(native: Telemetry) -> None:
    """90 %, and that shared errors do not average out."""
    for model in MODELS:
        native.request({"gen_ai.request.model": model})
    text = render(LEDGER.totals())
    assert "90 % interval, in which errors that requests share do not average out" in text


def test_one_request_without_named_errors_makes_the_bounds_limits(native: Telemetry) -> None:
    """A process with both methods: nobody knows the likelihood of their sum."""
    native.request()
    Telemetry().request()
    rows = _rows()
    assert sorted([True, False]) == sorted(energy_of(row) is None for row in rows)
    assert "estimate (lowest-highest)" in render(rows)


def test_a_row_without_requests_has_no_energy(native: Telemetry) -> None:
    """As one that was taken back."""
    native.request()
    [row] = _rows()
    row.sums = [0.0] * ledger.COLUMNS
    assert energy_of(row) is None


def test_training_and_network_are_lines_apart_and_change_no_figure(native: Telemetry) -> None:
    """Five requests of 0.019 g; 5 x 320 tokens of 5 bytes at 2 kWh for 1e9 bytes: 16 mWh. Off by default."""
    for model in MODELS:
        native.request({"gen_ai.request.model": model})
    plain = render(LEDGER.totals(), NOTHING)
    told = render(LEDGER.totals(), Apart(training_g_per_request=0.019, network_kwh_per_gb=2.0))
    assert told.startswith(plain)
    assert [
        "Apart, and in no figure: training, 95.0 mg CO2eq (0.019 g a request, as set)",
        "Apart, and in no figure: network, 16.0 mWh (2 kWh/GB, as set; text alone)",
    ] == told.removeprefix(plain).splitlines()

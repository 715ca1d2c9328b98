"""The five criteria and their units."""

from __future__ import annotations

from otel_genai_impact import semconv
from otel_genai_impact.impacts.criteria import ADPE, CRITERIA, ENERGY, GWP, PE, WCF


def test_the_reported_units_follow_from_those_of_the_model() -> None:
    """1 kWh = 1000 W x 3600 s = 3.6e6 J; 1 kg = 1000 g; 1 MJ = 1e6 J; 1 L = 1 L."""
    factors = {criterion.key: criterion.reported_per_model_unit for criterion in CRITERIA}
    assert factors == {"energy": 1000.0 * 3600, "gwp": 1000.0, "adpe": 1000.0, "pe": 1e6, "wcf": 1.0}


def test_units_and_keys_are_those_of_the_telemetry() -> None:
    """A criterion is reported in the unit, and under the name, that the telemetry contract gives it."""
    expected = [
        (semconv.ENERGY, semconv.UNIT_ENERGY, "kWh"),
        (semconv.GWP, semconv.UNIT_MASS, "kgCO2eq"),
        (semconv.ADPE, semconv.UNIT_MASS, "kgSbeq"),
        (semconv.PE, semconv.UNIT_ENERGY, "MJ"),
        (semconv.WCF, semconv.UNIT_WATER, "L"),
    ]
    criteria = (ENERGY, GWP, ADPE, PE, WCF)
    assert criteria == CRITERIA
    actual = [
        (f"genai_impact.{criterion.key}", criterion.reported_unit, criterion.model_unit) for criterion in criteria
    ]
    assert expected == actual

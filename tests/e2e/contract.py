"""The telemetry contract as the suite expects it behind the Collector: written out, not imported from the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.kit.otlp_records import PointRecord, SpanRecord

# What an estimated request carries at the standard detail, and the type of its value.
SPAN_ATTRIBUTES: dict[str, type] = {
    "genai_impact.energy": float,
    "genai_impact.energy_low": float,
    "genai_impact.energy_high": float,
    "genai_impact.gwp": float,
    "genai_impact.gwp_low": float,
    "genai_impact.gwp_high": float,
    "genai_impact.gwp_embodied": float,
    "genai_impact.adpe": float,
    "genai_impact.pe": float,
    "genai_impact.wcf": float,
    "genai_impact.method": str,
    "genai_impact.model": str,
    "genai_impact.source": str,
    "genai_impact.zone": str,
    "genai_impact.data_version": str,
    "genai_impact.assumptions": tuple,
}
NOT_ESTIMATED_ATTRIBUTES = {"genai_impact.not_estimated", "genai_impact.method", "genai_impact.data_version"}


class CounterContract(NamedTuple):
    unit: str
    prometheus_name: str
    phases: bool = False


# Every counter equals the sum of the span attribute of its name.
COUNTERS = {
    "genai_impact.energy": CounterContract("J", "genai_impact_energy_joules_total"),
    "genai_impact.energy_low": CounterContract("J", "genai_impact_energy_low_joules_total"),
    "genai_impact.energy_high": CounterContract("J", "genai_impact_energy_high_joules_total"),
    "genai_impact.gwp": CounterContract("g", "genai_impact_gwp_grams_total", phases=True),
    "genai_impact.gwp_low": CounterContract("g", "genai_impact_gwp_low_grams_total"),
    "genai_impact.gwp_high": CounterContract("g", "genai_impact_gwp_high_grams_total"),
    "genai_impact.adpe": CounterContract("g", "genai_impact_adpe_grams_total", phases=True),
    "genai_impact.pe": CounterContract("J", "genai_impact_pe_joules_total", phases=True),
    "genai_impact.wcf": CounterContract("L", "genai_impact_wcf_L_total"),
}
REQUESTS, REQUESTS_IN_PROMETHEUS = "genai_impact.requests", "genai_impact_requests_total"
HISTOGRAM, HISTOGRAM_IN_PROMETHEUS = "genai_impact.request.energy", "genai_impact_request_energy_joules"
ENERGY_BOUNDARIES_J = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6)
REQUEST_ATTRIBUTES = {
    "gen_ai.provider.name",
    "gen_ai.response.model",
    "gen_ai.operation.name",
    "genai_impact.model",
    "genai_impact.zone",
    "genai_impact.source",
    "genai_impact.method",
}


def number(span: SpanRecord, attribute: str) -> float:
    value = span.attributes[attribute]
    assert isinstance(value, float)
    return value


def total(spans: list[SpanRecord], attribute: str) -> float:
    return sum(number(span, attribute) for span in spans)


def ours(span: SpanRecord) -> set[str]:
    return {name for name in span.attributes if name.startswith("genai_impact.")}


def without_phase(point: PointRecord) -> set[str]:
    return set(point.attributes) - {"genai_impact.phase"}

"""What the shipped configuration does to telemetry, shown with the SDK alone."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.metrics.export import AggregationTemporality

from tests.e2e.openmetrics import scrape
from tests.e2e.sender import meter_provider, tracer_provider

if TYPE_CHECKING:
    from tests.e2e.collector import Collector
    from tests.e2e.openmetrics import Sample
    from tests.kit.otlp_sink import OtlpSink

CUMULATIVE = AggregationTemporality.CUMULATIVE
DELTA = AggregationTemporality.DELTA
PROMETHEUS_NAMES = {
    ("genai_impact.energy", "J"): "genai_impact_energy_joules_total",
    ("genai_impact.energy_low", "J"): "genai_impact_energy_low_joules_total",
    ("genai_impact.energy_high", "J"): "genai_impact_energy_high_joules_total",
    ("genai_impact.gwp", "g"): "genai_impact_gwp_grams_total",
    ("genai_impact.gwp_low", "g"): "genai_impact_gwp_low_grams_total",
    ("genai_impact.gwp_high", "g"): "genai_impact_gwp_high_grams_total",
    ("genai_impact.adpe", "g"): "genai_impact_adpe_grams_total",
    ("genai_impact.pe", "J"): "genai_impact_pe_joules_total",
    ("genai_impact.wcf", "L"): "genai_impact_wcf_L_total",
    ("genai_impact.requests", "{request}"): "genai_impact_requests_total",
    ("genai_impact.budget.energy.used", "J"): "genai_impact_budget_energy_used_joules_total",
    ("genai_impact.budget.exceeded", "{event}"): "genai_impact_budget_exceeded_total",
}


def samples_of(collector: Collector, service: str) -> list[Sample]:
    """What the scrape endpoint shows of one service; its metrics may arrive a moment after they were sent."""
    give_up_at = time.monotonic() + 10
    while time.monotonic() < give_up_at:
        samples = [
            sample for sample in scrape(collector.prometheus_endpoint) if sample.labels.get("service_name") == service
        ]
        if samples:
            return samples
        time.sleep(0.05)
    raise TimeoutError(f"no sample of {service} at http://{collector.prometheus_endpoint}/metrics")


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_span_arrives_as_it_was_sent(collector: Collector, backend: OtlpSink, protocol: str) -> None:
    """Over both protocols the backend stores every attribute with its value and type, and the same ids."""
    attributes = {"genai_impact.energy": 0.1 + 0.2, "genai_impact.zone": "FRA", "genai_impact.rollup.requests": 3}
    with tracer_provider(collector, protocol, service=f"spans-{protocol}") as provider:
        tracer = provider.get_tracer("test")
        with tracer.start_as_current_span(protocol, attributes=attributes) as span:
            span.set_attribute("genai_impact.assumptions", ["data_center.default", "zone.world"])
        backend.wait_for(lambda sink: bool(sink.spans_by_name(protocol)))
    [stored] = backend.spans_by_name(protocol)
    assert {**attributes, "genai_impact.assumptions": ("data_center.default", "zone.world")} == stored.attributes
    assert f"{span.get_span_context().trace_id:032x}" == stored.trace_id
    assert f"spans-{protocol}" == stored.resource["service.name"]


def test_prometheus_names_are_those_of_the_contract(collector: Collector) -> None:
    """Every counter appears under the documented name, with the exact value."""
    with meter_provider(collector, {"service.name": "names"}, CUMULATIVE) as provider:
        meter = provider.get_meter("otel_genai_impact")
        for name, unit in PROMETHEUS_NAMES:
            counter = meter.create_counter(name, unit)
            counter.add(0.1)
            counter.add(0.2)
        assert provider.force_flush()
        samples = samples_of(collector, "names")
    assert dict.fromkeys(PROMETHEUS_NAMES.values(), 0.1 + 0.2) == {sample.name: sample.value for sample in samples}


def test_histogram_exemplars_lead_to_the_trace(collector: Collector) -> None:
    """The scrape endpoint shows the bucket's exemplar with the ids of the span in which the value was recorded."""
    with (
        tracer_provider(collector, "grpc", service="exemplars") as spans,
        meter_provider(collector, {"service.name": "exemplars"}, CUMULATIVE) as metrics,
    ):
        energy = metrics.get_meter("otel_genai_impact").create_histogram(
            "genai_impact.request.energy", "J", explicit_bucket_boundaries_advisory=[1.0, 10.0, 100.0]
        )
        with spans.get_tracer("test").start_as_current_span("chat") as span:
            energy.record(42.0)
        assert metrics.force_flush()
        samples = samples_of(collector, "exemplars")
    buckets = [sample for sample in samples if sample.name == "genai_impact_request_energy_joules_bucket"]
    assert {"1.0": 0, "10.0": 0, "100.0": 1, "+Inf": 1} == {sample.labels["le"]: sample.value for sample in buckets}
    [exemplar] = [sample.exemplar for sample in buckets if sample.exemplar]
    context = span.get_span_context()
    assert {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"} == exemplar.labels
    assert 42.0 == exemplar.value


def test_labels_name_the_service_and_not_the_machinery(collector: Collector) -> None:
    """Resource attributes become labels, but not the SDK's version and not the command line, which may hold secrets."""
    resource = {
        "service.name": "labels",
        "deployment.environment.name": "staging",
        "process.pid": "1234",
        "process.command_line": "app.py --password=hunter2",
        "process.command_args": "app.py --password=hunter2",
        "process.runtime.name": "cpython",
    }
    with meter_provider(collector, resource, CUMULATIVE) as provider:
        provider.get_meter("otel_genai_impact").create_counter("genai_impact.requests").add(
            1, {"genai_impact.zone": "FRA"}
        )
        assert provider.force_flush()
        [sample] = samples_of(collector, "labels")
    instance = sample.labels.pop("service_instance_id")
    assert {
        "job": "labels",
        "instance": instance,
        "service_name": "labels",
        "deployment_environment_name": "staging",
        "process_pid": "1234",
        "genai_impact_zone": "FRA",
        "otel_scope_name": "otel_genai_impact",
        "otel_scope_version": "",
        "otel_scope_schema_url": "",
    } == sample.labels


def test_differences_become_running_totals_across_a_pause(collector: Collector) -> None:
    """A sender of differences that says nothing for one export (3 J, pause, 4 J) is not mistaken for a restarted one."""
    with meter_provider(collector, {"service.name": "delta"}, DELTA) as provider:
        counter = provider.get_meter("otel_genai_impact").create_counter("genai_impact.energy", "J")
        other = provider.get_meter("otel_genai_impact").create_counter("genai_impact.requests")
        for energy_j in (3.0, None, 4.0):
            other.add(1)
            if energy_j is not None:
                counter.add(energy_j)
            assert provider.force_flush()
        samples = samples_of(collector, "delta")
    assert {
        "genai_impact_energy_joules_total": 3.0 + 4.0,
        "genai_impact_requests_total": 3.0,
    } == {sample.name: sample.value for sample in samples}


def test_metrics_reach_the_backend_too(collector: Collector, backend: OtlpSink) -> None:
    """Prometheus does not take them away: name, unit, temporality and value arrive over OTLP as they were sent."""
    with meter_provider(collector, {"service.name": "otlp"}, DELTA) as provider:
        counter = provider.get_meter("otel_genai_impact").create_counter("genai_impact.wcf", "L")
        counter.add(0.25, {"genai_impact.zone": "otlp"})
        assert provider.force_flush()
        backend.wait_for(lambda sink: bool(sink.points_of("genai_impact.wcf", **{"genai_impact.zone": "otlp"})))
    [point] = backend.points_of("genai_impact.wcf", **{"genai_impact.zone": "otlp"})
    assert ("sum", "delta", True, "L") == (point.kind, point.temporality, point.monotonic, point.unit)
    assert math.isclose(0.25, point.total, rel_tol=1e-12)

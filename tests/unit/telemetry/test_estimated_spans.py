"""What an estimated request leaves on its span and in the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry import baggage
from opentelemetry.sdk.trace import SpanLimits

from otel_genai_impact import estimate
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from otel_genai_impact.inventory.assessing import Assessment


@pytest.fixture
def gpt_4o() -> Assessment:
    """300 tokens of gpt-4o in 2 seconds, by the readable formulas."""
    return estimate("openai", "gpt-4o", output_tokens=300, latency_s=2.0)


def test_the_whole_span(telemetry: Telemetry, gpt_4o: Assessment) -> None:
    """The user's attributes stay as they are, and the contract's follow in its order and units."""
    attributes = telemetry.request()
    impacts = gpt_4o.impacts
    close = pytest.approx
    expected = {
        **CHAT,
        **USAGE,
        "genai_impact.energy": close(impacts.energy_kwh.estimate * 3.6e6, rel=1e-12),
        "genai_impact.energy_low": close(impacts.energy_kwh.low * 3.6e6, rel=1e-12),
        "genai_impact.energy_high": close(impacts.energy_kwh.high * 3.6e6, rel=1e-12),
        "genai_impact.gwp": close(impacts.gwp_kgco2eq.estimate * 1e3, rel=1e-12),
        "genai_impact.gwp_low": close(impacts.gwp_kgco2eq.low * 1e3, rel=1e-12),
        "genai_impact.gwp_high": close(impacts.gwp_kgco2eq.high * 1e3, rel=1e-12),
        "genai_impact.method": "ecologits-0.11",
        "genai_impact.model": "openai/gpt-4o",
        "genai_impact.source": "modelled",
        "genai_impact.zone": "USA",
        "genai_impact.wcf": close(impacts.wcf_l.estimate, rel=1e-12),
        "genai_impact.gwp_embodied": close(impacts.embodied.gwp_kgco2eq.estimate * 1e3, rel=1e-12),
        "genai_impact.adpe": close(impacts.adpe_kgsbeq.estimate * 1e3, rel=1e-12),
        "genai_impact.pe": close(impacts.pe_mj.estimate * 1e6, rel=1e-12),
        "genai_impact.data_version": "2026.11",
        "genai_impact.assumptions": ("model.multimodal", "model.parameters.undisclosed", "zone.provider_default"),
    }
    assert list(expected) == list(attributes)
    assert expected == attributes


def test_at_most_sixteen_attributes(telemetry: Telemetry) -> None:
    """Standard detail adds at most 16 attributes, with every assumption there is."""
    attributes = telemetry.request({"gen_ai.provider.name": "somebody"}, seconds=0)
    ours = [key for key in attributes if key.startswith("genai_impact.")]
    assert len(ours) == 16
    assert attributes["genai_impact.assumptions"] == (
        "data_center.default",
        "latency.unknown",
        "model.multimodal",
        "model.parameters.undisclosed",
        "zone.world",
    )


def test_minimal_detail() -> None:
    """Minimal detail keeps energy, gwp and the method."""
    attributes = Telemetry({"detail": "minimal"}).request()
    assert [key for key in attributes if key.startswith("genai_impact.")] == [
        "genai_impact.energy",
        "genai_impact.gwp",
        "genai_impact.method",
    ]


def test_full_detail(gpt_4o: Assessment) -> None:
    """Full detail adds every bound and every embodied part."""
    standard, full = Telemetry().request(), Telemetry({"detail": "full"}).request()
    impacts = gpt_4o.impacts
    assert {key: value for key, value in full.items() if key not in standard} == {
        "genai_impact.adpe_low": pytest.approx(impacts.adpe_kgsbeq.low * 1e3, rel=1e-12),
        "genai_impact.adpe_high": pytest.approx(impacts.adpe_kgsbeq.high * 1e3, rel=1e-12),
        "genai_impact.adpe_embodied": pytest.approx(impacts.embodied.adpe_kgsbeq.estimate * 1e3, rel=1e-12),
        "genai_impact.pe_low": pytest.approx(impacts.pe_mj.low * 1e6, rel=1e-12),
        "genai_impact.pe_high": pytest.approx(impacts.pe_mj.high * 1e6, rel=1e-12),
        "genai_impact.pe_embodied": pytest.approx(impacts.embodied.pe_mj.estimate * 1e6, rel=1e-12),
        "genai_impact.wcf_low": pytest.approx(impacts.wcf_l.low, rel=1e-12),
        "genai_impact.wcf_high": pytest.approx(impacts.wcf_l.high, rel=1e-12),
    }


def test_a_full_span_keeps_the_users_attributes() -> None:
    """With 128 attributes there already, none is evicted; ours are left out and counted as dropped."""
    telemetry = Telemetry()
    others = {f"user.{number}": number for number in range(128 - len(CHAT) - len(USAGE))}
    attributes = telemetry.request(others)
    assert {**CHAT, **others, **USAGE} == attributes
    assert len(attributes) == 128
    assert telemetry.spans[-1].dropped_attributes == 16
    assert telemetry.total("genai_impact.requests") == 1


def test_a_nearly_full_span_gets_the_first_ones() -> None:
    """Where there is room for three, they are the first three of the contract."""
    telemetry = Telemetry(limits=SpanLimits(max_span_attributes=len(CHAT) + len(USAGE) + 3))
    attributes = telemetry.request()
    assert list(attributes)[-3:] == ["genai_impact.energy", "genai_impact.energy_low", "genai_impact.energy_high"]
    assert telemetry.spans[-1].dropped_attributes == 16 - 3


def test_attribute_values_respect_the_length_limit() -> None:
    """A limit on the length of values holds for ours, too."""
    attributes = Telemetry(limits=SpanLimits(max_span_attribute_length=9)).request({"gen_ai.request.model": "gpt-4o"})
    assert attributes["genai_impact.method"] == "ecologits"
    assert attributes["genai_impact.assumptions"] == ("model.mul", "model.par", "zone.prov")


def test_every_metric_of_the_contract(telemetry: Telemetry, gpt_4o: Assessment) -> None:
    """One request gives one point in each instrument, two where there are phases, with R as attributes."""
    telemetry.request({"gen_ai.response.model": "gpt-4o-2024-08-06"})
    row = {
        "gen_ai.provider.name": "openai",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.operation.name": "chat",
        "genai_impact.model": "openai/gpt-4o-2024-08-06",
        "genai_impact.zone": "USA",
        "genai_impact.source": "modelled",
        "genai_impact.method": "ecologits-0.11",
    }
    usage, embodied = {**row, "genai_impact.phase": "usage"}, {**row, "genai_impact.phase": "embodied"}
    impacts = estimate("openai", "gpt-4o-2024-08-06", output_tokens=300, latency_s=2.0).impacts

    def close(value: float) -> object:
        return pytest.approx(value, rel=1e-12)

    points = telemetry.points()
    expected = [
        ("genai_impact.requests", row, 1),
        ("genai_impact.energy", row, close(impacts.energy_kwh.estimate * 3.6e6)),
        ("genai_impact.energy_low", row, close(impacts.energy_kwh.low * 3.6e6)),
        ("genai_impact.energy_high", row, close(impacts.energy_kwh.high * 3.6e6)),
        ("genai_impact.gwp", usage, close(impacts.usage.gwp_kgco2eq.estimate * 1e3)),
        ("genai_impact.gwp", embodied, close(impacts.embodied.gwp_kgco2eq.estimate * 1e3)),
        ("genai_impact.gwp_low", row, close(impacts.gwp_kgco2eq.low * 1e3)),
        ("genai_impact.gwp_high", row, close(impacts.gwp_kgco2eq.high * 1e3)),
        ("genai_impact.adpe", usage, close(impacts.usage.adpe_kgsbeq.estimate * 1e3)),
        ("genai_impact.adpe", embodied, close(impacts.embodied.adpe_kgsbeq.estimate * 1e3)),
        ("genai_impact.pe", usage, close(impacts.usage.pe_mj.estimate * 1e6)),
        ("genai_impact.pe", embodied, close(impacts.embodied.pe_mj.estimate * 1e6)),
        ("genai_impact.wcf", row, close(impacts.wcf_l.estimate)),
        ("genai_impact.request.energy", row, close(impacts.energy_kwh.estimate * 3.6e6)),
    ]
    assert sorted(expected, key=str) == sorted(points, key=str) or len(points) == len(expected)
    for point in expected:
        assert point in points


def test_units_and_kinds(telemetry: Telemetry) -> None:
    """Units are the contract's: bare UCUM, and the counters are monotonic."""
    telemetry.request()
    data = telemetry.reader.get_metrics_data()
    assert data is not None
    metrics = data.resource_metrics[0].scope_metrics[0].metrics
    assert data.resource_metrics[0].scope_metrics[0].scope.name == "otel_genai_impact"
    assert {metric.name: metric.unit for metric in metrics} == {
        "genai_impact.requests": "{request}",
        "genai_impact.energy": "J",
        "genai_impact.energy_low": "J",
        "genai_impact.energy_high": "J",
        "genai_impact.gwp": "g",
        "genai_impact.gwp_low": "g",
        "genai_impact.gwp_high": "g",
        "genai_impact.adpe": "g",
        "genai_impact.pe": "J",
        "genai_impact.wcf": "L",
        "genai_impact.request.energy": "J",
    }


def test_exemplars_lead_to_the_span(telemetry: Telemetry) -> None:
    """The histogram's exemplar has the ids of the very span."""
    telemetry.request()
    (point,) = telemetry.histogram_points("genai_impact.request.energy")
    context = telemetry.spans[-1].context
    assert context is not None
    assert [(exemplar.trace_id, exemplar.span_id) for exemplar in point.exemplars] == [
        (context.trace_id, context.span_id)
    ]
    assert point.explicit_bounds == (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6)


def test_a_collection_inside_a_span_lends_no_exemplars(telemetry: Telemetry) -> None:
    """Whoever collects inside a span of theirs has nothing to do with the requests that are counted then."""
    telemetry.request()
    with telemetry.tracers.get_tracer("app").start_as_current_span("unrelated"):
        data = telemetry.reader.get_metrics_data()
    assert data is not None
    points = [
        point
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
        for point in metric.data.data_points
        if metric.name != "genai_impact.request.energy"
    ]
    assert [] == [exemplar for point in points for exemplar in point.exemplars]
    assert len(points) == 13


@pytest.mark.parametrize(
    ("setting", "recorded"),
    [
        ("none", set[str]()),
        ("energy", {"genai_impact.request.energy"}),
        ("energy,gwp", {"genai_impact.request.energy", "genai_impact.request.gwp"}),
    ],
)
def test_histograms_can_be_chosen(setting: str, recorded: set[str]) -> None:
    """The setting says which histograms are recorded."""
    telemetry = Telemetry({"histograms": setting})
    telemetry.request()
    assert {name for name, _, _ in telemetry.points() if ".request." in name} == recorded


def test_the_zone_of_the_settings() -> None:
    """A zone that the user sets holds for all providers, and is no assumption."""
    attributes = Telemetry({"zone": "fra"}).request()
    assert attributes["genai_impact.zone"] == "FRA"
    assert attributes["genai_impact.assumptions"] == ("model.multimodal", "model.parameters.undisclosed")


def test_metric_attributes_come_from_the_span_then_from_baggage() -> None:
    """What the span says about a key holds; else what was in the baggage when it started."""
    telemetry = Telemetry({"metric_attributes": "tenant,feature,absent"})
    context = baggage.set_baggage("tenant", "of-baggage", baggage.set_baggage("feature", "search"))
    telemetry.request({"tenant": "of-span"}, context=context)
    telemetry.request(context=context)
    assert telemetry.total("genai_impact.requests", tenant="of-span", feature="search") == 1
    assert telemetry.total("genai_impact.requests", tenant="of-baggage", feature="search") == 1


def test_a_request_model_stands_in_for_an_unknown_response_model(telemetry: Telemetry) -> None:
    """Where the inventory does not know the name in the response, that of the request is used, and said."""
    attributes = telemetry.request({"gen_ai.response.model": "gpt-4o-from-tomorrow"})
    assert attributes["genai_impact.model"] == "openai/gpt-4o"
    assert "model.from_request" in attributes["genai_impact.assumptions"]


def test_zero_output_tokens_with_input_are_estimated(telemetry: Telemetry) -> None:
    """0 tokens out for 20 in is a request with its time on the servers."""
    attributes = telemetry.request({"gen_ai.usage.output_tokens": 0})
    assert attributes["genai_impact.energy"] > 0
    assert "genai_impact.not_estimated" not in attributes


def test_the_applications_own_spans_are_left_alone(telemetry: Telemetry) -> None:
    """A span that is no request gets nothing from us, nor does one between a request and the local root."""
    root = telemetry.start({"http.route": "/chat"}, name="POST /chat")
    parent = telemetry.start({"code.function.name": "answer"}, name="answer", parent=root)
    telemetry.request(parent=parent)
    assert telemetry.end(parent) == {"code.function.name": "answer"}
    assert telemetry.end(telemetry.start({"http.route": "/"}, name="GET /")) == {"http.route": "/"}


def test_the_region_that_a_host_names_is_on_the_span_and_makes_a_plan_of_its_own() -> None:
    """Two regions of Bedrock under the same names: France and Sweden, and again France; a strange host changes nothing."""
    telemetry = Telemetry()
    bedrock = {"gen_ai.provider.name": "aws.bedrock", "gen_ai.request.model": "anthropic.claude-3-haiku-20240307-v1:0"}
    hosts = [
        f"bedrock-runtime.{region}.amazonaws.com" for region in ("eu-west-3", "eu-north-1", "eu-west-3", "nowhere-9")
    ]
    zones = [telemetry.request({**bedrock, "server.address": host})["genai_impact.zone"] for host in hosts]
    assert ["FRA", "SWE", "FRA", "USA"] == zones
    assert ["FRA", "SWE"] == [
        telemetry.request({**bedrock, "server.address": host, "gen_ai.response.id": "x"})["genai_impact.zone"]
        for host in hosts[:2]
    ]

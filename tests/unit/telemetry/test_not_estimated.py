"""Requests that cannot be estimated: each gets its reason, and each is counted."""

from __future__ import annotations

import math
from typing import Any

import pytest
from opentelemetry.trace import SpanKind

from tests.kit.telemetry import Telemetry

OUTPUT = "gen_ai.usage.output_tokens"
INPUT = "gen_ai.usage.input_tokens"


@pytest.mark.parametrize(
    ("changes", "error", "status"),
    [
        ({"gen_ai.operation.name": "embeddings", OUTPUT: None}, False, "unsupported_operation"),
        ({OUTPUT: None}, True, "error"),
        ({OUTPUT: -5}, False, "invalid_usage"),
        ({OUTPUT: math.nan}, False, "invalid_usage"),
        ({OUTPUT: math.inf}, False, "invalid_usage"),
        ({OUTPUT: 12.5}, False, "invalid_usage"),
        ({OUTPUT: True}, False, "invalid_usage"),
        ({OUTPUT: 100_000_001}, False, "invalid_usage"),
        ({OUTPUT: 10**30}, False, "invalid_usage"),
        ({OUTPUT: "a lot"}, False, "invalid_usage"),
        ({OUTPUT: "9" * 5000}, False, "invalid_usage"),
        ({OUTPUT: (1, 2)}, False, "invalid_usage"),
        ({INPUT: -1}, False, "invalid_usage"),
        ({OUTPUT: None}, False, "no_usage"),
        ({OUTPUT: 0, INPUT: None}, False, "no_usage"),
        ({OUTPUT: 0, INPUT: 0}, False, "no_usage"),
        ({"gen_ai.request.model": "text-embedding-3-small"}, False, "unsupported_operation"),
        ({"gen_ai.request.model": "gpt-image-1"}, False, "unsupported_operation"),
        ({"gen_ai.request.model": "gpt-99"}, False, "unknown_model"),
        ({"gen_ai.request.model": None}, False, "unknown_model"),
        ({"gen_ai.request.model": "ft:gpt-99:acme"}, False, "unknown_model"),
    ],
)
def test_each_reason_is_named_and_counted(changes: dict[str, Any], error: bool, status: str) -> None:
    """The span says why, with method and data version and no figure; the request is counted once, with the reason."""
    telemetry = Telemetry()
    attributes = telemetry.request(changes, error=error)
    assert {key: value for key, value in attributes.items() if key.startswith("genai_impact.")} == {
        "genai_impact.not_estimated": status,
        "genai_impact.method": "ecologits-0.11",
        "genai_impact.data_version": "2026.11",
    }
    points = [point for point in telemetry.points() if point[1].get("genai_impact.not_estimated") == status]
    assert [(name, value) for name, _, value in points] == [("genai_impact.requests", 1)]
    assert telemetry.total("genai_impact.requests") == 1


@pytest.mark.parametrize("tokens", [300, 300.0, "300", "300.0"])
def test_odd_spellings_of_a_count_are_counts(tokens: object) -> None:
    """Floats and numeric strings that are whole numbers are estimated as what they are."""
    assert Telemetry().request({OUTPUT: tokens})["genai_impact.energy"] == pytest.approx(
        Telemetry().request({OUTPUT: 300})["genai_impact.energy"], rel=1e-12
    )


@pytest.mark.parametrize("name", ["gpt-4o", "models/gpt-4o", "openai/gpt-4o"])
def test_prefixes_lead_to_the_same_model(name: str) -> None:
    """A known prefix is no other model."""
    assert Telemetry().request({"gen_ai.request.model": name})["genai_impact.model"] == "openai/gpt-4o"


def test_missing_names_are_missing_in_the_metrics() -> None:
    """What was not reported is no metric attribute: nothing stands in for it."""
    telemetry = Telemetry()
    telemetry.request(
        {"gen_ai.provider.name": None, "gen_ai.operation.name": None, "gen_ai.request.model": None}, name="call"
    )
    assert telemetry.points() == [("genai_impact.requests", {"genai_impact.not_estimated": "unknown_model"}, 1)]


def test_a_missing_operation_is_read_off_the_name() -> None:
    """Samplers may drop what a span started with; its name still says the operation."""
    telemetry = Telemetry()
    telemetry.request({"gen_ai.operation.name": None}, name="text_completion gpt-4o")
    assert telemetry.total("genai_impact.requests", gen_ai__operation__name="text_completion") == 1


def test_a_missing_provider_gets_the_default_data_centre() -> None:
    """The model is known, so there is an estimate, which says what was assumed."""
    attributes = Telemetry().request({"gen_ai.provider.name": None})
    assert attributes["genai_impact.zone"] == "WOR"
    assert {"data_center.default", "zone.world"} <= set(attributes["genai_impact.assumptions"])


def test_an_operation_that_nobody_knows() -> None:
    """With output tokens it is text inference by another name; without, it is counted as not supported."""
    telemetry = Telemetry()
    assert telemetry.request({"gen_ai.operation.name": "made up later"})["genai_impact.energy"] > 0
    unknown = telemetry.request({"gen_ai.operation.name": "made up later", OUTPUT: None})
    assert unknown["genai_impact.not_estimated"] == "unsupported_operation"
    assert telemetry.total("genai_impact.requests", gen_ai__operation__name="made up later") == 2


def test_a_span_that_has_kept_its_name_alone() -> None:
    """A composite sampler dropped the start attributes, and no usage was reported: it is a request all the same."""
    telemetry = Telemetry()
    dropped = dict.fromkeys(("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", INPUT, OUTPUT))
    attributes = telemetry.request({**dropped, "gen_ai.response.model": "gpt-4o"})
    assert attributes["genai_impact.not_estimated"] == "no_usage"
    assert telemetry.total("genai_impact.requests") == 1


def test_response_names_are_bounded_where_the_request_names_the_model() -> None:
    """Names of responses that the inventory does not know are as many as any other unknown ones: a hundred."""
    telemetry = Telemetry({"histograms": "none"})
    for number in range(150):
        telemetry.request({"gen_ai.response.model": f"deployment-{number}"})
    names = {attributes["gen_ai.response.model"] for _, attributes, _ in telemetry.points()}
    assert len(names) == 101
    assert telemetry.total("genai_impact.requests") == 150


@pytest.mark.parametrize("operation", ["invoke_agent", "execute_tool", "create_agent", "retrieval", "fetch_response"])
def test_operations_that_run_no_model_are_not_counted(operation: str) -> None:
    """Agents and tools repeat what the spans below them say."""
    telemetry = Telemetry()
    attributes = telemetry.request({"gen_ai.operation.name": operation})
    assert not [key for key in attributes if key.startswith("genai_impact.")]
    assert telemetry.points() == []


def test_an_error_with_output_is_estimated() -> None:
    """A stream that broke after 300 tokens has generated them."""
    assert Telemetry().request(error=True)["genai_impact.energy"] > 0


@pytest.mark.parametrize(("setting", "counted"), [(False, 0), (True, 1)])
def test_server_spans_are_counted_if_the_user_says_so(setting: bool, counted: int) -> None:
    """The client's span counts a request already, unless there is no client of ours."""
    telemetry = Telemetry({"count_server_spans": setting})
    telemetry.request(kind=SpanKind.SERVER)
    assert telemetry.total("genai_impact.requests") == counted


def test_strict_estimates_nothing() -> None:
    """Only measured figures are wanted: a request is counted as not measured."""
    telemetry = Telemetry({"strict": True})
    assert telemetry.request()["genai_impact.not_estimated"] == "not_measured"
    assert telemetry.total("genai_impact.requests", genai_impact__not_estimated="not_measured") == 1


def test_minimal_detail_keeps_the_reason() -> None:
    """Reason and method, and nothing else."""
    attributes = Telemetry({"detail": "minimal"}).request({OUTPUT: None})
    assert [key for key in attributes if key.startswith("genai_impact.")] == [
        "genai_impact.not_estimated",
        "genai_impact.method",
    ]


def test_unknown_names_cannot_grow_the_metrics() -> None:
    """A hundred unknown names keep theirs, all others share one; no request is lost."""
    telemetry = Telemetry()
    for number in range(130):
        telemetry.request({"gen_ai.request.model": f"unknown-{number}"})
    names = [attributes["gen_ai.response.model"] for _, attributes, _ in telemetry.points()]
    assert len(set(names)) == 101
    assert telemetry.total("genai_impact.requests", gen_ai__response__model="_OTHER") == 30
    assert telemetry.total("genai_impact.requests") == 130


def test_endless_names_are_not_kept() -> None:
    """A name of a million characters is counted as another one, and stays nowhere."""
    telemetry = Telemetry()
    telemetry.request({"gen_ai.request.model": "x" * 1_000_000, "gen_ai.provider.name": "y" * 1_000_000})
    assert (
        telemetry.total("genai_impact.requests", gen_ai__response__model="_OTHER", gen_ai__provider__name="_OTHER") == 1
    )
    assert telemetry.processor._recorder.plans.known == {}
    assert telemetry.processor._recorder.plans.without == {}
    assert telemetry.processor._recorder.plans._rows == {}
    telemetry.request({"gen_ai.provider.name": "y" * 1_000_000})
    assert telemetry.processor._recorder.plans._providers == set()


def test_attribute_sets_are_bounded() -> None:
    """A thousand attribute sets, the last of them for all others, in every phase; sums stay right."""
    telemetry = Telemetry({"metric_attributes": "tenant", "metric_values": 2000, "histograms": "none"})
    energy = sum(telemetry.request({"tenant": f"t{number}"})["genai_impact.energy"] for number in range(1100))
    overflow = [point for point in telemetry.points() if point[1] == {"otel.metric.overflow": True}]
    assert ("genai_impact.requests", {"otel.metric.overflow": True}, 101) in overflow
    phases = [
        attributes.get("genai_impact.phase") for name, attributes, _ in telemetry.points() if name == "genai_impact.gwp"
    ]
    assert (1000, 1000) == (phases.count("usage"), phases.count("embodied"))
    assert telemetry.total("genai_impact.requests") == 1100
    assert telemetry.total("genai_impact.energy") == pytest.approx(energy, rel=1e-9)


def test_a_model_that_makes_no_text_is_known_by_its_name(caplog: pytest.LogCaptureFixture) -> None:
    """A proxy may call everything chat: the metric has the model's name, and no line says that it is unknown."""
    telemetry = Telemetry()
    telemetry.request({"gen_ai.request.model": "text-embedding-3-small"})
    [(_, attributes, _)] = [point for point in telemetry.points() if point[0] == "genai_impact.requests"]
    assert "text-embedding-3-small" == attributes["gen_ai.response.model"]
    assert [] == [record.getMessage() for record in caplog.records if "has no model" in record.getMessage()]

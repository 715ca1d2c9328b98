"""Method `native-1` end to end: from a span of a request to what stands on it and in the metrics."""

from __future__ import annotations

from typing import Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.impacts.serving import Serving
from tests.kit.telemetry import CHAT, Telemetry

INPUT, CACHED = "gen_ai.usage.input_tokens", "gen_ai.usage.cache_read.input_tokens"


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> Telemetry:
    """An application whose environment chooses the method."""
    monkeypatch.setenv("GENAI_IMPACT_METHOD", "native-1")
    return Telemetry()


def _expected(**request: Any) -> float:
    impacts = estimate("openai", "gpt-4o", output_tokens=300, method="native-1", **request).impacts
    return impacts.energy_kwh.estimate * 3.6e6


def test_a_span_has_the_median_and_the_interval(native: Telemetry) -> None:
    """Input and cached tokens are read from the span; the bounds are those of the readable form."""
    attributes = native.request({INPUT: 8000, CACHED: 6000})
    energy = estimate(
        "openai", "gpt-4o", output_tokens=300, input_tokens=8000, cached_tokens=6000, method="native-1"
    ).impacts.energy_kwh
    assert "native-1" == attributes["genai_impact.method"]
    for key, value in [("energy", energy.estimate), ("energy_low", energy.low), ("energy_high", energy.high)]:
        assert value * 3.6e6 == pytest.approx(attributes[f"genai_impact.{key}"], rel=1e-12)
    assert attributes["genai_impact.assumptions"] == (
        "model.multimodal",
        "model.parameters.undisclosed",
        "model.precision",
        "zone.provider_default",
    )


def test_sixteen_attributes_and_no_word_of_latency(native: Telemetry) -> None:
    """A span without a duration lacks nothing that this method asks for."""
    attributes = native.request(seconds=0)
    assert 16 == len([key for key in attributes if key.startswith("genai_impact.")])
    assert "latency.unknown" not in attributes["genai_impact.assumptions"]


def test_input_that_is_not_reported_is_said_to_be_missing(native: Telemetry) -> None:
    """The output alone is counted."""
    attributes = native.request({INPUT: None})
    assert _expected() == pytest.approx(attributes["genai_impact.energy"])
    assert "input.unknown" in attributes["genai_impact.assumptions"]


@pytest.mark.parametrize("key", ["openai.response.service_tier", "openai.request.service_tier"])
def test_the_service_tier_of_a_span_counts(native: Telemetry, key: str) -> None:
    """Flex is served in larger batches; a tier that nobody knows is the usual one."""
    flex = native.request({INPUT: 100, key: "flex"})
    assert _expected(input_tokens=100, serving=Serving(tier="flex")) == pytest.approx(flex["genai_impact.energy"])
    for tier in ("auto", "default", "", ("flex",), 7):
        usual = native.request({INPUT: 100, key: tier})
        assert _expected(input_tokens=100) == pytest.approx(usual["genai_impact.energy"])


def test_the_tier_that_served_comes_before_the_one_asked_for(native: Telemetry) -> None:
    """Priority was asked for, and the provider had none left."""
    attributes = native.request({
        INPUT: 100, "openai.request.service_tier": "priority", "openai.response.service_tier": "default",
    })  # fmt: skip
    assert _expected(input_tokens=100) == pytest.approx(attributes["genai_impact.energy"])


def test_the_counters_have_what_the_spans_have(native: Telemetry) -> None:
    """Two requests, one row: sums of estimates and bounds."""
    spans = [native.request({INPUT: tokens}) for tokens in (100, 20_000)]
    for name in ("energy", "energy_low", "energy_high", "gwp"):
        total = sum(span[f"genai_impact.{name}"] for span in spans)
        assert total == pytest.approx(native.total(f"genai_impact.{name}"))


def test_full_detail_has_the_other_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of water, metals and primary energy."""
    monkeypatch.setenv("GENAI_IMPACT_METHOD", "native-1")
    attributes = Telemetry({"detail": "full"}).request({INPUT: 8000})
    water = estimate("openai", "gpt-4o", output_tokens=300, input_tokens=8000, method="native-1").impacts.wcf_l
    assert water.low == pytest.approx(attributes["genai_impact.wcf_low"])
    assert water.high == pytest.approx(attributes["genai_impact.wcf_high"])


def test_the_default_method_does_not_look_at_input_or_tier() -> None:
    """Whoever does not choose gets what was always there."""
    telemetry = Telemetry()
    bare, rich = telemetry.request(CHAT), telemetry.request({INPUT: 9000, "openai.response.service_tier": "flex"})
    assert bare["genai_impact.energy"] == rich["genai_impact.energy"]

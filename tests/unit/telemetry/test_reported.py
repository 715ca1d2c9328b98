"""Energy that the provider told, on its span and in the metrics."""

from __future__ import annotations

from typing import Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.telemetry import summary
from otel_genai_impact.telemetry.ledger import LEDGER
from otel_genai_impact.telemetry.metered import MOST_ENERGY_J, reported
from tests.kit.telemetry import Telemetry

ENERGY = "genai_impact.reported.energy"
BOUNDARY = "genai_impact.reported.boundary"
ATTRIBUTION = "genai_impact.reported.attribution"
# The inventory's figures for OpenAI's data centres and for the electricity of the USA, in which gpt-4o runs by default.
MODELLED = estimate("openai", "gpt-4o", output_tokens=300, latency_s=2.0)


def test_facility_energy_is_taken_as_it_is(telemetry: Telemetry) -> None:
    """60 J with cooling in it are 60 J; making the hardware is what the method says; the source is the provider."""
    attributes = telemetry.request({ENERGY: 60.0, BOUNDARY: "facility"})
    embodied_g = MODELLED.impacts.embodied.gwp_kgco2eq.estimate * 1e3
    usage_g = MODELLED.impacts.usage.gwp_kgco2eq.estimate * 1e3 / (MODELLED.impacts.energy_kwh.estimate * 3.6e6)
    assert attributes["genai_impact.source"] == "provider"
    assert pytest.approx([60.0] * 3, rel=1e-12) == [
        attributes[f"genai_impact.energy{end}"] for end in ("", "_low", "_high")
    ]
    assert pytest.approx(60 * usage_g + embodied_g, rel=1e-9) == attributes["genai_impact.gwp"]
    assert pytest.approx(embodied_g, rel=1e-12) == attributes["genai_impact.gwp_embodied"]
    assert attributes["genai_impact.assumptions"] == ("embodied.modelled", "zone.provider_default")
    assert pytest.approx(60.0) == telemetry.total("genai_impact.energy", genai_impact__source="provider")
    assert telemetry.total("genai_impact.requests", genai_impact__source="provider") == 1


def test_it_energy_gets_the_pue_of_the_data_center(telemetry: Telemetry) -> None:
    """60 J of the machines alone are 60 J times OpenAI's PUE, 1.09 to 1.2 or whatever the inventory has."""
    attributes = telemetry.request({ENERGY: 60.0, BOUNDARY: "it"})
    low, middle, high = (attributes[f"genai_impact.energy{end}"] for end in ("_low", "", "_high"))
    assert 60 < low <= middle <= high < 120
    assert pytest.approx((low + high) / 2) == middle
    assert "energy.boundary.assumed" not in attributes["genai_impact.assumptions"]


def test_a_provider_that_does_not_say_which_is_taken_for_the_machines_alone(telemetry: Telemetry) -> None:
    """The same as above, and says that this was assumed, and that the provider divided it in a way of its own."""
    said = telemetry.request({ENERGY: 60.0, BOUNDARY: "it"})
    attributes = telemetry.request({ENERGY: "60.0", ATTRIBUTION: "prorated"})
    assert said["genai_impact.energy"] == attributes["genai_impact.energy"]
    assert attributes["genai_impact.assumptions"] == (
        "embodied.modelled",
        "energy.attributed",
        "energy.boundary.assumed",
        "zone.provider_default",
    )


@pytest.mark.parametrize(
    "value", [float("nan"), -1.0, float("inf"), MOST_ENERGY_J * 1.01, True, "a lot", "", "1_000", "9" * 40, (60.0,)]
)
def test_what_cannot_be_an_energy_is_modelled_instead(telemetry: Telemetry, value: object) -> None:
    """NaN, negative, huge, and what is no number: the request is modelled, and says what happened."""
    plain, attributes = telemetry.request(), telemetry.request({ENERGY: value})
    assert reported({ENERGY: value}) is None
    assert attributes["genai_impact.source"] == "modelled"
    assert attributes["genai_impact.energy"] == plain["genai_impact.energy"]
    assert {*attributes["genai_impact.assumptions"]} - {*plain["genai_impact.assumptions"]} == {
        "energy.reported.invalid"
    }


def test_zero_is_a_figure(telemetry: Telemetry) -> None:
    """A reported 0 is not absent: it is taken at its word."""
    assert telemetry.request({ENERGY: 0, BOUNDARY: "facility"})["genai_impact.energy"] == 0.0


def test_strict_counts_what_the_provider_told_and_nothing_else() -> None:
    """A figure of the provider's counts; without one, or with one that cannot be, the request was not measured."""
    telemetry = Telemetry({"strict": True})
    assert telemetry.request({ENERGY: 60.0, BOUNDARY: "facility"})["genai_impact.energy"] == 60.0
    for changes in ({}, {ENERGY: -60.0}):
        attributes: dict[str, Any] = telemetry.request(changes)
        assert attributes["genai_impact.not_estimated"] == "not_measured"
        assert "genai_impact.energy" not in attributes
    assert telemetry.total("genai_impact.energy") == 60.0
    assert telemetry.total("genai_impact.requests", genai_impact__not_estimated="not_measured") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"gen_ai.request.model": "our-own-model"},
        {"gen_ai.usage.output_tokens": None, "gen_ai.usage.input_tokens": None},
        {"gen_ai.operation.name": "embeddings", "gen_ai.usage.output_tokens": None},
        {"gen_ai.usage.output_tokens": -5},
    ],
)
def test_energy_needs_neither_a_known_model_nor_tokens(telemetry: Telemetry, changes: dict[str, Any]) -> None:
    """Whatever the method cannot say of a request, the energy is counted; what is unknown of the hardware is left out."""
    attributes = telemetry.request({**changes, ENERGY: 60.0, BOUNDARY: "facility"})
    assert attributes["genai_impact.energy"] == 60.0
    assert "genai_impact.not_estimated" not in attributes
    without_tokens = "gen_ai.request.model" not in changes
    assert ("genai_impact.model" in attributes) == without_tokens
    known = "embodied.modelled" in attributes["genai_impact.assumptions"]
    assert known == ("genai_impact.gwp_embodied" in attributes)
    assert not known
    assert telemetry.total("genai_impact.requests", genai_impact__source="provider") == 1


def test_full_detail_keeps_the_modelled_value_beside_it() -> None:
    """Both figures on one span; the metrics have the metered one alone."""
    telemetry = Telemetry({"detail": "full"})
    attributes = telemetry.request({ENERGY: 60.0, BOUNDARY: "facility"})
    assert attributes["genai_impact.energy"] == 60.0
    assert (
        pytest.approx(MODELLED.impacts.energy_kwh.estimate * 3.6e6, rel=1e-12)
        == attributes["genai_impact.modelled.energy"]
    )
    assert attributes["genai_impact.wcf_low"] <= attributes["genai_impact.wcf"] <= attributes["genai_impact.wcf_high"]
    assert telemetry.total("genai_impact.energy") == 60.0


def test_minimal_detail_and_metric_attributes() -> None:
    """Energy, gwp and the method alone; and the metric attributes that the user asked for."""
    telemetry = Telemetry({"detail": "minimal", "metric_attributes": ("tenant",)})
    attributes = telemetry.request({ENERGY: 60.0, BOUNDARY: "facility", "tenant": "a"})
    ours = [key for key in attributes if key.startswith("genai_impact.") and ".reported." not in key]
    assert ours == ["genai_impact.energy", "genai_impact.gwp", "genai_impact.method"]
    assert telemetry.total("genai_impact.energy", tenant="a") == 60.0


def test_the_span_above_has_the_sum_and_a_second_span_is_a_duplicate() -> None:
    """Roll-ups and counting once are as with modelled figures."""
    telemetry = Telemetry()
    root = telemetry.start({}, name="root")
    outer = telemetry.start({"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}, parent=root)
    telemetry.request({ENERGY: 60.0, BOUNDARY: "facility"}, parent=outer, scope="inner")
    duplicate = telemetry.end(outer, {ENERGY: 60.0, BOUNDARY: "facility"})
    above = telemetry.end(root)
    assert duplicate["genai_impact.not_estimated"] == "duplicate"
    assert above["genai_impact.rollup.energy"] == 60.0
    assert above["genai_impact.rollup.requests"] == 1
    assert telemetry.total("genai_impact.energy") == 60.0


@pytest.mark.parametrize("modelled", [0, 1])
def test_the_summary_says_what_was_metered(monkeypatch: pytest.MonkeyPatch, modelled: int) -> None:
    """And of the others alone that they are modelled."""
    monkeypatch.setattr(LEDGER, "accounts", [])
    telemetry = Telemetry()
    telemetry.request({ENERGY: 60.0, BOUNDARY: "facility"})
    for _ in range(modelled):
        telemetry.request(seconds=3)
    text = summary.render(LEDGER.totals())
    assert "The energy of these requests was metered: 1 reported by the provider\n" in text
    assert modelled == text.count("The others are modelled, not measured: estimate (lowest-highest)")
    assert modelled == text.count("modelled, not measured")

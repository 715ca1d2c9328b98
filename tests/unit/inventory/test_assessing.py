"""`otel_genai_impact.estimate`: one request by names."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from otel_genai_impact import estimate, semconv
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.product_system import FunctionalUnit
from otel_genai_impact.inventory.catalog import Catalog, ModelError, ZoneError


def test_an_assessment_says_what_it_rests_on() -> None:
    """Entry, zone, method, version of the data, and what was assumed, sorted."""
    assessment = estimate("openai", "gpt-4o", output_tokens=100, latency_s=2.0)
    assert (assessment.model, assessment.zone, assessment.method) == ("openai/gpt-4o", "USA", "ecologits-0.11")
    assert Catalog().data_version == assessment.data_version
    expected = (semconv.MODEL_MULTIMODAL, semconv.MODEL_PARAMETERS_UNDISCLOSED, semconv.ZONE_PROVIDER_DEFAULT)
    assert expected == assessment.assumptions


def test_a_latency_that_is_not_given_is_an_assumption() -> None:
    """As on a span without a duration: the modelled time stands in."""
    without = estimate("openai", "gpt-4o", output_tokens=100).assumptions
    assert semconv.LATENCY_UNKNOWN in without
    assert sorted(without) == list(without)


def test_the_impacts_are_those_of_the_method_for_what_the_names_stand_for() -> None:
    """Nothing is added between the names and the formulas."""
    served = Catalog(zone="FRA").serve("openai", "gpt-4o")
    assert served is not None
    expected = METHODS["ecologits-0.11"].assess(
        FunctionalUnit(output_tokens=100, latency_s=2.0),
        served.entry.model,
        served.data_center.data_center,
        served.zone.electricity_mix,
    )
    assert expected == estimate("openai", "gpt-4o", output_tokens=100, latency_s=2.0, zone="FRA").impacts


def test_a_model_that_is_not_known_is_an_error_with_a_hint() -> None:
    """A LookupError that names provider and model, and what they may have been."""
    with pytest.raises(ModelError, match=r"'openai' has no model 'gpt4o' in the inventory; did you mean 'gpt-4o'"):
        estimate("openai", "gpt4o", output_tokens=1)
    assert issubclass(ModelError, LookupError)


def test_a_zone_that_is_not_known_is_an_error() -> None:
    """A LookupError too: who asks for one zone does not want another."""
    with pytest.raises(ZoneError, match="no electricity zone 'XXX'"):
        estimate("openai", "gpt-4o", output_tokens=1, zone="XXX")
    assert issubclass(ZoneError, LookupError)


def test_a_method_that_does_not_exist_is_an_error_with_those_that_do() -> None:
    """A ValueError with the names of the methods."""
    with pytest.raises(ValueError, match=r"no method 'magic'; the methods are .*ecologits-0\.11"):
        estimate("openai", "gpt-4o", output_tokens=1, method="magic")


@pytest.mark.parametrize("tokens", [-1, math.nan, math.inf, 10**400])
def test_what_is_no_count_of_tokens_is_an_error(tokens: float) -> None:
    """A ValueError, also for an integer that no float can hold."""
    with pytest.raises(ValueError, match="output_tokens"):
        estimate("openai", "gpt-4o", output_tokens=tokens)


def test_no_tokens_still_occupy_the_server_until_the_first_one() -> None:
    """A model with a known time to its first token: 0 tokens cost no GPU energy, but time."""
    nothing = estimate("anthropic", "claude-opus-4-6", output_tokens=0).impacts
    one = estimate("anthropic", "claude-opus-4-6", output_tokens=1).impacts
    assert 0 < nothing.energy_kwh.low < one.energy_kwh.low


def test_a_name_of_the_past_means_what_it_meant() -> None:
    """`mistral-large-latest` of 2024 has 123e9 parameters, of today more; the figures say the model that was used."""
    then = estimate("mistral_ai", "mistral-large-latest", output_tokens=100, at=dt.date(2024, 12, 1))
    now = estimate("mistral_ai", "mistral-large-latest", output_tokens=100)
    assert ("mistralai/mistral-large-2411", "mistralai/mistral-large-latest") == (then.model, now.model)
    assert then.impacts.energy_kwh != now.impacts.energy_kwh

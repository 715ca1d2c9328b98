"""What a request asks for and runs on is checked at birth: nothing impossible gets into a formula."""

from __future__ import annotations

import math
import sys

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model

ONE = Interval.exactly(1)


def test_a_request_may_generate_nothing_and_take_no_known_time() -> None:
    """Zero tokens are a count; no latency is not zero latency."""
    unit = FunctionalUnit(output_tokens=0)
    assert (unit.output_tokens, unit.latency_s) == (0, None)


@pytest.mark.parametrize("tokens", [-1, -0.5, math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_what_is_no_count_of_tokens_is_refused(tokens: float) -> None:
    """Negative, not a number, infinite, or too large for any float."""
    with pytest.raises(ValueError, match="output_tokens must be finite and not negative"):
        FunctionalUnit(output_tokens=tokens)


@pytest.mark.parametrize("latency_s", [-1, -1e-9, math.nan])
def test_what_is_no_latency_is_refused(latency_s: float) -> None:
    """Negative or not a number."""
    with pytest.raises(ValueError, match="latency_s must not be negative"):
        FunctionalUnit(output_tokens=1, latency_s=latency_s)


def test_an_infinite_latency_is_one() -> None:
    """It says that the caller's wait sets no limit, just as None does."""
    assert math.inf == FunctionalUnit(output_tokens=1, latency_s=math.inf).latency_s


def test_a_model_needs_parameters() -> None:
    """Zero parameters generate nothing."""
    with pytest.raises(ValueError, match="more than 0 parameters"):
        Model(active_parameters_b=Interval(0, 1), total_parameters_b=ONE)


@pytest.mark.parametrize(("active", "total"), [(Interval(2, 3), Interval(1, 3)), (Interval(1, 4), Interval(1, 3))])
def test_a_model_cannot_use_more_parameters_than_it_has(active: Interval, total: Interval) -> None:
    """Neither by its lower bounds nor by its upper ones."""
    with pytest.raises(ValueError, match="at most as many active parameters"):
        Model(active_parameters_b=active, total_parameters_b=total)


def test_a_dense_model_uses_all_its_parameters() -> None:
    """As many active as total ones is allowed."""
    model = Model(active_parameters_b=Interval(7, 8), total_parameters_b=Interval(7, 8))
    assert model.total_parameters_b == model.active_parameters_b


@pytest.mark.parametrize("speed", [0, -1, math.inf, math.nan])
def test_an_impossible_speed_is_refused(speed: float) -> None:
    """Tokens per second are positive and finite, or unknown."""
    with pytest.raises(ValueError, match="output_tokens_per_s must be positive and finite"):
        Model(active_parameters_b=ONE, total_parameters_b=ONE, output_tokens_per_s=speed)


@pytest.mark.parametrize("time_s", [-1, math.inf, math.nan])
def test_an_impossible_time_to_the_first_token_is_refused(time_s: float) -> None:
    """It is finite and not negative, or unknown."""
    with pytest.raises(ValueError, match="time_to_first_token_s must be finite and not negative"):
        Model(active_parameters_b=ONE, total_parameters_b=ONE, time_to_first_token_s=time_s)


def test_a_data_center_takes_at_least_what_its_servers_take() -> None:
    """PUE is facility energy over IT energy: 1 is perfect, 0.99 impossible."""
    assert DataCenter(pue=ONE, onsite_wue_l_per_kwh=ONE).pue.low == 1
    with pytest.raises(ValueError, match=r"a PUE is at least 1, got 0\.99"):
        DataCenter(pue=Interval(0.99, 1.2), onsite_wue_l_per_kwh=ONE)


@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_an_impossible_factor_of_a_mix_is_refused(position: int, bad: float) -> None:
    """Each of the four factors is finite and not negative."""
    gwp, adpe, pe, wue = (bad if index == position else 1.0 for index in range(4))
    with pytest.raises(ValueError, match="must be finite and not negative"):
        ElectricityMix(gwp_kgco2eq_per_kwh=gwp, adpe_kgsbeq_per_kwh=adpe, pe_mj_per_kwh=pe, wue_l_per_kwh=wue)


@pytest.mark.parametrize("weight_bytes", [0, -1, math.inf, math.nan])
def test_an_impossible_precision_is_refused(weight_bytes: float) -> None:
    """Bytes of a weight are positive and finite, or unknown."""
    with pytest.raises(ValueError, match=f"^weight_bytes must be positive and finite, got {weight_bytes}$"):
        Model(active_parameters_b=ONE, total_parameters_b=ONE, weight_bytes=weight_bytes)


def test_the_largest_float_is_a_count_of_tokens() -> None:
    """What is beyond is refused; this is not beyond."""
    assert sys.float_info.max == FunctionalUnit(output_tokens=sys.float_info.max).output_tokens

"""What holds for every system and every request."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact.impacts import ecologits_0_11, embodied, usage
from otel_genai_impact.impacts.methods import METHODS
from tests.conformance.differences import Worst, compiled_numbers, estimate_numbers, readable_numbers
from tests.properties.systems import (
    data_centers,
    electricity_mixes,
    functional_units,
    intervals,
    models,
    servings,
    token_counts,
)

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
    from otel_genai_impact.impacts.serving import Serving

# Two ways through the same formulas round differently, in the sixteenth digit.
ROUNDING: Final = 1e-12
METHOD_NAMES = st.sampled_from(sorted(METHODS))
AT_LEAST_AS_MUCH = st.floats(1, 100)


def _no_less(less: Impacts, more: Impacts) -> None:
    """Every criterion, phase and bound of `more` is at least that of `less`, but for rounding."""
    larger = readable_numbers(more)
    for quantity, value in readable_numbers(less).items():
        assert value <= larger[quantity] * (1 + ROUNDING), quantity


def _asked(unit: FunctionalUnit) -> tuple[float, float, float, float]:
    """What the compiled form is asked."""
    latency_s = math.inf if unit.latency_s is None else unit.latency_s
    return unit.output_tokens, latency_s, unit.input_tokens or 0, unit.cached_tokens or 0


@given(METHOD_NAMES, functional_units, models(), data_centers, electricity_mixes, servings)
def test_the_compiled_form_equals_the_readable_one(
    method: str, unit: FunctionalUnit, model: Model, center: DataCenter, mix: ElectricityMix, serving: Serving
) -> None:
    """All 18 numbers to 1e-12: what the hot path computes is the specification."""
    readable = METHODS[method].assess(unit, model, center, mix, serving)
    compiled = compiled_numbers(METHODS[method].compile(model, center, mix, serving), *_asked(unit))
    worst = Worst()
    worst.compare((unit, model, center, mix), estimate_numbers(readable), compiled)
    assert worst.error <= ROUNDING, worst.where


@given(METHOD_NAMES, functional_units, models(), data_centers, electricity_mixes)
def test_the_estimate_lies_between_its_bounds(
    method: str, unit: FunctionalUnit, model: Model, center: DataCenter, mix: ElectricityMix
) -> None:
    """Low <= estimate <= high for every criterion, and an embodied part is part of its total."""
    system = METHODS[method].compile(model, center, mix)
    result, bounds = system.estimate(*_asked(unit)), system.bounds(*_asked(unit))
    for low, middle, high in [
        (result.energy_low, result.energy, result.energy_high),
        (result.gwp_low, result.gwp, result.gwp_high),
        (bounds.adpe_low, result.adpe, bounds.adpe_high),
        (bounds.pe_low, result.pe, bounds.pe_high),
        (bounds.wcf_low, result.wcf, bounds.wcf_high),
    ]:
        assert 0 <= low <= middle * (1 + ROUNDING)
        assert middle <= high * (1 + ROUNDING)
    assert 0 <= result.gwp_embodied <= result.gwp
    assert 0 <= result.adpe_embodied <= result.adpe
    assert 0 <= result.pe_embodied <= result.pe


@given(METHOD_NAMES, functional_units, models(), data_centers, electricity_mixes)
def test_totals_are_usage_and_embodied(
    method: str, unit: FunctionalUnit, model: Model, center: DataCenter, mix: ElectricityMix
) -> None:
    """The estimates, and where they are limits the bounds, too; energy and water are of the usage phase alone."""
    impacts = METHODS[method].assess(unit, model, center, mix)
    for total, used, made in [
        (impacts.gwp_kgco2eq, impacts.usage.gwp_kgco2eq, impacts.embodied.gwp_kgco2eq),
        (impacts.adpe_kgsbeq, impacts.usage.adpe_kgsbeq, impacts.embodied.adpe_kgsbeq),
        (impacts.pe_mj, impacts.usage.pe_mj, impacts.embodied.pe_mj),
    ]:
        assert math.isclose(used.estimate + made.estimate, total.estimate, rel_tol=ROUNDING)
        if impacts.totals is None:
            assert (used.low + made.low, used.high + made.high) == (total.low, total.high)
    assert impacts.usage.energy_kwh == impacts.energy_kwh
    assert impacts.usage.wcf_l == impacts.wcf_l


@given(functional_units, token_counts, models(), data_centers, electricity_mixes)
def test_more_tokens_cost_no_less(
    unit: FunctionalUnit, more: int, model: Model, center: DataCenter, mix: ElectricityMix
) -> None:
    """Whatever the caller's wait."""
    longer = replace(unit, output_tokens=unit.output_tokens + more)
    method = METHODS["ecologits-0.11"]
    _no_less(method.assess(unit, model, center, mix), method.assess(longer, model, center, mix))


@given(functional_units, models(), AT_LEAST_AS_MUCH, data_centers, electricity_mixes)
def test_a_longer_wait_costs_no_less_and_an_unknown_one_most(
    unit: FunctionalUnit, model: Model, factor: float, center: DataCenter, mix: ElectricityMix
) -> None:
    """The wait is a limit: a higher limit limits less, and none limits nothing."""
    method = METHODS["ecologits-0.11"]
    shorter = method.assess(unit, model, center, mix)
    longer_s = None if unit.latency_s is None else unit.latency_s * factor
    longer = method.assess(replace(unit, latency_s=longer_s), model, center, mix)
    _no_less(shorter, longer)
    _no_less(longer, method.assess(replace(unit, latency_s=None), model, center, mix))


@given(functional_units, models(), st.tuples(AT_LEAST_AS_MUCH, AT_LEAST_AS_MUCH), data_centers, electricity_mixes)
def test_larger_models_cost_no_less(
    unit: FunctionalUnit, model: Model, factors: tuple[float, float], center: DataCenter, mix: ElectricityMix
) -> None:
    """More parameters, active ones or all."""
    method = METHODS["ecologits-0.11"]
    active, total = factors
    smaller = method.assess(unit, model, center, mix)
    sparser = replace(model, total_parameters_b=model.total_parameters_b * total)
    _no_less(smaller, method.assess(unit, sparser, center, mix))
    larger = replace(
        model,
        active_parameters_b=model.active_parameters_b * active,
        total_parameters_b=model.total_parameters_b * active,
    )
    _no_less(smaller, method.assess(unit, larger, center, mix))


@given(functional_units, models(), data_centers, AT_LEAST_AS_MUCH, electricity_mixes)
def test_a_worse_data_center_costs_no_less(
    unit: FunctionalUnit, model: Model, center: DataCenter, factor: float, mix: ElectricityMix
) -> None:
    """A higher PUE or WUE; the embodied phase knows neither."""
    method = METHODS["ecologits-0.11"]
    better = method.assess(unit, model, center, mix)
    for worse in (
        replace(center, pue=center.pue * factor),
        replace(center, onsite_wue_l_per_kwh=center.onsite_wue_l_per_kwh * factor),
    ):
        result = method.assess(unit, model, worse, mix)
        _no_less(better, result)
        assert better.embodied == result.embodied


@given(intervals(0, 1e6), st.floats(0, 100), intervals(0, 100), st.integers(1, 512), st.integers(0, 512))
def test_in_a_larger_batch_a_request_pays_no_more(
    time_s: Interval, power_kw: float, share: Interval, batch_size: int, more: int
) -> None:
    """Of the server's energy, of a GPU's energy for a token, and of making the hardware."""
    larger = batch_size + more
    for alone, shared in [
        (
            usage.server_energy_kwh(time_s, power_kw, share, batch_size),
            usage.server_energy_kwh(time_s, power_kw, share, larger),
        ),
        (
            ecologits_0_11.gpu_energy_per_token_kwh(share, batch_size),
            ecologits_0_11.gpu_energy_per_token_kwh(share, larger),
        ),
        (
            embodied.request_embodied(share, time_s, 1e8, batch_size),
            embodied.request_embodied(share, time_s, 1e8, larger),
        ),
    ]:
        assert shared.low <= alone.low * (1 + ROUNDING)
        assert shared.high <= alone.high * (1 + ROUNDING)

"""What holds for method `native-1`, whatever the request and the system."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.native_1_energy import GPUS, Load
from tests.properties.systems import data_centers, electricity_mixes, functional_units, models, servings, token_counts
from tests.properties.test_impacts import AT_LEAST_AS_MUCH, ROUNDING

if TYPE_CHECKING:
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
    from otel_genai_impact.impacts.serving import Serving

NATIVE = METHODS["native-1"]
WEIGHTS = st.sampled_from((2.0, 1.0, 0.53))
BATCHES = st.floats(1, 4096)


@st.composite
def loads(draw: st.DrawFn) -> Load:
    """Dense models and mixtures of experts of 1e7 to 1e13 parameters; there is nothing in between."""
    total = draw(st.floats(0.01, 1e4))
    active = total * draw(st.floats(0.01, 0.5)) if draw(st.booleans()) else total
    return Load(active, total, draw(WEIGHTS), draw(BATCHES), draw(st.sampled_from(tuple(GPUS.values()))))


def _no_less(less: float, more: float) -> None:
    assert less <= more * (1 + ROUNDING)


@given(functional_units, token_counts, models(), data_centers, electricity_mixes, servings)
def test_more_tokens_cost_no_less(
    unit: FunctionalUnit, more: int, model: Model, center: DataCenter, mix: ElectricityMix, serving: Serving
) -> None:
    """Of output, of input, and of input from a cache that comes on top: every criterion."""
    known = replace(unit, input_tokens=unit.input_tokens or 0, cached_tokens=unit.cached_tokens or 0)
    before = NATIVE.assess(known, model, center, mix, serving)
    for name in ("output_tokens", "input_tokens"):
        after = NATIVE.assess(replace(known, **{name: getattr(known, name) + more}), model, center, mix, serving)
        _no_less(before.energy_kwh.estimate, after.energy_kwh.estimate)
        _no_less(before.gwp_kgco2eq.estimate, after.gwp_kgco2eq.estimate)
        _no_less(before.wcf_l.estimate, after.wcf_l.estimate)


@given(loads(), token_counts, token_counts)
def test_input_from_a_cache_never_costs_more_than_new_input(load: Load, tokens: int, cached: int) -> None:
    """Whatever part of it is cached."""
    cached = min(cached, tokens)
    _no_less(energy.prefill_j(load, tokens - cached, cached), energy.prefill_j(load, tokens, 0))


@given(loads(), AT_LEAST_AS_MUCH)
def test_larger_models_cost_no_less(load: Load, factor: float) -> None:
    """With the same share of active parameters; and with more experts around the same active ones."""
    larger = load._replace(active_b=load.active_b * factor, total_b=load.total_b * factor)
    sparser = load._replace(total_b=load.total_b * factor)
    for more in (larger, sparser) if load.active_b < load.total_b else (larger,):
        _no_less(energy.decode_j_per_token(load), energy.decode_j_per_token(more))
        _no_less(energy.context_j_per_token_and_token(load), energy.context_j_per_token_and_token(more))
    _no_less(energy.prefill_j(load, 1000, 1000), energy.prefill_j(larger, 1000, 1000))


@given(loads())
def test_no_token_costs_more_in_half_as_many_bytes(load: Load) -> None:
    """bf16 and 4 bits: less to read, and fewer GPUs. Experts in fp8 are another matter, as measurements say."""
    wide, narrow = load._replace(weight_bytes=2.0), load._replace(weight_bytes=0.53)
    _no_less(energy.decode_j_per_token(narrow), energy.decode_j_per_token(wide))


@given(loads(), st.floats(1e-9, 1e-6))
def test_energy_is_continuous_but_where_one_more_gpu_is_needed(load: Load, change: float) -> None:
    """A millionth more parameters is about a millionth more energy, on the same number of GPUs."""
    more = load._replace(active_b=load.active_b * (1 + change), total_b=load.total_b * (1 + change))
    if energy.gpu_count(more) == energy.gpu_count(load):
        before, after = energy.decode_j_per_token(load), energy.decode_j_per_token(more)
        assert before <= after * (1 + ROUNDING) <= before * (1 + 2 * change + 2 * ROUNDING)


@given(functional_units, models(), data_centers, AT_LEAST_AS_MUCH, electricity_mixes)
def test_a_worse_data_center_costs_no_less(
    unit: FunctionalUnit, model: Model, center: DataCenter, factor: float, mix: ElectricityMix
) -> None:
    """A higher PUE or WUE; making the hardware knows neither."""
    better = NATIVE.assess(unit, model, center, mix)
    for worse in (
        replace(center, pue=center.pue * factor),
        replace(center, onsite_wue_l_per_kwh=center.onsite_wue_l_per_kwh * factor),
    ):
        result = NATIVE.assess(unit, model, worse, mix)
        _no_less(better.energy_kwh.estimate, result.energy_kwh.estimate)
        _no_less(better.wcf_l.estimate, result.wcf_l.estimate)
        assert better.embodied == result.embodied


@given(functional_units, models(), data_centers, electricity_mixes, servings)
def test_latency_says_nothing(
    unit: FunctionalUnit, model: Model, center: DataCenter, mix: ElectricityMix, serving: Serving
) -> None:
    """What a caller waits for is not what a server works."""
    with_latency = NATIVE.assess(replace(unit, latency_s=1.0), model, center, mix, serving)
    assert with_latency == NATIVE.assess(replace(unit, latency_s=None), model, center, mix, serving)

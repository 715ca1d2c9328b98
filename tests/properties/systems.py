"""Random systems and requests, within what could exist and well beyond it."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
from otel_genai_impact.impacts.serving import Serving

SMALLEST: Final = 1e-30
"""Below what any quantity here can be, and far above where floats lose digits. Zero is allowed besides."""


def _floats(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high) if low else st.one_of(st.just(0.0), st.floats(SMALLEST, high))


def intervals(low: float, high: float) -> st.SearchStrategy[Interval]:
    """Intervals between two numbers, often of one number alone."""
    one = _floats(low, high)
    two = st.tuples(one, one).map(lambda pair: Interval(min(pair), max(pair)))
    return st.one_of(one.map(Interval.exactly), two)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Dense models and mixtures of experts, with and without published speeds."""
    active = draw(intervals(1e-3, 1e4))
    factor = draw(st.one_of(st.just(1.0), _floats(1.0, 50.0)))
    return Model(
        active_parameters_b=active,
        total_parameters_b=active * factor,
        output_tokens_per_s=draw(st.one_of(st.none(), _floats(0.1, 1e4))),
        time_to_first_token_s=draw(st.one_of(st.none(), _floats(0, 100))),
        weight_bytes=draw(st.one_of(st.none(), st.sampled_from((2.0, 1.0, 0.53)), st.floats(0.1, 8))),
        is_disclosed=draw(st.booleans()),
    )


data_centers = st.builds(DataCenter, pue=intervals(1, 4), onsite_wue_l_per_kwh=intervals(0, 10))
electricity_mixes = st.builds(
    ElectricityMix,
    gwp_kgco2eq_per_kwh=_floats(0, 3),
    adpe_kgsbeq_per_kwh=_floats(0, 1e-5),
    pe_mj_per_kwh=_floats(0, 50),
    wue_l_per_kwh=_floats(0, 100),
)
token_counts = st.integers(0, 10**8)
latencies_s = st.one_of(st.none(), _floats(0, 1e5))
functional_units = st.builds(
    FunctionalUnit,
    output_tokens=token_counts,
    latency_s=latencies_s,
    input_tokens=st.one_of(st.none(), token_counts),
    cached_tokens=st.one_of(st.none(), token_counts),
)
servings = st.builds(
    Serving,
    tier=st.sampled_from((None, "flex", "priority", "default")),
    batch_size=st.one_of(st.none(), st.floats(1, 1e5)),
    gpu=st.sampled_from((None, "H100", "H200", "B200", "b200", "unheard of")),
)

"""What holds for vectors, images and videos under `native-1`, whatever the request and the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact.impacts.media import Asked, MediaModel
from otel_genai_impact.impacts.methods import MEDIA_METHODS
from tests.properties.systems import data_centers, electricity_mixes, intervals
from tests.properties.test_impacts import AT_LEAST_AS_MUCH, ROUNDING

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

NATIVE = MEDIA_METHODS["native-1"]
SAME = 1e-12
SMALLEST_WRITTEN = 1e-300


def _maybe(low: float, high: float) -> st.SearchStrategy[float | None]:
    return st.one_of(st.none(), st.floats(low, high))


asked_of_media = st.builds(
    Asked,
    input_tokens=_maybe(0, 1e8),
    pieces=_maybe(1, 1000),
    megapixels=_maybe(1e-4, 1e3),
    steps=_maybe(1, 1e4),
    seconds=_maybe(0.1, 36_000),
)


@st.composite
def media_models(draw: st.DrawFn) -> MediaModel:
    """Of each modality, from 1e6 to 1e13 parameters, whose sizes are known or secret."""
    return MediaModel(
        modality=draw(st.sampled_from(("embedding", "image", "video"))),
        parameters_b=draw(intervals(1e-3, 1e4)),
        is_disclosed=draw(st.booleans()),
        longest_input_tokens=draw(_maybe(1, 1e6)),
        width_px=draw(st.floats(1, 1e4)),
        height_px=draw(st.floats(1, 1e4)),
        steps=draw(st.floats(1, 1e3)),
        frames=draw(st.floats(1, 1e4)),
        frames_per_s=draw(st.floats(1, 120)),
    )


def _equal(expected: float, actual: float) -> None:
    assert abs(expected - actual) <= SAME * abs(expected) + SMALLEST_WRITTEN, (expected, actual)


@given(asked_of_media, media_models(), data_centers, electricity_mixes)
def test_both_forms_are_equal(asked: Asked, model: MediaModel, center: DataCenter, mix: ElectricityMix) -> None:
    """The compiled form gives what the readable one says, in every criterion, bounds too."""
    impacts = NATIVE.assess(asked, model, center, mix)
    system = NATIVE.compile(model, center, mix)
    estimate, bounds = system.estimate(asked), system.bounds(asked)

    def same(interval: Interval, factor: float, *actual: float) -> None:
        values = (interval.estimate, interval.low, interval.high)
        for expected, value in zip(values[3 - len(actual) :], actual, strict=True):
            _equal(expected * factor, value)

    same(impacts.energy_kwh, 3.6e6, estimate.energy, estimate.energy_low, estimate.energy_high)
    same(impacts.gwp_kgco2eq, 1e3, estimate.gwp, estimate.gwp_low, estimate.gwp_high)
    same(impacts.adpe_kgsbeq, 1e3, estimate.adpe, bounds.adpe_low, bounds.adpe_high)
    same(impacts.pe_mj, 1e6, estimate.pe, bounds.pe_low, bounds.pe_high)
    same(impacts.wcf_l, 1, estimate.wcf, bounds.wcf_low, bounds.wcf_high)
    _equal(impacts.embodied.gwp_kgco2eq.estimate * 1e3, estimate.gwp_embodied)


@given(asked_of_media, media_models(), data_centers, electricity_mixes)
def test_low_estimate_high(asked: Asked, model: MediaModel, center: DataCenter, mix: ElectricityMix) -> None:
    """In this order; nothing is negative; the total is usage and embodied."""
    impacts = NATIVE.assess(asked, model, center, mix)
    for interval in (impacts.energy_kwh, impacts.gwp_kgco2eq, impacts.pe_mj, impacts.adpe_kgsbeq, impacts.wcf_l):
        assert 0 <= interval.low <= interval.estimate <= interval.high
    total = impacts.usage.gwp_kgco2eq.estimate + impacts.embodied.gwp_kgco2eq.estimate
    _equal(total, impacts.gwp_kgco2eq.estimate)


@given(asked_of_media, media_models(), data_centers, electricity_mixes, AT_LEAST_AS_MUCH)
def test_more_costs_no_less(
    asked: Asked, model: MediaModel, center: DataCenter, mix: ElectricityMix, factor: float
) -> None:
    """More tokens, images, pixels, steps or seconds, each alone."""
    system = NATIVE.compile(model, center, mix)
    for name, amount in asked._asdict().items():
        if amount is not None:
            before, after = (system.estimate(asked._replace(**{name: amount * by})) for by in (1, factor))
            assert before.energy <= after.energy * (1 + ROUNDING)
            assert before.gwp <= after.gwp * (1 + ROUNDING)

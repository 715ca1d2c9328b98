"""The validation page's requests and the shipped method are the same formulas, written twice."""

from __future__ import annotations

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
from otel_genai_impact.impacts.serving import Serving
from science.request import Request, facility_wh

MIX = ElectricityMix(gwp_kgco2eq_per_kwh=0.4, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=9.0, wue_l_per_kwh=3.0)


@pytest.mark.parametrize(
    "asked",
    [
        Request(total_b=70, active_b=70, new_tokens=500, output_tokens=300),
        Request(
            total_b=671, active_b=37, new_tokens=9_000, cached_tokens=4_000, output_tokens=900, bytes_per_weight=1.0
        ),
        Request(total_b=117, active_b=5.1, new_tokens=0, output_tokens=10, bytes_per_weight=0.53, batch=8, gpu="B200"),
    ],
    ids=["dense", "fp8 experts", "B200"],
)
def test_the_method_predicts_what_the_validation_page_says(asked: Request) -> None:
    """Wh of the data centre, to the last digits."""
    model = Model(
        active_parameters_b=Interval.exactly(asked.active_b),
        total_parameters_b=Interval.exactly(asked.total_b),
        weight_bytes=asked.bytes_per_weight,
    )
    unit = FunctionalUnit(
        output_tokens=asked.output_tokens,
        input_tokens=asked.new_tokens + asked.cached_tokens,
        cached_tokens=asked.cached_tokens,
    )
    center = DataCenter(pue=Interval.exactly(asked.pue), onsite_wue_l_per_kwh=Interval.exactly(0))
    impacts = METHODS["native-1"].assess(unit, model, center, MIX, Serving(batch_size=asked.batch, gpu=asked.gpu))
    assert facility_wh(asked) == pytest.approx(impacts.energy_kwh.estimate * 1000, rel=1e-12)

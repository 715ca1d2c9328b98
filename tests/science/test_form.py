"""The form of the method, before any number is fitted: what must hold for every model and request."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_genai_impact.impacts import native_1_constants as shipped
from science.decode import Decode, Form, energy_per_token_j, gpus, terms
from science.measurements import load_text
from science.request import BF16_BYTES, FP8_BYTES, Request, decode_j_per_token, facility_wh, gpu_count, gpu_j

# The same examples in every CI run, new ones at a desk; no deadline, since a busy machine is no failure.
EXAMPLES = settings(deadline=None, database=None, max_examples=200, derandomize=bool(os.environ.get("CI")))
TOKENS = st.floats(0, 1e6)
MORE = st.floats(1.0, 10.0)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    total_b = draw(st.floats(1, 2000))
    return Request(
        total_b=total_b,
        active_b=total_b * draw(st.one_of(st.just(1.0), st.floats(0.02, 0.9))),
        new_tokens=draw(TOKENS),
        output_tokens=draw(TOKENS),
        cached_tokens=draw(TOKENS),
        bytes_per_weight=draw(st.sampled_from([0.53, FP8_BYTES, BF16_BYTES])),
        batch=draw(st.floats(1, 4096)),
        gpu=draw(st.sampled_from(["H100", "H200", "B200"])),
    )


@EXAMPLES
@given(requests(), MORE)
@pytest.mark.parametrize("field", ["new_tokens", "output_tokens", "cached_tokens", "pue", "host_share", "total_b"])
def test_more_never_costs_less(field: str, request_: Request, more: float) -> None:
    """More tokens of any kind, a longer context, a larger model or a worse data centre: never less energy."""
    larger = request_.but(**{field: getattr(request_, field) * more})
    assert facility_wh(larger) >= facility_wh(request_) * (1 - 1e-12)


@EXAMPLES
@given(requests(), st.floats(0, 1))
def test_more_active_parameters_never_cost_less(request_: Request, share: float) -> None:
    """Of two mixtures of experts of one size, the one that computes with more costs more; so of a dense model's twin."""
    fewer = request_.but(active_b=request_.active_b * max(share, 1e-3))
    # Where fp8 weights are no experts any more, the wait of fp8 expert kernels ends: the one exception.
    if request_.active_b == request_.total_b and request_.bytes_per_weight == FP8_BYTES:
        request_ = request_.but(bytes_per_weight=BF16_BYTES)
        fewer = fewer.but(bytes_per_weight=BF16_BYTES)
    assert facility_wh(fewer) <= facility_wh(request_) * (1 + 1e-12)


@EXAMPLES
@given(requests(), st.floats(0, 1))
def test_a_cached_token_never_costs_more_than_a_new_one(request_: Request, share: float) -> None:
    """Reading input from a cache saves: the same context, less to compute."""
    moved = request_.new_tokens * share
    cached = request_.but(new_tokens=request_.new_tokens - moved, cached_tokens=request_.cached_tokens + moved)
    assert facility_wh(cached) <= facility_wh(request_) * (1 + 1e-12)


@EXAMPLES
@given(requests(), MORE)
def test_a_larger_batch_shares_a_step_among_more(request_: Request, more: float) -> None:
    """A dense model's token costs less in a larger batch, or the same."""
    dense = request_.but(active_b=request_.total_b)
    assert decode_j_per_token(dense.but(batch=dense.batch * more)) <= decode_j_per_token(dense) * (1 + 1e-12)


@EXAMPLES
@given(requests(), st.sampled_from(["new_tokens", "output_tokens", "cached_tokens", "total_b"]))
def test_nothing_jumps_but_the_number_of_gpus(request_: Request, field: str) -> None:
    """A billionth more of anything changes the energy by next to nothing, where it needs no more GPUs."""
    near = request_.but(**{field: getattr(request_, field) * (1 + 1e-9)})
    if field == "total_b" and request_.active_b == request_.total_b:
        near = near.but(active_b=near.total_b)
    if gpu_count(near) == gpu_count(request_):
        assert gpu_j(near) == pytest.approx(gpu_j(request_), rel=1e-6)


def test_the_request_form_is_the_fitted_form() -> None:
    """One request by plain numbers is what the columns say, for every run measured."""
    runs = load_text()
    constants = Decode(
        shipped.DECODE_STEP_J_PER_GPU,
        shipped.DECODE_WEIGHTS_J_PER_GB,
        shipped.DECODE_COMPUTE_J_PER_B_PARAMETERS,
        shipped.DECODE_CONTEXT_J_PER_KTOKEN,
        shipped.DECODE_BATCH_EXPONENT,
        shipped.GPU_FACTOR["B200"],
        shipped.DECODE_FP8_EXPERTS_J,
    )
    by_columns = energy_per_token_j(constants, terms(runs, Form())) * runs.output_tokens
    one_by_one = [
        gpu_j(
            Request(
                total_b=float(runs.total_b[i]),
                active_b=float(runs.active_b[i]),
                new_tokens=float(runs.prompt_tokens[i]),
                output_tokens=float(runs.output_tokens[i]),
                bytes_per_weight=float(runs.bytes_per_weight[i]),
                batch=float(runs.batch[i]),
                gpu=str(runs.gpu[i]),
            )
        )
        for i in range(len(runs))
    ]
    assert one_by_one == pytest.approx(list(by_columns), rel=1e-9)


def test_gpus_are_a_power_of_two_that_holds_the_weights() -> None:
    """The rule, for each run: enough memory, and never twice what is needed."""
    runs = load_text()
    memory_gb = np.where(runs.gpu == "H100", 80.0, 180.0)
    weights_gb = 1.2 * runs.total_b * runs.bytes_per_weight
    assert np.all(gpus(runs) * memory_gb >= weights_gb)
    assert {0.0} == {math.log2(n) % 1 for n in gpus(runs)}
    assert np.all((gpus(runs) == 1) | (gpus(runs) * memory_gb / 2 < weights_gb))

"""What was validated is what the package does: its formulas for one request are those of the fit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_genai_impact.impacts import native_1_energy as package
from otel_genai_impact.impacts import native_1_facility as facility
from science import request as validated
from tests.science.test_form import EXAMPLES, requests


def _load(request: validated.Request) -> package.Load:
    gpu = package.GPUS[request.gpu]
    return package.Load(request.active_b, request.total_b, request.bytes_per_weight, request.batch, gpu)


@EXAMPLES
@given(requests())
def test_the_package_computes_what_was_validated(request_: validated.Request) -> None:
    """For any model, hardware, batch and tokens the package's GPU energy is the one held against measurements."""
    load = _load(request_)
    input_tokens = request_.new_tokens + request_.cached_tokens
    context_tokens = package.mean_context_tokens(input_tokens, request_.output_tokens)
    one_token_j = package.decode_j_per_token(load) + package.context_j_per_token_and_token(load) * context_tokens
    read_j = package.prefill_j(load, request_.new_tokens, request_.cached_tokens)
    assert validated.gpu_j(request_) == pytest.approx(read_j + request_.output_tokens * one_token_j, rel=1e-12)


@EXAMPLES
@given(requests(), st.floats(1, 2))
def test_the_published_energies_are_compared_with_the_packages_own(request_: validated.Request, pue: float) -> None:
    """The anchors' way from GPUs to the facility is the package's."""
    factors = facility.HOST_FACTOR * facility.IDLE_FACTOR * pue
    expected = validated.gpu_j(request_) * factors / 3600
    assert math.isclose(expected, validated.facility_wh(request_.but(pue=pue)), rel_tol=1e-12)


def test_the_rules_are_the_packages() -> None:
    """Numbers that are written in both places are the same in both."""
    assert (package.MEMORY_OVERHEAD, package.CACHE_READ_SHARE) == (
        validated.MEMORY_OVERHEAD,
        validated.CACHED_TOKEN_SHARE,
    )
    assert {name: gpu.memory_gb for name, gpu in package.GPUS.items()} == validated.GPU_MEMORY_GB

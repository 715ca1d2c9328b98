"""How a request is served: what is known, and what is taken where it is not."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.native_1_serving import batch_size, weight_bytes
from otel_genai_impact.impacts.product_system import Model
from otel_genai_impact.impacts.serving import Serving


@pytest.mark.parametrize("size", [0, 0.99, -1, math.inf, math.nan])
def test_an_impossible_batch_is_refused(size: float) -> None:
    """One request is the least there can be, and a batch ends."""
    with pytest.raises(ValueError, match=f"^a batch has at least 1 request, got {size}$"):
        Serving(batch_size=size)


def test_one_request_is_a_batch() -> None:
    """The least there can be."""
    assert 1 == batch_size(Serving(batch_size=1))


def test_what_is_said_comes_before_what_others_say() -> None:
    """Of a request before its deployment's, one by one."""
    deployment = Serving(tier="flex", batch_size=8, gpu="B200")
    assert Serving(tier="priority", batch_size=8, gpu="B200") == Serving(tier="priority").known_from(deployment)
    assert Serving(tier="flex", batch_size=2, gpu="B200") == Serving(batch_size=2).known_from(deployment)
    assert Serving(tier="flex", batch_size=8, gpu="H200") == Serving(gpu="H200").known_from(deployment)


def test_what_nobody_says_stays_unknown() -> None:
    """And what is said does not need the other one."""
    said = Serving(tier="flex", batch_size=8, gpu="B200")
    assert (said, Serving()) == (said.known_from(Serving()), Serving().known_from(Serving()))


@pytest.mark.parametrize(
    ("said", "is_disclosed", "expected"), [(0.5, True, 0.5), (0.5, False, 0.5), (None, True, 2.0), (None, False, 1.0)]
)
def test_weights_have_the_bytes_that_are_said_or_usual(said: float | None, is_disclosed: bool, expected: float) -> None:
    """bf16 is how weights are published, fp8 how a model of one's own is served."""
    one = Interval.exactly(1)
    model = Model(active_parameters_b=one, total_parameters_b=one, weight_bytes=said, is_disclosed=is_disclosed)
    assert expected == weight_bytes(model)

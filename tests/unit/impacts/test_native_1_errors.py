"""Method `native-1`: what each kind of error adds to each part of the energy, worked out by hand."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.native_1_energy import GPUS, Load
from otel_genai_impact.impacts.native_1_errors import EnergyErrors, _batched, energy_errors, fit_log_sd, state_log_sd
from otel_genai_impact.impacts.native_1_serving import load_of
from otel_genai_impact.impacts.product_system import Model
from otel_genai_impact.impacts.serving import Serving

EXACTLY = Interval.exactly
# A range by a factor of four that has the truth with 90 %, as a log-sd.
FOUR_FOLD = math.log(4) / (2 * 1.6448536269514722)


def _dense_70b(weight_bytes: float | None = 2) -> Model:
    return Model(active_parameters_b=EXACTLY(70), total_parameters_b=EXACTLY(70), weight_bytes=weight_bytes)


def _load(total_b: float = 70, active_b: float = 70, weight_bytes: float = 2, batch_size: float = 64) -> Load:
    return Load(active_b, total_b, weight_bytes, batch_size, GPUS["H100"])


def _errors(model: Model, serving: Serving | None = None) -> EnergyErrors:
    served = serving or Serving(batch_size=64)
    return energy_errors(model, served, load_of(model, served))


def _decode_j(gpus: int, weight_bytes: float, batch_size: float) -> float:
    """Of a token of a dense model of 70e9 on H100s, from the published fit."""
    return (0.7244 * gpus + 0.0752 * 70 * weight_bytes) / batch_size**0.6899 + 0.001646 * 70


def test_a_model_of_which_all_is_known_has_the_errors_of_the_formulas_alone() -> None:
    """The fit's two for decode, one more for context; reading the input is no fit, and has its own."""
    assert (
        {"fit": 0.13, "state": 0.23},
        {"fit": 0.13, "state": 0.23, "context": 0.4},
        {"prefill": 0.35},
    ) == _errors(_dense_70b())


def test_bytes_that_nobody_says_are_half_or_twice_as_many() -> None:
    """Of 2 bytes, e to the -0.42 leaves 1.31: 110 GB on two GPUs; e to the 0.42 makes 3.04: 256 GB on four."""
    below, above = _decode_j(2, 2 * math.exp(-0.42), 64), _decode_j(4, 2 * math.exp(0.42), 64)
    errors = _errors(_dense_70b(weight_bytes=None))
    assert math.log(above / below) / 2 == pytest.approx(errors.tokens["precision"], rel=1e-12)
    assert {"precision"} == set(errors.tokens) - set(errors.context)


def test_a_batch_that_nobody_says_makes_tokens_dearer_or_cheaper() -> None:
    """16 to 256 around 64, and the error has no sign: batches are on the other side of the formula."""
    dear, cheap = _decode_j(4, 2, 64 * math.exp(-0.84)), _decode_j(4, 2, 64 * math.exp(0.84))
    errors = _errors(_dense_70b(), Serving())
    assert math.log(dear / cheap) / 2 == pytest.approx(errors.tokens["batch"], rel=1e-12)
    assert {"batch"} == set(errors.tokens) - set(errors.context)


def test_a_batch_has_at_least_one_request() -> None:
    """However little is known of it; and a factor is a factor."""
    assert (1.0, 96.0) == (_batched(_load(batch_size=1.5), 0.5).batch_size, _batched(_load(), 1.5).batch_size)


def test_a_range_of_sizes_is_an_error_of_every_part() -> None:
    """35 to 140: reading grows with the parameters, context with their square root."""
    size = Interval(35, 140)
    errors = _errors(Model(active_parameters_b=size, total_parameters_b=size, weight_bytes=2))
    assert pytest.approx(FOUR_FOLD, rel=1e-12) == errors.prefill["parameters"]
    assert pytest.approx(FOUR_FOLD / 2, rel=1e-12) == errors.context["parameters"]
    assert "parameters" in errors.tokens
    assert "active share" not in errors.tokens


def test_a_range_of_active_parameters_is_an_error_of_every_part() -> None:
    """10 to 40 of 400: the same by the share that is active."""
    model = Model(active_parameters_b=Interval(10, 40), total_parameters_b=EXACTLY(400), weight_bytes=2)
    errors = _errors(model)
    assert pytest.approx(FOUR_FOLD, rel=1e-12) == errors.prefill["active share"]
    assert pytest.approx(FOUR_FOLD / 2, rel=1e-12) == errors.context["active share"]
    assert 0 < errors.tokens["active share"]
    assert "parameters" not in errors.tokens


def test_a_model_has_no_more_active_parameters_than_it_has() -> None:
    """A secret 720 of 800: down by e to the 0.65, up to 800 and no further."""
    secret = Model(active_parameters_b=EXACTLY(720), total_parameters_b=EXACTLY(800), is_disclosed=False)
    expected = (math.log(800 / 720) + 0.65) / 2
    assert expected == pytest.approx(_errors(secret).prefill["active share"], rel=1e-12)


@pytest.mark.parametrize(
    ("load", "beyond"),
    [
        (_load(), 0.0),
        (_load(total_b=2, active_b=2), math.log(4)),
        (_load(total_b=1342, active_b=1342), math.log(2)),
        (_load(batch_size=2), math.log(4)),
        (_load(batch_size=8192), math.log(2)),
        (_load(total_b=2, active_b=2, batch_size=2), math.log(4) + math.log(4)),
    ],
)
def test_the_fit_is_worse_beyond_what_was_measured(load: Load, beyond: float) -> None:
    """8e9 to 671e9 parameters and 8 to 4,096 requests at a time: 0.15 more for each factor of e, on both sides."""
    assert math.hypot(0.13, 0.15 * beyond) == pytest.approx(fit_log_sd(load), rel=1e-12)


def test_experts_in_fp8_are_known_least() -> None:
    """A mixture in fp8; neither a mixture in bf16, nor a dense model in fp8."""
    fp8, bf16, dense = _load(active_b=7, weight_bytes=1), _load(active_b=7), _load(weight_bytes=1)
    assert [0.26, 0.23, 0.23] == [state_log_sd(load) for load in (fp8, bf16, dense)]
    assert [0.49, 0.13, 0.13] == [fit_log_sd(load) for load in (fp8, bf16, dense)]


def test_the_precision_is_said_to_be_assumed_where_it_is() -> None:
    """And not where it is known."""
    assumed = [METHODS["native-1"].assumptions(_dense_70b(weight_bytes)) for weight_bytes in (None, 2.0)]
    assert [("model.precision",), ()] == assumed

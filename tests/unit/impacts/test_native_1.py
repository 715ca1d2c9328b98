"""Method `native-1`: its formulas, in numbers that can be followed by hand."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts import native_1_facility as facility
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.native_1 import gpu_energy_of, uncertainties
from otel_genai_impact.impacts.native_1_energy import GPUS, Load
from otel_genai_impact.impacts.native_1_errors import fit_log_sd
from otel_genai_impact.impacts.native_1_serving import load_of, sizes_of
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
from otel_genai_impact.impacts.serving import Serving
from otel_genai_impact.impacts.uncertainty import Uncertain

DENSE = Load(active_b=70, total_b=70, weight_bytes=2, batch_size=64, gpu=GPUS["H100"])
EXPERTS = Load(active_b=10, total_b=100, weight_bytes=2, batch_size=2, gpu=GPUS["H100"])
LLAMA = Model(active_parameters_b=Interval.exactly(70), total_parameters_b=Interval.exactly(70), weight_bytes=2)
SECRET = Model(active_parameters_b=Interval(40, 160), total_parameters_b=Interval.exactly(800), is_disclosed=False)
CENTER = DataCenter(pue=Interval.exactly(1.2), onsite_wue_l_per_kwh=Interval.exactly(0.5))
MIX = ElectricityMix(gwp_kgco2eq_per_kwh=0.4, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=9.0, wue_l_per_kwh=3.0)
ONE_KWH_J = 3.6e6


def test_a_dense_model_touches_all_its_parameters() -> None:
    """Whatever the batch."""
    assert 70 == energy.touched_parameters_b(DENSE)


def test_a_batch_touches_more_experts_than_one_request() -> None:
    """Two requests with a tenth each: 10 + 90 * (1 - 0.9 ** 2)."""
    assert 10 + 90 * (1 - 0.9**2) == pytest.approx(energy.touched_parameters_b(EXPERTS))


def test_weights_need_gpus_in_powers_of_two() -> None:
    """70e9 x 2 bytes x 1.2 = 168 GB: three of 80 GB, so four; of 180 GB one."""
    assert 4 == energy.gpu_count(DENSE)
    assert 1 == energy.gpu_count(DENSE._replace(gpu=GPUS["B200"]))


@pytest.mark.parametrize(
    ("gpu", "fits_b", "too_large_b"), [("H100", 33.3, 33.4), ("H200", 58.7, 58.8), ("B200", 74.9, 75.1)]
)
def test_a_model_needs_a_second_gpu_where_the_memory_of_one_ends(gpu: str, fits_b: float, too_large_b: float) -> None:
    """NVIDIA's data sheets: 80, 141 and 180 GB. 1.2 x 2 bytes x 33.3e9 are 79.9 GB, x 58.7e9 140.9, x 74.9e9 179.8."""
    loads = [DENSE._replace(gpu=GPUS[gpu], active_b=size_b, total_b=size_b) for size_b in (fits_b, too_large_b)]
    assert [1, 2] == [energy.gpu_count(load) for load in loads]


def test_a_gpu_draws_the_median_of_its_runs() -> None:
    """ML.ENERGY v3: 516 W over the runs on H100, and so on its sibling H200; 724 W on B200, for 0.8958 of the energy."""
    expected = {"H100": (516, 1), "H200": (516, 1), "B200": (724, 0.8958)}
    assert expected == {name: (gpu.power_w, gpu.energy_factor) for name, gpu in GPUS.items()}


def test_a_token_costs_its_share_of_a_step_and_its_own_work() -> None:
    """(GPUs + bytes) over the batch to the power k, and something for each parameter."""
    step_j = fitted.DECODE_STEP_J_PER_GPU * 4 + fitted.DECODE_WEIGHTS_J_PER_GB * 140
    expected = step_j / 64**fitted.DECODE_BATCH_EXPONENT + fitted.DECODE_COMPUTE_J_PER_B_PARAMETERS * 70
    assert expected == pytest.approx(energy.decode_j_per_token(DENSE))


def test_experts_in_fp8_cost_something_more_for_each_step() -> None:
    """Half of the bytes, and c4 of the square root of the active parameters, shared by the batch."""
    fp8 = EXPERTS._replace(weight_bytes=1)
    step_j = fitted.DECODE_STEP_J_PER_GPU * 2 + fitted.DECODE_WEIGHTS_J_PER_GB * energy.touched_parameters_b(fp8)
    shared_j = step_j / 2**fitted.DECODE_BATCH_EXPONENT + fitted.DECODE_FP8_EXPERTS_J * math.sqrt(10) / 2
    assert shared_j + fitted.DECODE_COMPUTE_J_PER_B_PARAMETERS * 10 == pytest.approx(energy.decode_j_per_token(fp8))
    assert energy.decode_j_per_token(DENSE._replace(weight_bytes=1)) < energy.decode_j_per_token(DENSE)


def test_a_cached_token_costs_a_fiftieth_of_a_new_one_without_its_attention() -> None:
    """0.02 of 0.0028 J for each 1e9 parameters."""
    assert 0.02 * 0.0028 * 70 * 1000 == pytest.approx(energy.prefill_j(DENSE, 0, 1000))


def test_new_tokens_attend_to_cached_ones_and_half_of_each_other() -> None:
    """1,000 new ones after 4,000 cached: 4,500 keys each."""
    attention = 0.148 * (70e9) ** (-1 / 3)
    expected = 0.0028 * 70 * (1000 * (1 + attention * 4500) + 0.02 * 4000)
    assert expected == pytest.approx(energy.prefill_j(DENSE, 1000, 4000))


def test_gpu_energy_becomes_that_of_the_data_centre() -> None:
    """Hosts and machines in reserve, then PUE."""
    found = facility.impacts_of(Uncertain(median=ONE_KWH_J), 520, CENTER, MIX)
    assert 1.43 * 1.10 * 1.2 * ONE_KWH_J == pytest.approx(found.energy_j.median)
    assert 1.43 * 1.10 * 1.2 * 0.4 == pytest.approx(found.usage_gwp_kgco2eq.median)


def test_water_is_that_on_site_by_it_energy_and_that_of_electricity_by_facility_energy() -> None:
    """0.5 L of 1.573 kWh, 3 L of 1.2 times that."""
    found = facility.impacts_of(Uncertain(median=ONE_KWH_J), 520, CENTER, MIX)
    assert 1.573 * 0.5 == pytest.approx(found.site_water_l.median)
    assert 1.573 * 1.2 * 3 == pytest.approx(found.grid_water_l.median)
    assert 1.573 * 0.5 + 1.573 * 1.2 * 3 == pytest.approx(found.wcf_l.median)


def test_making_is_shared_by_the_gpu_seconds_that_are_worked_in_a_life() -> None:
    """520 J are one second of four years at 60 %, of a GPU and an eighth of its server.

    EcoLogits 0.11.3: a GPU is 273 kg, 0.00895 kg Sb and 3,721 MJ, the rest of a server 5,700, 0.37 and 70,000.
    """
    found = facility.impacts_of(Uncertain(median=520.0), 520, CENTER, MIX)
    worked_s = 4 * 365 * 86400 * 0.6
    expected = ((273 + 5700 / 8) / worked_s, (0.00895 + 0.37 / 8) / worked_s, (3721 + 70000 / 8) / worked_s)
    made = (found.embodied_gwp_kgco2eq, found.embodied_adpe_kgsbeq, found.embodied_pe_mj)
    assert pytest.approx(expected, rel=1e-12, abs=0) == tuple(one.median for one in made)


def test_no_water_on_site_is_no_logarithm_of_nothing() -> None:
    """Data centres without evaporation have a WUE of 0."""
    dry = DataCenter(pue=Interval.exactly(1.2), onsite_wue_l_per_kwh=Interval.exactly(0))
    assert 0 == facility.impacts_of(Uncertain(median=1.0), 520, dry, MIX).site_water_l.median


def test_reasoning_is_output_and_cached_tokens_are_input() -> None:
    """More cached tokens than input are as many as the input."""
    unit = FunctionalUnit(output_tokens=10, input_tokens=100, cached_tokens=500)
    found = gpu_energy_of(unit, LLAMA, Serving())
    assert 0.0028 * 70 * 0.02 * 100 == pytest.approx(found.prefill.median)


def test_input_that_is_not_reported_is_not_counted() -> None:
    """Its absence is said in the assumptions, not made up here."""
    assert 0 == gpu_energy_of(FunctionalUnit(output_tokens=10), LLAMA, Serving()).prefill.median


@pytest.mark.parametrize(
    ("tier", "batch"), [("flex", 256), ("batch", 256), ("priority", 16), ("default", 64), (None, 64)]
)
def test_the_service_tier_says_how_large_batches_are(tier: str | None, batch: float) -> None:
    """What can wait is put together."""
    assert batch == load_of(LLAMA, Serving(tier=tier)).batch_size


def test_a_known_batch_has_no_error_and_overrules_the_tier() -> None:
    """Who runs the server knows it."""
    unit = FunctionalUnit(output_tokens=100)
    known = uncertainties(unit, LLAMA, CENTER, MIX, Serving(tier="flex", batch_size=8))
    assert 8 == load_of(LLAMA, Serving(tier="flex", batch_size=8)).batch_size
    assert "batch" not in known.energy_j.errors
    assert "batch" in uncertainties(unit, LLAMA, CENTER, MIX).energy_j.errors


def test_a_gpu_that_is_not_known_is_taken_for_an_h100() -> None:
    """As are all requests that do not say."""
    assert GPUS["H100"] == load_of(LLAMA, Serving(gpu="TPU v5")).gpu
    assert GPUS["B200"] == load_of(LLAMA, Serving(gpu="b200")).gpu


def test_a_secret_size_is_a_range_of_90_percent_and_at_least_as_uncertain_as_secrets_are() -> None:
    """Active 40 to 160: the median is 80. All 800: uncertain by a factor of e to the 0.7."""
    assert (80, 800) == (pytest.approx(load_of(SECRET, Serving()).active_b), load_of(SECRET, Serving()).total_b)
    sizes = sizes_of(SECRET)
    assert 0.7 == sizes.total_log_sd
    assert math.log(4) / (2 * 1.64485) == pytest.approx(sizes.active_share_log_sd, rel=1e-4)


def test_a_secret_mixture_without_a_range_has_that_of_those_that_are_known() -> None:
    """3 % to 25 % of the parameters are active."""
    secret = Model(
        active_parameters_b=Interval.exactly(40), total_parameters_b=Interval.exactly(800), is_disclosed=False
    )
    assert math.log(25 / 3) / (2 * 1.64485) == pytest.approx(sizes_of(secret).active_share_log_sd, abs=0.01)


def test_the_fit_is_less_sure_where_nothing_was_measured() -> None:
    """The largest model measured had 671e9 parameters; fp8 experts fit badly everywhere."""
    assert fitted.MODEL_LOG_SD == fit_log_sd(DENSE)
    assert fit_log_sd(DENSE) < fit_log_sd(DENSE._replace(total_b=2000, active_b=2000))
    assert fitted.FP8_EXPERTS_MODEL_LOG_SD == fit_log_sd(EXPERTS._replace(weight_bytes=1, batch_size=64))


def test_a_request_with_a_long_context_costs_more_than_one_without() -> None:
    """What ecologits-0.11 does not see: 20,000 tokens of input are most of the energy of 300 tokens of output."""
    short = METHODS["native-1"].assess(FunctionalUnit(output_tokens=300), LLAMA, CENTER, MIX)
    long = METHODS["native-1"].assess(FunctionalUnit(output_tokens=300, input_tokens=20_000), LLAMA, CENTER, MIX)
    assert 5 * short.energy_kwh.estimate < long.energy_kwh.estimate


def test_the_compiled_form_names_its_errors_as_the_readable_one() -> None:
    """What sums and explanations rest on."""
    unit = FunctionalUnit(output_tokens=300, input_tokens=5_000, cached_tokens=1_000)
    system = METHODS["native-1"].compile(SECRET, CENTER, MIX)
    expected = uncertainties(unit, SECRET, CENTER, MIX).energy_j.errors
    assert expected == pytest.approx(system.energy_errors(300, 5_000, 1_000))

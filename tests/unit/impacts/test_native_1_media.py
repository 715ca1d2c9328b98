"""Method `native-1` for vectors, images and videos: each formula with its arithmetic visible."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.media import Asked, MediaModel
from otel_genai_impact.impacts.methods import MEDIA_METHODS
from otel_genai_impact.impacts.native_1_media import embedding_j, gpu_energy_j, image_j, video_j
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

FLUX = MediaModel(modality="image", parameters_b=Interval.exactly(12), width_px=1024, height_px=1024, steps=50)
HUNYUAN = MediaModel(
    modality="video",
    parameters_b=Interval.exactly(13),
    width_px=1280,
    height_px=720,
    steps=50,
    frames=129,
    frames_per_s=15,
)
BGE = MediaModel(modality="embedding", parameters_b=Interval.exactly(0.568), longest_input_tokens=8192)
ALL_OF_AN_IMAGE = Asked(pieces=1, megapixels=1.048576, steps=50)


def test_an_embedding_is_a_prefill_at_a_low_utilisation() -> None:
    """Two operations a parameter and token, 0.0028 J per 1e9 of them, at the middle of 0.3 and 0.6."""
    linear_j = fitted.PREFILL_J_PER_B_PARAMETERS * 0.568 * 1 / math.sqrt(0.3 * 0.6)
    assert linear_j == pytest.approx(embedding_j(0.568, 1, 8192), rel=1e-3)


def test_attention_ends_where_a_text_does() -> None:
    """A hundred texts of a request do not look at each other: ten times the tokens are ten times the energy."""
    many, more = embedding_j(0.568, 10_000, 512), embedding_j(0.568, 100_000, 512)
    assert 10 == pytest.approx(more / many)
    assert embedding_j(0.568, 10_000, 512) < embedding_j(0.568, 10_000, 8192) < embedding_j(0.568, 10_000, None)


def test_an_image_is_the_fit_by_parameters_steps_and_pixels() -> None:
    """FLUX.1-dev at 1024x1024 and 50 steps was measured at 2.15 Wh on an H100; the fit is within its error."""
    joules = image_j(12, 50, 1.048576)
    assert fitted.IMAGE_COEFFICIENT_J * 12**fitted.IMAGE_EXPONENT * 50 * 1.048576 == joules
    assert 2.15 * 3600 / 1.32 < joules < 2.15 * 3600 * 1.32


@pytest.mark.parametrize(
    ("parameters_b", "megapixels", "frames", "measured_wh"), [(13, 0.9216, 129, 356), (14, 0.39936, 81, 107)]
)
def test_a_video_is_the_fit_with_frames(
    parameters_b: float, megapixels: float, frames: float, measured_wh: float
) -> None:
    """HunyuanVideo and Wan 2.1 14B, 50 steps, as ML.ENERGY measured them: within the 90 % error of the fit."""
    joules = video_j(parameters_b, 50, megapixels, frames)
    assert measured_wh * 3600 / 1.61 < joules < measured_wh * 3600 * 1.61


def test_what_is_not_reported_is_the_model_s_own() -> None:
    """One image, at the size and the steps that the model has by default: the same figure, less well known."""
    said, unsaid = gpu_energy_j(ALL_OF_AN_IMAGE, FLUX), gpu_energy_j(Asked(), FLUX)
    assert said.median == pytest.approx(unsaid.median)
    assert {"fit": fitted.IMAGE_LOG_SD} == said.errors
    assert {"fit", "steps", "size", "count"} == set(unsaid.errors)
    assert said.log_sd < unsaid.log_sd


def test_seconds_of_a_video_are_its_frames() -> None:
    """At the frames per second of the model; without them it is as long as the model makes it."""
    default = gpu_energy_j(Asked(), HUNYUAN)
    assert default.median == pytest.approx(gpu_energy_j(Asked(seconds=129 / 15), HUNYUAN).median)
    assert "duration" in default.errors
    assert "duration" not in gpu_energy_j(Asked(seconds=3), HUNYUAN).errors


def test_pieces_cost_what_one_does_each() -> None:
    """Two videos are twice one."""
    one, two = (gpu_energy_j(Asked(pieces=pieces), HUNYUAN).median for pieces in (1, 2))
    assert 2 * one == pytest.approx(two)


def test_the_fits_are_known_as_well_as_the_makers_that_were_held_out_say() -> None:
    """docs/validation.md, each maker held out: log errors of 0.62 over images, 0.51 over videos."""
    video = Asked(pieces=1, megapixels=0.9216, steps=50, seconds=8)
    assert {"fit": 0.62} == gpu_energy_j(ALL_OF_AN_IMAGE, FLUX).errors
    assert {"fit": 0.51} == gpu_energy_j(video, HUNYUAN).errors


def test_a_secret_size_is_an_error_by_its_exponent() -> None:
    """0.6 to 32 is a factor of 53 in parameters, and its square root or so in energy."""
    secret = MediaModel(
        modality="image", parameters_b=Interval(0.6, 32), is_disclosed=False, width_px=1024, height_px=1024, steps=28
    )
    expected = fitted.IMAGE_EXPONENT * math.log(32 / 0.6) / (2 * 1.6448536269514722)
    assert expected == pytest.approx(gpu_energy_j(Asked(), secret).errors["parameters"])


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        (
            {"modality": "image", "parameters_b": Interval.exactly(0), "width_px": 8, "height_px": 8, "steps": 4},
            "^param",
        ),
        ({"modality": "image", "width_px": math.inf, "height_px": 8, "steps": 4}, "^width_px .* got inf"),
        ({"modality": "image", "height_px": 8, "steps": 4}, "^width_px of a model for image"),
        ({"modality": "video", "height_px": 8, "width_px": 8, "frames": 9, "frames_per_s": 9}, "^steps"),
        ({"modality": "video", "height_px": 8, "width_px": 8, "steps": 4, "frames_per_s": 9}, "^frames of a model"),
        ({"modality": "image", "width_px": 1024, "height_px": 1024}, "^steps of a model for image"),
        ({"modality": "image", "width_px": 1024, "height_px": 0, "steps": 4}, "^height_px .* got 0"),
        ({"modality": "video", "width_px": 8, "height_px": 8, "steps": 4, "frames": 9}, "^frames_per_s"),
        ({"modality": "embedding", "parameters_b": Interval.exactly(0)}, "^parameters_b"),
    ],
)
def test_a_model_without_what_its_modality_needs(numbers: dict[str, object], message: str) -> None:
    """It is refused by the name of what is missing."""
    with pytest.raises(ValueError, match=message):
        MediaModel(**{"parameters_b": Interval.exactly(1), **numbers})  # pyright: ignore[reportArgumentType]


def test_an_embedding_attends_to_half_of_its_text() -> None:
    """10,000 tokens look back on 4,096 of a text of 8,192, or on 5,000 where the text is one."""
    linear_j, attention = 0.0028 * 0.568 * 10_000 / math.sqrt(0.3 * 0.6), 0.148 * 0.568e9 ** (-1 / 3)
    for longest, looked_back_on in ((8192, 4096), (None, 5000)):
        expected = linear_j * (1 + attention * looked_back_on)
        assert expected == pytest.approx(embedding_j(0.568, 10_000, longest), rel=1e-9)


def test_an_embedding_has_the_errors_of_reading_and_of_how_full_gpus_are() -> None:
    """0.35 as for text, 0.3 to 0.6 with 90 %; of no tokens it is nothing."""
    bge = MediaModel(modality="embedding", parameters_b=Interval.exactly(0.568), longest_input_tokens=8192)
    found = gpu_energy_j(Asked(input_tokens=10_000), bge)
    assert embedding_j(0.568, 10_000, 8192) == found.median
    assert {"prefill": 0.35, "utilisation": pytest.approx(math.log(2) / (2 * 1.6448536269514722))} == found.errors
    assert 0 == gpu_energy_j(Asked(), bge).median


def test_a_video_is_its_coefficient_times_all_that_it_has() -> None:
    """13e9 parameters, 50 steps, 0.9216 megapixels, 129 frames."""
    expected = fitted.VIDEO_COEFFICIENT_J * math.exp(fitted.VIDEO_EXPONENT * math.log(13)) * 50 * 0.9216 * 129
    assert expected == pytest.approx(video_j(13, 50, 0.9216, 129), rel=1e-12)


def test_a_video_of_which_nothing_is_said_is_known_least() -> None:
    """Neither its steps, nor its size, nor how many, nor how long."""
    assert {"fit", "steps", "size", "count", "duration"} == set(gpu_energy_j(Asked(), HUNYUAN).errors)


def test_an_embedding_model_needs_no_size_in_pixels() -> None:
    """It makes no picture."""
    assert 0 == MediaModel(modality="embedding", parameters_b=Interval.exactly(1)).megapixels


def test_what_is_made_is_as_for_text() -> None:
    """One joule of an image's GPUs has the impacts of any other; the place adds its errors to those of the energy."""
    center = DataCenter(pue=Interval.exactly(1.2), onsite_wue_l_per_kwh=Interval.exactly(0.5))
    mix = ElectricityMix(gwp_kgco2eq_per_kwh=0.4, adpe_kgsbeq_per_kwh=1e-7, pe_mj_per_kwh=9.0, wue_l_per_kwh=3.0)
    system = MEDIA_METHODS["native-1"].compile(FLUX, center, mix)
    gpu_s = image_j(12, 50, 1.048576) / 516 / (4 * 365 * 86400 * 0.6)
    estimate = system.estimate(ALL_OF_AN_IMAGE)
    assert 1e3 * gpu_s * (0.00895 + 0.37 / 8) == pytest.approx(estimate.adpe_embodied, rel=1e-12, abs=0)
    assert 1e6 * gpu_s * (3721 + 70000 / 8) == pytest.approx(estimate.pe_embodied, rel=1e-12)
    assert {"fit": fitted.IMAGE_LOG_SD, "host": 0.15, "pue": 0.05} == system.energy_errors(ALL_OF_AN_IMAGE)

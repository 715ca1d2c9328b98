"""Method `native-1` for vectors, images and videos: each formula with its arithmetic visible."""

from __future__ import annotations

import math

import pytest

from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.media import Asked, MediaModel
from otel_genai_impact.impacts.native_1_media import embedding_j, gpu_energy_j, image_j, video_j

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
        ({"modality": "image", "width_px": 1024, "height_px": 1024}, "steps of a model for image"),
        ({"modality": "image", "width_px": 1024, "height_px": 0, "steps": 4}, "height_px .* got 0"),
        ({"modality": "video", "width_px": 8, "height_px": 8, "steps": 4, "frames": 9}, "frames_per_s"),
        ({"modality": "embedding", "parameters_b": Interval.exactly(0)}, "parameters_b"),
    ],
)
def test_a_model_without_what_its_modality_needs(numbers: dict[str, object], message: str) -> None:
    """It is refused by the name of what is missing."""
    with pytest.raises(ValueError, match=message):
        MediaModel(**{"parameters_b": Interval.exactly(1), **numbers})  # pyright: ignore[reportArgumentType]

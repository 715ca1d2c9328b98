"""The constants that the package ships are what the fit gives."""

from __future__ import annotations

import re

import pytest

from otel_genai_impact.impacts import native_1_constants as shipped
from science import constants


def test_the_shipped_constants_are_a_fit_away(fitted: constants.Constants) -> None:
    """Whoever fits again gets what is shipped, to four digits at most one off in the last."""
    decode = fitted.decode
    again = {
        "DECODE_STEP_J_PER_GPU": decode.step_j_per_gpu,
        "DECODE_WEIGHTS_J_PER_GB": decode.weights_j_per_gb,
        "DECODE_BATCH_EXPONENT": decode.batch_exponent,
        "DECODE_FP8_EXPERTS_J": decode.fp8_experts_j,
        "DECODE_COMPUTE_J_PER_B_PARAMETERS": decode.compute_j_per_b,
        "DECODE_CONTEXT_J_PER_KTOKEN": decode.context_j_per_ktoken,
        "IMAGE_COEFFICIENT_J": fitted.image.coefficient,
        "IMAGE_EXPONENT": fitted.image.exponent,
        "VIDEO_COEFFICIENT_J": fitted.video.coefficient,
        "VIDEO_EXPONENT": fitted.video.exponent,
    }
    assert again == pytest.approx({name: getattr(shipped, name) for name in again}, rel=1e-3)
    assert decode.b200_factor == pytest.approx(shipped.GPU_FACTOR["B200"], rel=1e-3)


def test_the_shipped_spreads_are_the_held_out_ones(fitted: constants.Constants) -> None:
    """What the package claims to know is what the fit knew of models that it had not seen."""
    again = [
        (shipped.MODEL_LOG_SD, fitted.general.between),
        (shipped.STATE_LOG_SD, fitted.general.within),
        (shipped.FP8_EXPERTS_MODEL_LOG_SD, fitted.fp8_experts.between),
        (shipped.FP8_EXPERTS_STATE_LOG_SD, fitted.fp8_experts.within),
        (shipped.IMAGE_LOG_SD, fitted.image_log_sd),
        (shipped.VIDEO_LOG_SD, fitted.video_log_sd),
    ]
    assert [sd for sd, _ in again] == pytest.approx([sd for _, sd in again], abs=0.006)


def test_the_constants_module_is_written_not_edited(fitted: constants.Constants) -> None:
    """But for the last digits, which another machine's arithmetic may turn, the module is what the code writes."""

    def words(text: str) -> list[str]:
        return re.sub(r"\d+\.\d+(e-?\d+)?", "#", text).splitlines()

    assert words(constants.render(fitted)) == words(constants.PATH.read_text("utf-8"))

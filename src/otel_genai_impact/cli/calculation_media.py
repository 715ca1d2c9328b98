"""The whole calculation of one request for vectors, images or videos by `native-1`. docs/media.md has the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.cli import provenance
from otel_genai_impact.cli.calculation import Factor, Step
from otel_genai_impact.cli.calculation_native_1 import (
    FIT,
    exactly,
    impact_steps,
    of_facility,
    of_native_place,
    shares,
    with_median,
)
from otel_genai_impact.cli.provenance import Origin
from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts import native_1_facility as facility
from otel_genai_impact.impacts import native_1_media as media
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.native_1_serving import GPU, WEIGHT_BYTES, median

if TYPE_CHECKING:
    from otel_genai_impact.cli.media import Assessed
    from otel_genai_impact.impacts.native_1_facility import Uncertainties

_RULE: Final = Origin(("docs/media.md",), None, "a choice of the method, with its reason there")
_GPU: Final = energy.GPUS[GPU]


def factors(assessed: Assessed) -> list[Factor]:
    """Every number that goes in: of the request, the model, where it is served, and the method."""
    model, served = assessed.model, assessed.served
    origin = provenance.of_media_model(served.entry.id, model.modality, assessed.archive)
    parts = "parameters" if model.modality == "embedding" else "parameters of the denoiser"
    return [
        *(_of_text(assessed, origin) if model.modality == "embedding" else _of_pictures(assessed, origin)),
        Factor("P", parts, with_median(model.parameters_b), "1e9", origin),
        exactly("power", "power of one GPU that generates", _GPU.power_w, "W", FIT),
        *of_native_place(served, assessed.archive),
        *of_facility(),
    ]


def _of_text(assessed: Assessed, origin: Origin) -> list[Factor]:
    tokens = assessed.asked.input_tokens or 0.0
    longest = assessed.model.longest_input_tokens
    return [
        exactly("i", "input tokens", tokens, "1", provenance.YOURS),
        exactly("t", "tokens that it takes at once", longest or tokens, "1", origin if longest else _RULE),
        exactly("f", "energy of this kind of GPU, over an H100", _GPU.energy_factor, "1", FIT),
        exactly("r", "reading a token, 1e9 parameters", fitted.PREFILL_J_PER_B_PARAMETERS, "J", _RULE),
        exactly("fill", "how well such requests fill a GPU", media.EMBEDDING_UTILISATION, "1", _RULE),
    ]


def _of_pictures(assessed: Assessed, origin: Origin) -> list[Factor]:
    """What the request says; where it says nothing, what is usual for the model."""
    asked, model = assessed.asked, assessed.model
    is_image = model.modality == "image"

    def of(symbol: str, name: str, said: float | None, default: float | None, unit: str, usual: Origin) -> Factor:
        value = said if said is not None else default or 0.0
        return exactly(symbol, name, value, unit, usual if said is None else provenance.YOURS)

    coefficient, exponent = (
        (fitted.IMAGE_COEFFICIENT_J, fitted.IMAGE_EXPONENT)
        if is_image
        else (fitted.VIDEO_COEFFICIENT_J, fitted.VIDEO_EXPONENT)
    )
    found = [
        of("N", "images" if is_image else "videos", asked.pieces, 1.0, "1", _RULE),
        of("S", "steps of the denoiser", asked.steps, model.steps, "1", origin),
        of("MP", "size of an image or a frame", asked.megapixels, model.megapixels, "1e6 px", origin),
        exactly("a", "a step of 1e6 px, 1e9 parameters", coefficient, "J", FIT),
        exactly("k", "how energy grows with parameters", exponent, "1", FIT),
    ]
    if is_image:
        return found
    if asked.seconds is None:
        return [*found, exactly("F", "frames of a video", model.frames or 0.0, "1", origin)]
    return [
        *found,
        exactly("length", "how long a video is", asked.seconds, "s", provenance.YOURS),
        exactly("fps", "frames in a second", model.frames_per_s or 0.0, "1/s", origin),
    ]


def steps(assessed: Assessed) -> list[Step]:
    """Every formula with its result."""
    gpu = media.gpu_energy_j(assessed.asked, assessed.model)
    before, formula = _energy_steps(assessed)
    return [
        *before,
        Step("E_GPU", "GPUs in all", formula, gpu.interval, "J"),
        *impact_steps(_found(assessed), facility.it_energy_j(gpu)),
    ]


def _energy_steps(assessed: Assessed) -> tuple[list[Step], str]:
    """What comes before the energy of the GPUs, and their formula."""
    asked, model = assessed.asked, assessed.model
    if model.modality == "image":
        return [], "N * a * P**k * S * MP"
    if model.modality == "video":
        frames = [] if asked.seconds is None else [_exact_step("F", "frames of a video", "length * fps", assessed)]
        return frames, "N * a * P**k * S * MP * F"
    size = median(model.parameters_b)
    load = energy.Load(active_b=size, total_b=size, weight_bytes=WEIGHT_BYTES, batch_size=1.0, gpu=_GPU)
    read, share = energy.prefill_j_per_token(load), energy.attention_share(load)
    return [
        Step("p", "one token of input", "f * r * P", Interval.exactly(read), "J"),
        Step("A", "attention to a token, over the rest", "0.148 * (1e9 * P)**(-1/3)", Interval.exactly(share), "1"),
    ], "p * i * (1 + A * min(i, t) / 2) / fill"


def _exact_step(symbol: str, name: str, formula: str, assessed: Assessed) -> Step:
    return Step(symbol, name, formula, Interval.exactly(media.frames_of(assessed.asked, assessed.model)), "1")


def _found(assessed: Assessed) -> Uncertainties:
    served = assessed.served
    gpu = media.gpu_energy_j(assessed.asked, assessed.model)
    return facility.impacts_of(gpu, _GPU.power_w, served.data_center.data_center, served.zone.electricity_mix)


def error_sources(assessed: Assessed) -> list[dict[str, Any]]:
    """Where the uncertainty of the energy comes from, the largest part first."""
    return shares(_found(assessed).energy_j)

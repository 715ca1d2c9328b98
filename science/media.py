"""Images and videos: GPU J of one image or clip, from the denoiser's parameters, the steps, the pixels and the frames.

A denoising step computes with all parameters for each patch of the picture, so that steps, pixels and frames enter
proportionally: the tables vary none of them enough to fit more. The parameters enter by a fitted power, below 1 since
larger denoisers fill the GPU better.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from science.fitting import minimise
from science.measurements import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from science.measurements import Flags, Floats, Names

IMAGE: Final = "image"
VIDEO: Final = "video"

# What explains most of the images' errors, and what no span and no inventory says: (runs of the denoiser a step, pixels of
# a patch over the usual 16 x 16). FLUX.1-dev has its guidance distilled in; SANA's autoencoder compresses 32 times.
# Sources: the models' cards and papers (https://arxiv.org/abs/2501.18427 for SANA 1.5, https://huggingface.co/black-forest-labs).
PASSES_AND_PATCH: Final[Mapping[str, tuple[float, float]]] = {
    "FLUX.1 Dev": (1.0, 1.0),
    "Hunyuan-DiT 1.2": (2.0, 1.0),
    "PixArt-\u03a3": (2.0, 1.0),
    "SANA 1.5 1.6B": (2.0, 4.0),
    "SANA 1.5 4.8B": (2.0, 4.0),
    "Stable Diffusion 3.5 Large": (2.0, 1.0),
    "Stable Diffusion 3.5 Medium": (2.0, 1.0),
}


class Power(NamedTuple):
    """J per step and megapixel (and frame): `coefficient * parameters_b ** exponent`."""

    coefficient: float
    exponent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRuns:
    """Runs of image or video models, a column each."""

    model: Names
    gpu: Names
    gpu_count: Floats
    parameters_b: Floats
    work: Floats
    energy_j: Floats

    def __len__(self) -> int:
        return len(self.model)

    def where(self, chosen: Flags) -> MediaRuns:
        """The chosen runs alone."""
        return MediaRuns(
            model=self.model[chosen],
            gpu=self.gpu[chosen],
            gpu_count=self.gpu_count[chosen],
            parameters_b=self.parameters_b[chosen],
            work=self.work[chosen],
            energy_j=self.energy_j[chosen],
        )


def _work(row: Mapping[str, str], kind: str) -> float:
    """Steps times megapixels, times frames of a video."""
    megapixels = float(row[f"{kind}_height"]) * float(row[f"{kind}_width"]) / 1e6
    frames = float(row["num_frames"]) if kind == VIDEO else 1.0
    return float(row["inference_steps"]) * megapixels * frames


def load_media(kind: str) -> MediaRuns:
    """All runs of the image or of the video models."""
    rows = [row for row in read_rows("mlenergy_v3_diffusion.csv") if row["task"] == f"text-to-{kind}"]
    return MediaRuns(
        model=np.array([row["nickname"] for row in rows]),
        gpu=np.array([row["gpu_model"] for row in rows]),
        gpu_count=np.array([float(row["num_gpus"]) for row in rows]),
        parameters_b=np.array([float(row["activated_params_billions"]) for row in rows]),
        work=np.array([_work(row, kind) for row in rows]),
        energy_j=np.array([float(row[f"energy_per_{kind}_joules"]) for row in rows]),
    )


def fitted_runs(kind: str) -> MediaRuns:
    """What the fit reads: of images the runs on one GPU, which is enough for each; of videos all, since a clip takes minutes
    on one GPU and is served on several.
    """  # noqa: D205
    runs = load_media(kind)
    return runs if kind == VIDEO else runs.where(runs.gpu_count == 1)


def with_architecture(runs: MediaRuns) -> MediaRuns:
    """Image runs whose work counts what each step really computes: for seeing what that knowledge would be worth."""
    per_model = [PASSES_AND_PATCH[str(model)] for model in runs.model]
    return dataclasses.replace(runs, work=runs.work * np.array([passes / patch for passes, patch in per_model]))


def media_log_errors(power: Power, runs: MediaRuns) -> Floats:
    """Logarithm of predicted over measured."""
    return np.log(power.coefficient * runs.parameters_b**power.exponent * runs.work / runs.energy_j)


def fit_media(runs: MediaRuns) -> Power:
    """The same loss as for text."""
    logs, _ = minimise(lambda p: media_log_errors(Power(float(np.exp(p[0])), float(p[1])), runs), np.array([3.5, 0.6]))
    return Power(float(np.exp(logs[0])), float(logs[1]))


def media_held_out(runs: MediaRuns) -> Floats:
    """Log errors of each model under a fit that did not see it."""
    errors = np.full(len(runs), np.nan)
    for model in np.unique(runs.model):
        out = runs.model == model
        errors[out] = media_log_errors(fit_media(runs.where(~out)), runs.where(out))
    return errors

"""The tables of docs/validation.md about images and videos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from science.errors import factors
from science.media import (
    IMAGE,
    VIDEO,
    fit_media,
    fitted_runs,
    load_media,
    media_held_out,
    media_log_errors,
    with_architecture,
)
from science.tables import factor, pair, table, three

if TYPE_CHECKING:
    from science.media import MediaRuns


def media_table() -> str:
    """Errors in sample and held out by model; and of the runs on several GPUs that the image fit does not see."""
    rows: list[list[str]] = []
    shown = {
        "image, shipped": fitted_runs(IMAGE),
        "image, if patches and passes were known": with_architecture(fitted_runs(IMAGE)),
        "video, shipped": fitted_runs(VIDEO),
    }
    for name, runs in shown.items():
        seen, unseen = factors(media_log_errors(fit_media(runs), runs)), factors(media_held_out(runs))
        rows.append([name, str(len(runs)), str(len(np.unique(runs.model))), *pair(seen), *pair(unseen)])
    power, all_images = fit_media(fitted_runs(IMAGE)), load_media(IMAGE)
    for gpus in (2.0, 4.0, 8.0):
        several = all_images.where(all_images.gpu_count == gpus)
        found = factors(media_log_errors(power, several))
        name = f"image, {gpus:.0f} GPUs, same constants"
        rows.append([name, str(len(several)), str(len(np.unique(several.model))), *pair(found), "", ""])
    return table(["of", "runs", "models", "in sample", "90 %", "model held out", "90 %"], rows)


def media_by_model() -> str:
    """Each model, unseen: measured energy on an H100 and the direction of the error."""
    rows: list[list[str]] = []
    for kind in (IMAGE, VIDEO):
        runs = fitted_runs(kind)
        errors = media_held_out(runs)
        for model in np.unique(runs.model):
            chosen = runs.model == model
            wh = _wh_on_h100(runs.where(chosen))
            unseen = factors(errors[chosen])
            rows.append([f"{model} ({kind})", three(wh), *pair(unseen), factor(unseen.predicted_over_measured)])
    return table(["model held out", "measured on H100, GPU Wh", "error", "90 %", "predicted / measured"], rows)


def _wh_on_h100(runs: MediaRuns) -> float:
    return float(np.median(runs.energy_j[runs.gpu == "H100"])) / 3600

"""The conditions under which errors are shown apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from science.measurements import Flags, TextRuns


def conditions(runs: TextRuns) -> dict[str, Flags]:
    """Name and runs of each condition: all, GPU, batch, precision, architecture, task."""
    batch, precision, experts = runs.batch, runs.precision, runs.experts
    return {
        "all": np.ones(len(runs), dtype=np.bool_),
        "H100": runs.gpu == "H100",
        "B200": runs.gpu == "B200",
        "batch up to 16": batch < 20,  # noqa: PLR2004
        "batch 17-47": (batch >= 20) & (batch < 48),  # noqa: PLR2004
        "batch 48-80": (batch >= 48) & (batch <= 80),  # noqa: PLR2004
        "batch 81-256": (batch > 80) & (batch < 260),  # noqa: PLR2004
        "batch above 256": batch >= 260,  # noqa: PLR2004
        "dense": ~experts,
        "mixture of experts": experts,
        "bf16": precision == "bfloat16",
        "fp8, dense": (precision == "fp8") & ~experts,
        "fp8, mixture of experts": (precision == "fp8") & experts,
        "mxfp4": precision == "mxfp4",
        "chat": runs.task == "lm-arena-chat",
        "long reasoning (GPQA)": runs.task == "gpqa",
        "batch 48-80, H100": (batch >= 48) & (batch <= 80) & (runs.gpu == "H100"),  # noqa: PLR2004
        "batch 48-80, B200": (batch >= 48) & (batch <= 80) & (runs.gpu == "B200"),  # noqa: PLR2004
    }

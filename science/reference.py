"""EcoLogits 0.11 on the same runs: the GPU energy of one output token, by this package's own `ecologits-0.11`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from otel_genai_impact.impacts import ecologits_0_11 as ecologits
from otel_genai_impact.impacts.interval import Interval

if TYPE_CHECKING:
    from science.measurements import Floats, TextRuns

J_PER_KWH = 3.6e6


def ecologits_log_errors(runs: TextRuns, *, batch_known: bool) -> Floats:
    """Logarithm of predicted over measured.

    As shipped it knows one batch (64), one precision (16 bit) and GPUs of 80 GB. With `batch_known` its formula is given the
    batch of each run, which its users cannot do: the kindest comparison.
    """
    return np.array(
        [
            np.log(_energy_per_token_j(total, active, round(batch) if batch_known else ecologits.SERVER.batch_size) / j)
            for total, active, batch, j in zip(
                runs.total_b, runs.active_b, runs.batch, runs.energy_per_token_j, strict=True
            )
        ]
    )


def _energy_per_token_j(total_b: float, active_b: float, batch: int) -> float:
    gpus = ecologits.gpu_count(Interval.exactly(float(total_b)), ecologits.SERVER.gpu_memory_gb)
    one_gpu_kwh = ecologits.gpu_energy_per_token_kwh(Interval.exactly(float(active_b)), batch)
    return (gpus * one_gpu_kwh).low * J_PER_KWH

"""What a column of log errors says: typical and bad factor, bias, and how it splits between models and within one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from science.measurements import Flags, Floats, Names, TextRuns

Z_90: Final = 1.6449  # a normal variable is within this many standard deviations nine times of ten


class Factors(NamedTuple):
    """Errors as factors: 1.2 is 20 % too high or too low."""

    runs: int
    median: float
    ninety: float
    worst: float
    predicted_over_measured: float


class Spread(NamedTuple):
    """Standard deviations of log errors: of the families' means, and of runs around their family's mean."""

    between: float
    within: float

    @property
    def total(self) -> float:
        """Of one run of a new family."""
        return float(np.hypot(self.between, self.within))


def factors(errors: Floats) -> Factors:
    """The errors' size and direction."""
    size = np.abs(errors)
    return Factors(
        runs=len(errors),
        median=float(np.exp(np.median(size))),
        ninety=float(np.exp(np.quantile(size, 0.9))),
        worst=float(np.exp(np.max(size))),
        predicted_over_measured=float(np.exp(np.median(errors))),
    )


def spread(errors: Floats, groups: Names) -> Spread:
    """How far families are off as a whole, from zero, and how their runs scatter."""
    names = np.unique(groups)
    means = np.array([np.mean(errors[groups == name]) for name in names])
    rest = np.concatenate([errors[groups == name] - mean for name, mean in zip(names, means, strict=True)])
    within = np.sqrt(np.sum(rest**2) / (len(rest) - len(names)))
    return Spread(between=float(np.sqrt(np.mean(means**2))), within=float(within))


def is_fp8_experts(runs: TextRuns) -> Flags:
    """Mixtures of experts with fp8 weights: what the method knows least."""
    return runs.experts & (runs.precision == "fp8")


def covered(errors: Floats, log_sd: Floats) -> float:
    """Share of runs whose 90 % interval holds the measurement."""
    return float(np.mean(np.abs(errors) <= Z_90 * log_sd))

"""The fit: least squares on logarithms with a soft_l1 loss, so that a factor too high counts as one too low."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
from scipy.optimize import least_squares  # pyright: ignore[reportUnknownVariableType]

from science.decode import Decode, Form, energy_per_token_j, terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from science.measurements import Floats, Names, TextRuns

METHOD: Final = Form()
WIDE: Final = 6.0  # in log: a constant may be 400 times less or more than where it starts
EXPONENT_RANGE: Final = (0.2, 1.2)  # between hardly shared and more than shared; outside, a step's arithmetic overflows
LOSS_SCALE: Final = 0.3  # a log error beyond this weighs linearly: no single odd run bends the fit
START: Final = Decode(0.6, 0.09, 0.002, 0.008, 0.7, 0.9, 2.0, 0.3)


class Fit(NamedTuple):
    """A fit and its robust loss."""

    constants: Decode
    loss: float


def minimise(
    residuals: Callable[[Floats], Floats], start: Floats, bounds: tuple[Floats, Floats] | None = None
) -> tuple[Floats, float]:
    """The parameters with the least robust loss, and that loss."""
    options: dict[str, Any] = {"loss": "soft_l1", "f_scale": LOSS_SCALE, "xtol": 1e-10, "ftol": 1e-10}
    found = cast("Any", least_squares(residuals, start, bounds=bounds or (-np.inf, np.inf), **options))
    return np.asarray(found.x, dtype=np.float64), float(found.cost)


def _decode(logs: Floats, form: Form) -> Decode:
    """Parameters from their logarithms: none can be negative, so the form stays monotone in what it multiplies."""
    values = [float(value) for value in np.exp(logs)]
    return Decode(
        *values[:6],
        fp8_experts_j=values[6] if form.fp8_experts else 0.0,
        expert_compute_exponent=values[-1] if form.expert_compute else 0.0,
    )


def fit(runs: TextRuns, form: Form = METHOD, *, prompts: bool = True, start: Decode = START) -> Fit:
    """Fit the form to the runs."""
    extra = [value for value, has in ((start[6], form.fp8_experts), (start[7], form.expert_compute)) if has]
    wanted = [*start[:6], *extra]
    measured, columns = np.log(runs.energy_per_token_j), terms(runs, form, prompts=prompts)

    def residuals(logs: Floats) -> Floats:
        return np.log(energy_per_token_j(_decode(logs, form), columns)) - measured

    logs, loss = minimise(residuals, np.log(np.array(wanted)), _bounds(wanted))
    return Fit(_decode(logs, form), loss)


def _bounds(start: list[float]) -> tuple[Floats, Floats]:
    low, high = np.log(np.array(start)) - WIDE, np.log(np.array(start)) + WIDE
    exponent = Decode._fields.index("batch_exponent")
    low[exponent], high[exponent] = np.log(EXPONENT_RANGE)
    return low, high


def log_errors(constants: Decode, runs: TextRuns, form: Form = METHOD, *, prompts: bool = True) -> Floats:
    """Logarithm of predicted over measured."""
    predicted = energy_per_token_j(constants, terms(runs, form, prompts=prompts))
    return np.log(predicted / runs.energy_per_token_j)


def constants_by_family_left_out(runs: TextRuns) -> list[Decode]:
    """The shipped form, fitted once without each family: how much one family carries."""
    start = fit(runs).constants
    return [fit(runs.where(runs.family != family), start=start).constants for family in np.unique(runs.family)]


def held_out(runs: TextRuns, groups: Names, form: Form = METHOD, *, prompts: bool = True) -> Floats:
    """Log errors of each run under a fit that saw none of its group."""
    errors = np.full(len(runs), np.nan)
    start = fit(
        runs, form, prompts=prompts
    ).constants  # a start, not a result: the fits converge to the same from START
    for group in np.unique(groups):
        out = groups == group
        seen = fit(runs.where(~out), form, prompts=prompts, start=start)
        errors[out] = log_errors(seen.constants, runs.where(out), form, prompts=prompts)
    return errors

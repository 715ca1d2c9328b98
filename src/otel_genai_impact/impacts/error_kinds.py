"""The kinds of error by name, and what each is about: requests that have that in common share the error."""

from __future__ import annotations

from typing import Final

FIT: Final = "fit"
STATE: Final = "state"
CONTEXT: Final = "context"
PREFILL: Final = "prefill"
PRECISION: Final = "precision"
PARAMETERS: Final = "parameters"
ACTIVE_SHARE: Final = "active share"
BATCH: Final = "batch"
HOST: Final = "host"
PUE: Final = "pue"
SITE_WATER: Final = "site water"
GRID: Final = "grid"
GRID_WATER: Final = "grid water"
EMBODIED: Final = "embodied"

# Of vectors, images and videos, besides.
UTILISATION: Final = "utilisation"
STEPS: Final = "steps"
SIZE: Final = "size"
COUNT: Final = "count"
DURATION: Final = "duration"

# One that stands in none of these is about everything that is estimated.
OF_MODEL: Final = frozenset({FIT, STATE, CONTEXT, PRECISION, PARAMETERS, ACTIVE_SHARE})
OF_PROVIDER: Final = frozenset({BATCH, PUE, SITE_WATER})
OF_ZONE: Final = frozenset({GRID, GRID_WATER})


def without_zeros(errors: dict[str, float]) -> dict[str, float]:
    """The kinds of error that there are: what is known exactly has none."""
    return {kind: log_sd for kind, log_sd in errors.items() if log_sd}

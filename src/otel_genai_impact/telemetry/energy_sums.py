"""How well the energy of many requests is known, which share errors: from the rows of the ledger.

A row knows the sums of the requests' estimates and bounds, and how its method splits an error by source. The split is that
of the row's mean request; how large the error is in all, the bounds say.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from otel_genai_impact import semconv
from otel_genai_impact.impacts.uncertainty import Z_90, Scope, Uncertain, scoped
from otel_genai_impact.telemetry import ledger

if TYPE_CHECKING:
    from otel_genai_impact.telemetry.ledger import Row


def energy_of(row: Row) -> Uncertain | None:
    """Energy (J) of all requests of a row with its sources of error; None if its method names none."""
    requests, energy_j = row.sums[ledger.REQUESTS], row.sums[ledger.ENERGY]
    if row.energy_errors is None or not requests or not energy_j:
        return None
    output_tokens, input_tokens = row.sums[ledger.OUTPUT_TOKENS] / requests, row.sums[ledger.INPUT_TOKENS] / requests
    errors = row.energy_errors(output_tokens, input_tokens, 0)
    if errors is None:
        return None
    of_mean_request = Uncertain(median=energy_j, errors=errors)
    scale = log(row.sums[ledger.ENERGY_HIGH] / energy_j) / Z_90 / of_mean_request.log_sd
    errors = {kind: log_sd * scale for kind, log_sd in errors.items()}
    return scoped(Uncertain(median=energy_j, errors=errors), _scope(row))


def _scope(row: Row) -> Scope:
    model, provider, zone = (
        str(row.attributes.get(key, "")) for key in (semconv.MODEL, semconv.GEN_AI_PROVIDER_NAME, semconv.ZONE)
    )
    return Scope(model=model, provider=provider, zone=zone)

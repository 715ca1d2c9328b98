"""What is known of a request's energy without a model: what its provider told, or a meter on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Mapping

# A request that took more than this, 28 kWh, is a mistake in its unit.
MOST_ENERGY_J: Final = 1e8
_LONGEST_NUMBER: Final = 32


class Metered(NamedTuple):
    """The energy of a request that somebody metered.

    Attributes:
        source: `measured` or `provider`.
        energy_j: J.
        machine_s: its share of the time of the machine, s; None: not known.
        is_facility: whether cooling and losses of the building are in it.
        codes: what was assumed about it.
    """

    source: str
    energy_j: float
    machine_s: float | None
    is_facility: bool
    codes: tuple[str, ...]


def reported(attributes: Mapping[str, Any]) -> Metered | None:
    """What the provider told of a request's energy; None if that cannot be one."""
    energy_j = _energy_j(attributes.get(semconv.REPORTED_ENERGY))
    if energy_j is None:
        return None
    boundary = attributes.get(semconv.REPORTED_BOUNDARY)
    codes: list[str] = []
    if attributes.get(semconv.REPORTED_ATTRIBUTION):
        codes.append(semconv.ENERGY_ATTRIBUTED)
    if boundary not in (semconv.BOUNDARY_IT, semconv.BOUNDARY_FACILITY):
        codes.append(semconv.ENERGY_BOUNDARY_ASSUMED)
    return Metered(
        source=semconv.SOURCE_PROVIDER,
        energy_j=energy_j,
        machine_s=None,
        is_facility=boundary == semconv.BOUNDARY_FACILITY,
        codes=tuple(codes),
    )


def _energy_j(value: object) -> float | None:
    """A count of joules; headers have it as text. Neither negative, nor infinite, nor more than can be, nor `1_000`."""
    if isinstance(value, str) and len(value) <= _LONGEST_NUMBER and "_" not in value:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= MOST_ENERGY_J else None

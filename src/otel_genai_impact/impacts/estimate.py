"""What is counted of each request: its impacts in the units of telemetry, flat, for the hot path."""

# The annotations are no text: nothing on the way of an import is as slow as a NamedTuple that has to compile them.
from typing import NamedTuple


class Estimate(NamedTuple):
    """The same impacts in the units of telemetry, flat, for the hot path: what is counted of each request.

    Energies in J, masses in g, water in L. `gwp`, `adpe`, `pe` are usage and embodied phase together; `*_embodied` is
    the embodied part of the estimate; `*_low` and `*_high` are the bounds.
    """

    energy: float
    energy_low: float
    energy_high: float
    gwp: float
    gwp_low: float
    gwp_high: float
    gwp_embodied: float
    adpe: float
    adpe_embodied: float
    pe: float
    pe_embodied: float
    wcf: float


class Bounds(NamedTuple):
    """The bounds of the other criteria, for those who want them on every span: g, J and L."""

    adpe_low: float
    adpe_high: float
    pe_low: float
    pe_high: float
    wcf_low: float
    wcf_high: float

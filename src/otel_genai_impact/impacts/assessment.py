"""The result of an assessment: the impacts of one request, by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from otel_genai_impact.impacts.interval import Interval


class Usage(NamedTuple):
    """Impacts of running the request. Units: kWh, kgCO2eq, kgSbeq, MJ, L."""

    energy_kwh: Interval
    gwp_kgco2eq: Interval
    adpe_kgsbeq: Interval
    pe_mj: Interval
    wcf_l: Interval


class Embodied(NamedTuple):
    """The request's share of making the hardware. Units: kgCO2eq, kgSbeq, MJ. Its water is unknown, and so not here."""

    gwp_kgco2eq: Interval
    adpe_kgsbeq: Interval
    pe_mj: Interval


class Totals(NamedTuple):
    """Usage and embodied phase together, where a method knows better than that their bounds move together."""

    gwp_kgco2eq: Interval
    adpe_kgsbeq: Interval
    pe_mj: Interval


class Impacts(NamedTuple):
    """The environmental impacts of one request: usage and embodied phase, and their totals."""

    usage: Usage
    embodied: Embodied
    totals: Totals | None = None

    @property
    def energy_kwh(self) -> Interval:
        """Facility energy, kWh. Making the hardware took energy too; that is counted as primary energy."""
        return self.usage.energy_kwh

    @property
    def gwp_kgco2eq(self) -> Interval:
        """Global warming potential, kgCO2eq."""
        return self.usage.gwp_kgco2eq + self.embodied.gwp_kgco2eq if self.totals is None else self.totals.gwp_kgco2eq

    @property
    def adpe_kgsbeq(self) -> Interval:
        """Abiotic depletion potential of elements, kgSbeq."""
        return self.usage.adpe_kgsbeq + self.embodied.adpe_kgsbeq if self.totals is None else self.totals.adpe_kgsbeq

    @property
    def pe_mj(self) -> Interval:
        """Primary energy, MJ."""
        return self.usage.pe_mj + self.embodied.pe_mj if self.totals is None else self.totals.pe_mj

    @property
    def wcf_l(self) -> Interval:
        """Water consumption footprint, L."""
        return self.usage.wcf_l

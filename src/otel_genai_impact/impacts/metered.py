"""From energy that a meter or a provider tells to impacts: no model of the hardware, only of where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.impacts import usage
from otel_genai_impact.impacts.criteria import ADPE, ENERGY, GWP, PE
from otel_genai_impact.impacts.estimate import Bounds, Estimate
from otel_genai_impact.impacts.interval import Interval

if TYPE_CHECKING:
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

_KWH_PER_J: Final = 1 / ENERGY.reported_per_model_unit


class EmbodiedShare(NamedTuple):
    """What making the hardware cost, as far as one request pays for it: g CO2eq, g Sbeq, J."""

    gwp_g: float
    adpe_g: float
    pe_j: float


NO_SHARE: Final = EmbodiedShare(gwp_g=0.0, adpe_g=0.0, pe_j=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteredSystem:
    """What one joule that was metered comes to, where it was metered.

    Attributes:
        energy_j: facility energy, J.
        gwp_g, adpe_g, pe_j, wcf_l: impacts of generating it; of the water, also of cooling the machine.
    """

    energy_j: Interval
    gwp_g: Interval
    adpe_g: Interval
    pe_j: Interval
    wcf_l: Interval

    @classmethod
    def of_it_energy(cls, data_center: DataCenter, electricity_mix: ElectricityMix) -> MeteredSystem:
        """The meter sees the machine alone: cooling and losses of the building (PUE) come on top."""
        it_kwh = Interval.exactly(_KWH_PER_J)
        facility_kwh = usage.facility_energy_kwh(it_kwh, data_center.pue)
        water_l = usage.usage_wcf_l(
            it_kwh, data_center.pue, data_center.onsite_wue_l_per_kwh, electricity_mix.wue_l_per_kwh
        )
        return cls._of(data_center.pue, facility_kwh, water_l, electricity_mix)

    @classmethod
    def of_facility_energy(cls, data_center: DataCenter, electricity_mix: ElectricityMix) -> MeteredSystem:
        """Cooling and losses are in the figure already. On-site water goes by the part of it that the machine took."""
        facility_kwh = Interval.exactly(_KWH_PER_J)
        pue, onsite = data_center.pue, data_center.onsite_wue_l_per_kwh
        it_kwh = Interval(_KWH_PER_J / pue.high, _KWH_PER_J / pue.low)
        water_l = it_kwh * onsite + facility_kwh * electricity_mix.wue_l_per_kwh
        return cls._of(Interval.exactly(1.0), facility_kwh, water_l, electricity_mix)

    @classmethod
    def _of(cls, energy_j: Interval, facility_kwh: Interval, water_l: Interval, mix: ElectricityMix) -> MeteredSystem:
        return cls(
            energy_j=energy_j,
            gwp_g=usage.usage_gwp_kgco2eq(facility_kwh, mix) * GWP.reported_per_model_unit,
            adpe_g=usage.usage_adpe_kgsbeq(facility_kwh, mix) * ADPE.reported_per_model_unit,
            pe_j=usage.usage_pe_mj(facility_kwh, mix) * PE.reported_per_model_unit,
            wcf_l=water_l,
        )

    def estimate(self, metered_j: float, embodied: EmbodiedShare = NO_SHARE) -> Estimate:
        """The impacts of a request. What is uncertain is the building around the meter, no longer the energy."""
        energy, gwp, adpe, pe, wcf = (
            part * metered_j for part in (self.energy_j, self.gwp_g, self.adpe_g, self.pe_j, self.wcf_l)
        )
        return Estimate(
            energy=energy.estimate,
            energy_low=energy.low,
            energy_high=energy.high,
            gwp=gwp.estimate + embodied.gwp_g,
            gwp_low=gwp.low + embodied.gwp_g,
            gwp_high=gwp.high + embodied.gwp_g,
            gwp_embodied=embodied.gwp_g,
            adpe=adpe.estimate + embodied.adpe_g,
            adpe_embodied=embodied.adpe_g,
            pe=pe.estimate + embodied.pe_j,
            pe_embodied=embodied.pe_j,
            wcf=wcf.estimate,
        )

    def bounds(self, metered_j: float, embodied: EmbodiedShare = NO_SHARE) -> Bounds:
        """The bounds that `estimate` leaves out."""
        adpe, pe, wcf = (part * metered_j for part in (self.adpe_g, self.pe_j, self.wcf_l))
        return Bounds(
            adpe_low=adpe.low + embodied.adpe_g,
            adpe_high=adpe.high + embodied.adpe_g,
            pe_low=pe.low + embodied.pe_j,
            pe_high=pe.high + embodied.pe_j,
            wcf_low=wcf.low,
            wcf_high=wcf.high,
        )

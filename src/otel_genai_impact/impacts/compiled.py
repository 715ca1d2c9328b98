"""The hot path's form of a method whose impacts are linear in output tokens and generation time.

The readable formulas are the specification; a property test holds this form equal to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from otel_genai_impact.impacts.assessment import Estimate
from otel_genai_impact.impacts.criteria import ADPE, ENERGY, GWP, PE

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Embodied
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

_J_PER_KWH = ENERGY.reported_per_model_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One bound's coefficients. Energies in J, masses in g, water in L."""

    s_per_token: float
    first_token_s: float
    energy_per_s: float
    energy_per_token: float
    wcf_per_energy: float
    embodied_gwp_per_s: float
    embodied_adpe_per_s: float
    embodied_pe_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearSystem:
    """A product system reduced to coefficients: lower and upper bound, and the factors of its electricity per J."""

    low: Bound
    high: Bound
    gwp_per_energy: float
    adpe_per_energy: float
    pe_per_energy: float

    @classmethod
    def of(
        cls,
        *,
        time_per_token_s: Interval,
        first_token_s: float,
        it_kwh_per_s: Interval,
        it_kwh_per_token: Interval,
        embodied_per_s: Embodied,
        data_center: DataCenter,
        electricity_mix: ElectricityMix,
    ) -> LinearSystem:
        """Reduce a system: the coefficients of IT energy, of the embodied phase, and where it runs."""

        def bound(end: str) -> Bound:
            def at(interval: Interval) -> float:
                return interval.low if end == "low" else interval.high

            pue = at(data_center.pue)
            return Bound(
                s_per_token=at(time_per_token_s),
                first_token_s=first_token_s,
                energy_per_s=at(it_kwh_per_s) * pue * _J_PER_KWH,
                energy_per_token=at(it_kwh_per_token) * pue * _J_PER_KWH,
                wcf_per_energy=(at(data_center.onsite_wue_l_per_kwh) / pue + electricity_mix.wue_l_per_kwh)
                / _J_PER_KWH,
                embodied_gwp_per_s=at(embodied_per_s.gwp_kgco2eq) * GWP.reported_per_model_unit,
                embodied_adpe_per_s=at(embodied_per_s.adpe_kgsbeq) * ADPE.reported_per_model_unit,
                embodied_pe_per_s=at(embodied_per_s.pe_mj) * PE.reported_per_model_unit,
            )

        return cls(
            low=bound("low"),
            high=bound("high"),
            gwp_per_energy=electricity_mix.gwp_kgco2eq_per_kwh * GWP.reported_per_model_unit / _J_PER_KWH,
            adpe_per_energy=electricity_mix.adpe_kgsbeq_per_kwh * ADPE.reported_per_model_unit / _J_PER_KWH,
            pe_per_energy=electricity_mix.pe_mj_per_kwh * PE.reported_per_model_unit / _J_PER_KWH,
        )

    def estimate(self, output_tokens: float, latency_s: float) -> Estimate:
        """The impacts of one request; `latency_s` is infinite if unknown."""
        low, high = self.low, self.high
        low_s = output_tokens * low.s_per_token + low.first_token_s
        high_s = output_tokens * high.s_per_token + high.first_token_s
        # The request occupied the servers no longer than its caller waited.
        if latency_s < high_s:
            high_s = latency_s
            low_s = min(low_s, latency_s)

        energy_low = low_s * low.energy_per_s + output_tokens * low.energy_per_token
        energy_high = high_s * high.energy_per_s + output_tokens * high.energy_per_token
        energy = (energy_low + energy_high) / 2

        gwp_embodied_low = low_s * low.embodied_gwp_per_s
        gwp_embodied_high = high_s * high.embodied_gwp_per_s
        gwp_embodied = (gwp_embodied_low + gwp_embodied_high) / 2

        adpe_embodied_low = low_s * low.embodied_adpe_per_s
        adpe_embodied_high = high_s * high.embodied_adpe_per_s
        adpe_embodied = (adpe_embodied_low + adpe_embodied_high) / 2

        pe_embodied_low = low_s * low.embodied_pe_per_s
        pe_embodied_high = high_s * high.embodied_pe_per_s
        pe_embodied = (pe_embodied_low + pe_embodied_high) / 2

        gwp_rate, adpe_rate, pe_rate = self.gwp_per_energy, self.adpe_per_energy, self.pe_per_energy
        wcf_low = energy_low * low.wcf_per_energy
        wcf_high = energy_high * high.wcf_per_energy
        return Estimate(
            energy,
            energy_low,
            energy_high,
            energy * gwp_rate + gwp_embodied,
            energy_low * gwp_rate + gwp_embodied_low,
            energy_high * gwp_rate + gwp_embodied_high,
            gwp_embodied,
            energy * adpe_rate + adpe_embodied,
            energy_low * adpe_rate + adpe_embodied_low,
            energy_high * adpe_rate + adpe_embodied_high,
            adpe_embodied,
            energy * pe_rate + pe_embodied,
            energy_low * pe_rate + pe_embodied_low,
            energy_high * pe_rate + pe_embodied_high,
            pe_embodied,
            (wcf_low + wcf_high) / 2,
            wcf_low,
            wcf_high,
        )

"""The hot path's form of a method whose impacts are linear in output tokens and generation time.

The readable formulas are the specification; a property test holds this form equal to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.impacts.criteria import ADPE, ENERGY, GWP, PE
from otel_genai_impact.impacts.estimate import Bounds, Estimate

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Embodied
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix

_J_PER_KWH: Final = ENERGY.reported_per_model_unit
_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class Bound(NamedTuple):
    """One bound's coefficients. Energies in J, masses in g, water in L."""

    s_per_token: float
    first_token_s: float
    energy_j_per_s: float
    energy_j_per_token: float
    wcf_l_per_j: float
    embodied_gwp_g_per_s: float
    embodied_adpe_g_per_s: float
    embodied_pe_j_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearSystem:
    """A product system reduced to coefficients: lower and upper bound, and the factors of its electricity per J."""

    low: Bound
    high: Bound
    gwp_g_per_j: float
    adpe_g_per_j: float
    pe_j_per_j: float
    _coefficients: tuple[float, ...] = field(init=False, repr=False, compare=False)

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
                energy_j_per_s=at(it_kwh_per_s) * pue * _J_PER_KWH,
                energy_j_per_token=at(it_kwh_per_token) * pue * _J_PER_KWH,
                wcf_l_per_j=(at(data_center.onsite_wue_l_per_kwh) / pue + electricity_mix.wue_l_per_kwh) / _J_PER_KWH,
                embodied_gwp_g_per_s=at(embodied_per_s.gwp_kgco2eq) * GWP.reported_per_model_unit,
                embodied_adpe_g_per_s=at(embodied_per_s.adpe_kgsbeq) * ADPE.reported_per_model_unit,
                embodied_pe_j_per_s=at(embodied_per_s.pe_mj) * PE.reported_per_model_unit,
            )

        return cls(
            low=bound("low"),
            high=bound("high"),
            gwp_g_per_j=electricity_mix.gwp_kgco2eq_per_kwh * GWP.reported_per_model_unit / _J_PER_KWH,
            adpe_g_per_j=electricity_mix.adpe_kgsbeq_per_kwh * ADPE.reported_per_model_unit / _J_PER_KWH,
            pe_j_per_j=electricity_mix.pe_mj_per_kwh * PE.reported_per_model_unit / _J_PER_KWH,
        )

    def __post_init__(self) -> None:
        rates = (self.gwp_g_per_j, self.adpe_g_per_j, self.pe_j_per_j)
        object.__setattr__(self, "_coefficients", (*self.low, *self.high, *rates))

    def estimate(
        self,
        output_tokens: float,
        latency_s: float,
        input_tokens: float = 0,  # noqa: ARG002 - this kind of method does not count input
        cached_tokens: float = 0,  # noqa: ARG002
        /,
    ) -> Estimate:
        """The impacts of one request; `latency_s` is infinite if unknown."""
        # One look-up for all coefficients, in the order of the fields of `Bound`, low, then high, then the rates.
        (
            low_s_per_token, low_first_s, low_per_s, low_per_token, low_wcf, low_gwp_e, low_adpe_e, low_pe_e,
            high_s_per_token, high_first_s, high_per_s, high_per_token, high_wcf, high_gwp_e, high_adpe_e, high_pe_e,
            gwp_rate, adpe_rate, pe_rate,
        ) = self._coefficients  # fmt: skip
        output_tokens += 0.0  # floats alone, and no division: the interpreter has short cuts for them
        low_s = output_tokens * low_s_per_token + low_first_s
        high_s = output_tokens * high_s_per_token + high_first_s
        # The request occupied the servers no longer than its caller waited.
        if latency_s < high_s:
            high_s = latency_s
            low_s = min(low_s, latency_s)

        energy_low = low_s * low_per_s + output_tokens * low_per_token
        energy_high = high_s * high_per_s + output_tokens * high_per_token
        energy = (energy_low + energy_high) * 0.5
        gwp_e_low, gwp_e_high = low_s * low_gwp_e, high_s * high_gwp_e
        gwp_low, gwp_high = energy_low * gwp_rate + gwp_e_low, energy_high * gwp_rate + gwp_e_high
        adpe_embodied = (low_s * low_adpe_e + high_s * high_adpe_e) * 0.5
        pe_embodied = (low_s * low_pe_e + high_s * high_pe_e) * 0.5
        # As `Estimate(...)` does it, without its detour.
        return _new(Estimate, (
            energy, energy_low, energy_high,
            (gwp_low + gwp_high) * 0.5, gwp_low, gwp_high, (gwp_e_low + gwp_e_high) * 0.5,
            energy * adpe_rate + adpe_embodied, adpe_embodied,
            energy * pe_rate + pe_embodied, pe_embodied,
            (energy_low * low_wcf + energy_high * high_wcf) * 0.5,
        ))  # fmt: skip

    def bounds(self, output_tokens: float, latency_s: float, /, *_of_input: float) -> Bounds:
        """The bounds that `estimate` leaves out."""
        low, high = self.low, self.high
        low_s = min(latency_s, output_tokens * low.s_per_token + low.first_token_s)
        high_s = min(latency_s, output_tokens * high.s_per_token + high.first_token_s)
        energy_low = low_s * low.energy_j_per_s + output_tokens * low.energy_j_per_token
        energy_high = high_s * high.energy_j_per_s + output_tokens * high.energy_j_per_token
        return Bounds(
            adpe_low=energy_low * self.adpe_g_per_j + low_s * low.embodied_adpe_g_per_s,
            adpe_high=energy_high * self.adpe_g_per_j + high_s * high.embodied_adpe_g_per_s,
            pe_low=energy_low * self.pe_j_per_j + low_s * low.embodied_pe_j_per_s,
            pe_high=energy_high * self.pe_j_per_j + high_s * high.embodied_pe_j_per_s,
            wcf_low=energy_low * low.wcf_l_per_j,
            wcf_high=energy_high * high.wcf_l_per_j,
        )

    def energy_errors(self, output_tokens: float, input_tokens: float, cached_tokens: float, /) -> None:  # noqa: ARG002
        """Nothing is known of the likelihood of what lies between low and high."""
        return

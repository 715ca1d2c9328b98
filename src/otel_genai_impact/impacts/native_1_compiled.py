"""Method `native-1` on the hot path: the same numbers from coefficients that do not depend on the request.

The readable formulas are the specification; a property test holds this form equal to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts.criteria import ADPE, GWP, PE
from otel_genai_impact.impacts.estimate import Bounds, Estimate
from otel_genai_impact.impacts.uncertainty import Z_90, Uncertain

if TYPE_CHECKING:
    from otel_genai_impact.impacts.native_1_energy import Load
    from otel_genai_impact.impacts.native_1_errors import EnergyErrors
    from otel_genai_impact.impacts.native_1_facility import Uncertainties
    from otel_genai_impact.impacts.uncertainty import Errors

_new: Final[Any] = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


class PerGpuJoule(NamedTuple):
    """What one joule of GPU energy comes to, in the units of telemetry; and variances of the logarithms, of that alone.

    The same for whatever the GPUs work on: another kind of request needs its GPU energy and the variance of that.
    """

    energy: float
    gwp: float
    gwp_embodied: float
    adpe: float
    adpe_embodied: float
    pe: float
    pe_embodied: float
    wcf: float
    energy_variance: float
    gwp_variance: float
    adpe_variance: float
    pe_variance: float
    wcf_variance: float

    @classmethod
    def of(cls, one_joule: Uncertainties) -> PerGpuJoule:
        """From the impacts of exactly one joule."""
        gwp, adpe, pe = one_joule.gwp_kgco2eq, one_joule.adpe_kgsbeq, one_joule.pe_mj
        return cls(
            energy=one_joule.energy_j.median,
            gwp=gwp.median * GWP.reported_per_model_unit,
            gwp_embodied=one_joule.embodied_gwp_kgco2eq.median * GWP.reported_per_model_unit,
            adpe=adpe.median * ADPE.reported_per_model_unit,
            adpe_embodied=one_joule.embodied_adpe_kgsbeq.median * ADPE.reported_per_model_unit,
            pe=pe.median * PE.reported_per_model_unit,
            pe_embodied=one_joule.embodied_pe_mj.median * PE.reported_per_model_unit,
            wcf=one_joule.wcf_l.median,
            energy_variance=one_joule.energy_j.log_sd**2,
            gwp_variance=gwp.log_sd**2,
            adpe_variance=adpe.log_sd**2,
            pe_variance=pe.log_sd**2,
            wcf_variance=one_joule.wcf_l.log_sd**2,
        )

    def bounds(self, gpu_j: Uncertain) -> Bounds:
        """The bounds that an estimate leaves out, for this much GPU energy. It shares no error with its place: variances add."""
        variance = gpu_j.log_sd**2

        def around(per_joule: float, of_place: float) -> tuple[float, float]:
            factor = exp(Z_90 * sqrt(variance + of_place))
            return gpu_j.median * per_joule / factor, gpu_j.median * per_joule * factor

        return Bounds(
            *around(self.adpe, self.adpe_variance),
            *around(self.pe, self.pe_variance),
            *around(self.wcf, self.wcf_variance),
        )


class Variances(NamedTuple):
    """Variances and covariances of the logarithms of the three parts of GPU energy: of 1, context, prefill."""

    tokens: float
    tokens_context: float
    tokens_prefill: float
    context: float
    context_prefill: float
    prefill: float

    @classmethod
    def of(cls, errors: EnergyErrors) -> Variances:
        """A kind of error that two parts have moves both."""
        tokens, context, prefill = errors
        return cls(
            tokens=_product(tokens, tokens),
            tokens_context=2 * _product(tokens, context),
            tokens_prefill=2 * _product(tokens, prefill),
            context=_product(context, context),
            context_prefill=2 * _product(context, prefill),
            prefill=_product(prefill, prefill),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSystem:
    """A product system reduced to coefficients: GPU energy (J) by products of tokens, and what a joule comes to."""

    j_per_token: float
    j_per_token_and_context: float
    j_per_new: float
    j_per_new_and_token: float
    j_per_cached: float
    variances: Variances
    per_gpu_joule: PerGpuJoule
    errors: EnergyErrors
    one_joule: Uncertainties
    _coefficients: tuple[float, ...] = field(init=False, repr=False, compare=False)

    @classmethod
    def of(cls, load: Load, errors: EnergyErrors, one_joule: Uncertainties) -> TokenSystem:
        """Reduce a system: its load, the errors of each part of its energy, and the impacts of one joule of it."""
        new_j = energy.prefill_j_per_token(load)
        return cls(
            j_per_token=energy.decode_j_per_token(load),
            j_per_token_and_context=energy.context_j_per_token_and_token(load),
            j_per_new=new_j,
            j_per_new_and_token=new_j * energy.attention_share(load),
            j_per_cached=new_j * energy.CACHE_READ_SHARE,
            variances=Variances.of(errors),
            per_gpu_joule=PerGpuJoule.of(one_joule),
            errors=errors,
            one_joule=one_joule,
        )

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "_coefficients",
            (
                self.j_per_token, self.j_per_token_and_context,
                self.j_per_new, self.j_per_new_and_token, self.j_per_cached,
                *self.variances, *self.per_gpu_joule,
            ),
        )  # fmt: skip

    def estimate(
        self,
        output_tokens: float,
        latency_s: float,  # noqa: ARG002 - part of the interface
        input_tokens: float = 0,
        cached_tokens: float = 0,
        /,
    ) -> Estimate:
        """The impacts of one request."""
        # One look-up for all coefficients, in the order of `__post_init__`.
        (
            per_token, per_context, per_new, per_new_and_token, per_cached,
            v_tokens, v_tokens_context, v_tokens_prefill, v_context, v_context_prefill, v_prefill,
            energy_rate, gwp_rate, gwp_e_rate, adpe_rate, adpe_e_rate, pe_rate, pe_e_rate, wcf_rate,
            energy_variance, gwp_variance, _, _, _,
        ) = self._coefficients  # fmt: skip
        output_tokens += (
            0.0  # floats alone, and no division where it can be helped: the interpreter has short cuts for them
        )
        if cached_tokens:
            cached_tokens = min(cached_tokens, input_tokens) + 0.0
            new = input_tokens - cached_tokens
            prefill = new * (per_new + per_new_and_token * (cached_tokens + 0.5 * new)) + per_cached * cached_tokens
        else:
            new = input_tokens + 0.0
            prefill = new * (per_new + per_new_and_token * 0.5 * new)
        tokens = per_token * output_tokens
        context = per_context * output_tokens * (input_tokens + 0.5 * output_tokens)
        gpu = tokens + context + prefill
        variance = 0.0
        if gpu:
            variance = (
                tokens * (v_tokens * tokens + v_tokens_context * context + v_tokens_prefill * prefill)
                + context * (v_context * context + v_context_prefill * prefill)
                + v_prefill * prefill * prefill
            ) / (gpu * gpu)
        energy_j, gwp = gpu * energy_rate, gpu * gwp_rate
        energy_factor, gwp_factor = (
            exp(Z_90 * sqrt(variance + energy_variance)),
            exp(Z_90 * sqrt(variance + gwp_variance)),
        )
        # As `Estimate(...)` does it, without its detour.
        return _new(Estimate, (
            energy_j, energy_j / energy_factor, energy_j * energy_factor,
            gwp, gwp / gwp_factor, gwp * gwp_factor, gpu * gwp_e_rate,
            gpu * adpe_rate, gpu * adpe_e_rate,
            gpu * pe_rate, gpu * pe_e_rate,
            gpu * wcf_rate,
        ))  # fmt: skip

    def bounds(
        self,
        output_tokens: float,
        latency_s: float,  # noqa: ARG002
        input_tokens: float = 0,
        cached_tokens: float = 0,
        /,
    ) -> Bounds:
        """The bounds that `estimate` leaves out."""
        return self.per_gpu_joule.bounds(self.gpu_energy_j(output_tokens, input_tokens, cached_tokens))

    def gpu_energy_j(self, output_tokens: float, input_tokens: float, cached_tokens: float, /) -> Uncertain:
        """GPU energy (J) with its errors."""
        cached_tokens = min(cached_tokens, input_tokens)
        new = input_tokens - cached_tokens
        prefill = new * (self.j_per_new + self.j_per_new_and_token * (cached_tokens + 0.5 * new))
        tokens = Uncertain(median=self.j_per_token * output_tokens, errors=self.errors.tokens)
        context_j = self.j_per_token_and_context * output_tokens * (input_tokens + 0.5 * output_tokens)
        context = Uncertain(median=context_j, errors=self.errors.context)
        return (
            tokens + context + Uncertain(median=prefill + self.j_per_cached * cached_tokens, errors=self.errors.prefill)
        )

    def energy_errors(self, output_tokens: float, input_tokens: float, cached_tokens: float, /) -> Errors:
        """The log-sd of the facility's energy by kind of error."""
        return (self.gpu_energy_j(output_tokens, input_tokens, cached_tokens) * self.one_joule.energy_j).errors


def _product(one: Errors, other: Errors) -> float:
    return sum(log_sd * other.get(kind, 0.0) for kind, log_sd in one.items())

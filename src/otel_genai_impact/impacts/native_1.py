"""Method `native-1`: input, cache, batch, precision, hardware and honest uncertainty.

The estimate is the median, low to high the interval that has the truth with 90 %. What each formula says and rests on is
in docs/native-1.md; what it is checked against, in docs/validation.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts.assessment import Embodied, Impacts, Totals, Usage
from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY
from otel_genai_impact.impacts.native_1_compiled import TokenSystem
from otel_genai_impact.impacts.native_1_errors import energy_errors
from otel_genai_impact.impacts.native_1_facility import J_PER_KWH, Uncertainties, impacts_of
from otel_genai_impact.impacts.native_1_serving import load_of
from otel_genai_impact.impacts.serving import UNKNOWN
from otel_genai_impact.impacts.uncertainty import Uncertain
from otel_genai_impact.semconv import MODEL_PRECISION

if TYPE_CHECKING:
    from otel_genai_impact.impacts.native_1_energy import Load
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, FunctionalUnit, Model
    from otel_genai_impact.impacts.serving import Serving

NAME: Final = "native-1"


class GpuEnergy(NamedTuple):
    """GPU energy (J) of one request by what it is used for."""

    tokens: Uncertain
    context: Uncertain
    prefill: Uncertain

    @property
    def in_all(self) -> Uncertain:
        """All of it."""
        return self.tokens + self.context + self.prefill


def uncertainties(
    functional_unit: FunctionalUnit,
    model: Model,
    data_center: DataCenter,
    electricity_mix: ElectricityMix,
    serving: Serving = UNKNOWN,
) -> Uncertainties:
    """The impacts of one request, each with its errors by kind."""
    gpu_energy = gpu_energy_of(functional_unit, model, serving)
    power_w = load_of(model, serving).gpu.power_w
    return impacts_of(gpu_energy.in_all, power_w, data_center, electricity_mix)


def gpu_energy_of(functional_unit: FunctionalUnit, model: Model, serving: Serving) -> GpuEnergy:
    """GPU energy (J) of one request: reading its input, generating its output."""
    load = load_of(model, serving)
    errors = energy_errors(model, serving, load)
    output, read, cached = tokens_of(functional_unit)
    return GpuEnergy(
        tokens=Uncertain(median=output * energy.decode_j_per_token(load), errors=errors.tokens),
        context=Uncertain(median=_context_j(load, read, output), errors=errors.context),
        prefill=Uncertain(median=energy.prefill_j(load, read - cached, cached), errors=errors.prefill),
    )


def tokens_of(functional_unit: FunctionalUnit) -> tuple[float, float, float]:
    """Tokens generated, read, and of these from a cache. What is not reported is not counted, and said to be missing."""
    read = functional_unit.input_tokens or 0.0
    return functional_unit.output_tokens, read, min(functional_unit.cached_tokens or 0.0, read)


def _context_j(load: Load, input_tokens: float, output_tokens: float) -> float:
    context_tokens = energy.mean_context_tokens(input_tokens, output_tokens)
    return output_tokens * context_tokens * energy.context_j_per_token_and_token(load)


def as_impacts(found: Uncertainties) -> Impacts:
    """The same in the units of the impact model, without the kinds of error."""
    return Impacts(
        usage=Usage(
            energy_kwh=(found.energy_j * (1 / J_PER_KWH)).interval,
            gwp_kgco2eq=found.usage_gwp_kgco2eq.interval,
            adpe_kgsbeq=found.usage_adpe_kgsbeq.interval,
            pe_mj=found.usage_pe_mj.interval,
            wcf_l=found.wcf_l.interval,
        ),
        embodied=Embodied(
            gwp_kgco2eq=found.embodied_gwp_kgco2eq.interval,
            adpe_kgsbeq=found.embodied_adpe_kgsbeq.interval,
            pe_mj=found.embodied_pe_mj.interval,
        ),
        totals=Totals(
            gwp_kgco2eq=found.gwp_kgco2eq.interval,
            adpe_kgsbeq=found.adpe_kgsbeq.interval,
            pe_mj=found.pe_mj.interval,
        ),
    )


class Native1:
    """Method `native-1`. Counts input, cache and output; latency says nothing of energy that tokens do not say."""

    name: str = NAME
    electricity: str = OWN_ELECTRICITY
    counts_input: bool = True
    uncertainties = staticmethod(uncertainties)

    def assumptions(self, model: Model) -> tuple[str, ...]:
        """That the precision of the weights is the usual one, where nobody says it."""
        return () if model.weight_bytes is not None else (MODEL_PRECISION,)

    def assess(
        self,
        functional_unit: FunctionalUnit,
        model: Model,
        data_center: DataCenter,
        electricity_mix: ElectricityMix,
        serving: Serving = UNKNOWN,
    ) -> Impacts:
        """The impacts of one request, each formula by name."""
        return as_impacts(uncertainties(functional_unit, model, data_center, electricity_mix, serving))

    def compile(
        self, model: Model, data_center: DataCenter, electricity_mix: ElectricityMix, serving: Serving = UNKNOWN
    ) -> TokenSystem:
        """The coefficients of one system: the energy is a sum of products of tokens."""
        load = load_of(model, serving)
        return TokenSystem.of(
            load,
            energy_errors(model, serving, load),
            # What one joule of GPU energy comes to: all impacts are proportional to that.
            impacts_of(Uncertain(median=1.0), load.gpu.power_w, data_center, electricity_mix),
        )

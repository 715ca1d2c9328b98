"""Method `native-1`, all impacts of requests for vectors, images and videos: GPU energy, then as for text."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING

from otel_genai_impact.impacts.estimate import Estimate
from otel_genai_impact.impacts.native_1 import NAME, as_impacts
from otel_genai_impact.impacts.native_1_compiled import PerGpuJoule
from otel_genai_impact.impacts.native_1_energy import GPUS
from otel_genai_impact.impacts.native_1_facility import Uncertainties, impacts_of
from otel_genai_impact.impacts.native_1_media import gpu_energy_j
from otel_genai_impact.impacts.native_1_serving import GPU
from otel_genai_impact.impacts.uncertainty import Z_90, Uncertain

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.estimate import Bounds
    from otel_genai_impact.impacts.media import Asked, MediaModel
    from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix
    from otel_genai_impact.impacts.uncertainty import Errors


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSystem:
    """A product system with everything computed that does not depend on the request.

    Attributes:
        model: what makes vectors, images or videos.
        one_joule: what one joule of GPU energy comes to, with its errors.
        per_gpu_joule: the same in the units of telemetry.
    """

    model: MediaModel
    one_joule: Uncertainties
    per_gpu_joule: PerGpuJoule

    def estimate(self, asked: Asked, /) -> Estimate:
        """The impacts of one request. Its energy and its place have no kind of error in common: variances add."""
        gpu, rates = gpu_energy_j(asked, self.model), self.per_gpu_joule
        variance = gpu.log_sd**2
        energy, energy_factor = gpu.median * rates.energy, exp(Z_90 * sqrt(variance + rates.energy_variance))
        gwp, gwp_factor = gpu.median * rates.gwp, exp(Z_90 * sqrt(variance + rates.gwp_variance))
        return Estimate(
            energy=energy,
            energy_low=energy / energy_factor,
            energy_high=energy * energy_factor,
            gwp=gwp,
            gwp_low=gwp / gwp_factor,
            gwp_high=gwp * gwp_factor,
            gwp_embodied=gpu.median * rates.gwp_embodied,
            adpe=gpu.median * rates.adpe,
            adpe_embodied=gpu.median * rates.adpe_embodied,
            pe=gpu.median * rates.pe,
            pe_embodied=gpu.median * rates.pe_embodied,
            wcf=gpu.median * rates.wcf,
        )

    def bounds(self, asked: Asked, /) -> Bounds:
        """The bounds that `estimate` leaves out."""
        return self.per_gpu_joule.bounds(gpu_energy_j(asked, self.model))

    def energy_errors(self, asked: Asked, /) -> Errors:
        """The log-sd of the facility's energy by kind of error."""
        return (gpu_energy_j(asked, self.model) * self.one_joule.energy_j).errors


class Native1Media:
    """The part of method `native-1` that is not text."""

    name: str = NAME

    def assess(
        self, asked: Asked, model: MediaModel, data_center: DataCenter, electricity_mix: ElectricityMix
    ) -> Impacts:
        """The impacts of one request, each formula by name: the specification."""
        return as_impacts(impacts_of(gpu_energy_j(asked, model), GPUS[GPU].power_w, data_center, electricity_mix))

    def compile(self, model: MediaModel, data_center: DataCenter, electricity_mix: ElectricityMix) -> MediaSystem:
        """The compiled form: equal to `assess` for every request."""
        one_joule = impacts_of(Uncertain(median=1.0), GPUS[GPU].power_w, data_center, electricity_mix)
        return MediaSystem(model=model, one_joule=one_joule, per_gpu_joule=PerGpuJoule.of(one_joule))

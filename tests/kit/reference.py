"""What the installed reference, EcoLogits, computes for a request, in the units of the telemetry contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ecologits.tracers.utils import llm_impacts

if TYPE_CHECKING:
    from ecologits.impacts.modeling import BaseImpact

_J_PER_KWH: Final = 3.6e6
_J_PER_MJ: Final = 1e6
_G_PER_KG: Final = 1e3


def reference_attributes(provider: str, model: str, output_tokens: int, latency_s: float) -> dict[str, float]:
    """The attributes with a quantity that detail `standard` has; the estimate is the midpoint of the bounds.

    Raises:
        LookupError: the reference does not know the model.
    """
    impacts = llm_impacts(provider, model, output_tokens, latency_s)
    if impacts.errors:
        raise LookupError(f"the reference cannot estimate {provider}/{model}: {impacts.errors}")
    assert impacts.energy is not None
    assert impacts.gwp is not None
    assert impacts.embodied is not None
    energy_low_j, energy_high_j = _bounds(impacts.energy, _J_PER_KWH)
    gwp_low_g, gwp_high_g = _bounds(impacts.gwp, _G_PER_KG)
    return {
        "genai_impact.energy": (energy_low_j + energy_high_j) / 2,
        "genai_impact.energy_low": energy_low_j,
        "genai_impact.energy_high": energy_high_j,
        "genai_impact.gwp": (gwp_low_g + gwp_high_g) / 2,
        "genai_impact.gwp_low": gwp_low_g,
        "genai_impact.gwp_high": gwp_high_g,
        "genai_impact.gwp_embodied": sum(_bounds(impacts.embodied.gwp, _G_PER_KG)) / 2,
        "genai_impact.adpe": sum(_bounds(impacts.adpe, _G_PER_KG)) / 2,
        "genai_impact.pe": sum(_bounds(impacts.pe, _J_PER_MJ)) / 2,
        "genai_impact.wcf": sum(_bounds(impacts.wcf, 1.0)) / 2,
    }


def _bounds(impact: BaseImpact | None, factor: float) -> tuple[float, float]:
    assert impact is not None
    value = impact.value
    low, high = (value, value) if isinstance(value, int | float) else (value.min, value.max)
    return low * factor, high * factor

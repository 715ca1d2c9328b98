"""Which attributes are written on the span of an estimated request, by detail, in the order of the contract.

Where a span has no room for all of them, the last ones are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.util.types import AttributeValue

    from otel_genai_impact._config import Detail
    from otel_genai_impact.impacts.assessment import Estimate
    from otel_genai_impact.telemetry.plans import Plan

Attributes = dict[str, "AttributeValue"]


def minimal(
    estimate: Estimate, _plan: Plan, static: Mapping[str, AttributeValue], _assumptions: tuple[str, ...]
) -> Attributes:
    """Energy, greenhouse gases and the method."""
    return {
        semconv.ENERGY: estimate.energy,
        semconv.GWP: estimate.gwp,
        semconv.METHOD: static[semconv.METHOD],
    }


def standard(
    estimate: Estimate, plan: Plan, static: Mapping[str, AttributeValue], assumptions: tuple[str, ...]
) -> Attributes:
    """All criteria, the bounds of energy and greenhouse gases, and what they rest on."""
    written: Attributes = {
        semconv.ENERGY: estimate.energy,
        semconv.ENERGY_LOW: estimate.energy_low,
        semconv.ENERGY_HIGH: estimate.energy_high,
        semconv.GWP: estimate.gwp,
        semconv.GWP_LOW: estimate.gwp_low,
        semconv.GWP_HIGH: estimate.gwp_high,
        semconv.METHOD: static[semconv.METHOD],
        semconv.MODEL: plan.model,
        semconv.SOURCE: semconv.SOURCE_MODELLED,
        semconv.ZONE: plan.zone,
        semconv.WCF: estimate.wcf,
        semconv.GWP_EMBODIED: estimate.gwp_embodied,
        semconv.ADPE: estimate.adpe,
        semconv.PE: estimate.pe,
        semconv.DATA_VERSION: static[semconv.DATA_VERSION],
    }
    if assumptions:
        written[semconv.ASSUMPTIONS] = assumptions
    return written


def full(
    estimate: Estimate, plan: Plan, static: Mapping[str, AttributeValue], assumptions: tuple[str, ...]
) -> Attributes:
    """Every bound and every embodied part besides."""
    written = standard(estimate, plan, static, assumptions)
    written.update(
        {
            semconv.ADPE_LOW: estimate.adpe_low,
            semconv.ADPE_HIGH: estimate.adpe_high,
            semconv.ADPE_EMBODIED: estimate.adpe_embodied,
            semconv.PE_LOW: estimate.pe_low,
            semconv.PE_HIGH: estimate.pe_high,
            semconv.PE_EMBODIED: estimate.pe_embodied,
            semconv.WCF_LOW: estimate.wcf_low,
            semconv.WCF_HIGH: estimate.wcf_high,
        }
    )
    return written


ATTRIBUTES_OF_DETAIL: Final[
    Mapping[Detail, Callable[[Estimate, Plan, Mapping[str, AttributeValue], tuple[str, ...]], Attributes]]
] = {"minimal": minimal, "standard": standard, "full": full}

"""Two results side by side, number by number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from otel_genai_impact.impacts.criteria import ADPE, ENERGY, GWP, PE, WCF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.method import CompiledSystem


@dataclass
class Worst:
    """The largest relative error so far, where it was, and of how many numbers."""

    error: float = 0.0
    where: str = "nowhere"
    compared: int = 0

    def compare(self, where: object, expected: Mapping[str, float], actual: Mapping[str, float]) -> None:
        """Take one pair of results into account. Both must have the same quantities."""
        assert expected.keys() == actual.keys()
        for quantity, value in expected.items():
            error = relative_error(value, actual[quantity])
            self.compared += 1
            if error > self.error:
                self.error, self.where = error, f"{quantity} of {where}"


def relative_error(expected: float, actual: float) -> float:
    """The difference as a part of what is expected; all of it where 0 is expected; infinite where either is no number."""
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return math.inf
    return abs(actual - expected) / abs(expected) if expected else abs(actual)


def readable_numbers(impacts: Impacts) -> dict[str, float]:
    """Every criterion, phase and bound: 26 numbers."""
    usage, embodied = impacts.usage, impacts.embodied
    intervals = {
        "usage energy": usage.energy_kwh,
        "usage gwp": usage.gwp_kgco2eq,
        "usage adpe": usage.adpe_kgsbeq,
        "usage pe": usage.pe_mj,
        "usage wcf": usage.wcf_l,
        "embodied gwp": embodied.gwp_kgco2eq,
        "embodied adpe": embodied.adpe_kgsbeq,
        "embodied pe": embodied.pe_mj,
        "energy": impacts.energy_kwh,
        "gwp": impacts.gwp_kgco2eq,
        "adpe": impacts.adpe_kgsbeq,
        "pe": impacts.pe_mj,
        "wcf": impacts.wcf_l,
    }
    numbers = {f"{name}, low": interval.low for name, interval in intervals.items()}
    return numbers | {f"{name}, high": interval.high for name, interval in intervals.items()}


def compiled_numbers(
    system: CompiledSystem, output_tokens: float, latency_s: float, input_tokens: float = 0, cached_tokens: float = 0
) -> dict[str, float]:
    """The 18 numbers that the compiled form gives."""
    request = (output_tokens, latency_s, input_tokens, cached_tokens)
    estimate, bounds = system.estimate(*request), system.bounds(*request)
    return {**estimate._asdict(), **bounds._asdict()}


def estimate_numbers(impacts: Impacts) -> dict[str, float]:
    """The 18 numbers of `Estimate` and `Bounds`, worked out from the readable form and by the units of the telemetry."""

    def reported(key: str, interval: Interval, factor: float) -> dict[str, float]:
        return {
            key: interval.estimate * factor,
            f"{key}_low": interval.low * factor,
            f"{key}_high": interval.high * factor,
        }

    embodied = impacts.embodied
    return {
        **reported(ENERGY.key, impacts.energy_kwh, 3.6e6),
        **reported(GWP.key, impacts.gwp_kgco2eq, 1e3),
        **reported(ADPE.key, impacts.adpe_kgsbeq, 1e3),
        **reported(PE.key, impacts.pe_mj, 1e6),
        **reported(WCF.key, impacts.wcf_l, 1.0),
        "gwp_embodied": embodied.gwp_kgco2eq.estimate * 1e3,
        "adpe_embodied": embodied.adpe_kgsbeq.estimate * 1e3,
        "pe_embodied": embodied.pe_mj.estimate * 1e6,
    }

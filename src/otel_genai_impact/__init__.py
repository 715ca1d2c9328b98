"""Environmental impacts of GenAI requests, as OpenTelemetry span attributes and metrics.

Nothing is imported until it is used: importing this package is cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_genai_impact._version import __version__

if TYPE_CHECKING:
    from otel_genai_impact._budget import BudgetExceeded, budget
    from otel_genai_impact._plugin import GenAIImpactInstrumentor, instrument, uninstrument
    from otel_genai_impact.inventory.assessing import Assessment, estimate
    from otel_genai_impact.telemetry.attribution import attribute_to
    from otel_genai_impact.telemetry.processor import ImpactSpanProcessor
    from otel_genai_impact.telemetry.sampling import CountUnsampledSampler

__all__ = [
    "Assessment",
    "BudgetExceeded",
    "CountUnsampledSampler",
    "GenAIImpactInstrumentor",
    "ImpactSpanProcessor",
    "__version__",
    "attribute_to",
    "budget",
    "estimate",
    "instrument",
    "uninstrument",
]

_HOMES = {
    "Assessment": "otel_genai_impact.inventory.assessing",
    "BudgetExceeded": "otel_genai_impact._budget",
    "CountUnsampledSampler": "otel_genai_impact.telemetry.sampling",
    "GenAIImpactInstrumentor": "otel_genai_impact._plugin",
    "ImpactSpanProcessor": "otel_genai_impact.telemetry.processor",
    "attribute_to": "otel_genai_impact.telemetry.attribution",
    "budget": "otel_genai_impact._budget",
    "estimate": "otel_genai_impact.inventory.assessing",
    "instrument": "otel_genai_impact._plugin",
    "uninstrument": "otel_genai_impact._plugin",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)

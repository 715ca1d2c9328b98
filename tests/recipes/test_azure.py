"""Azure Monitor, up to what leaves the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.recipes.azure_server import AzureServer

if TYPE_CHECKING:
    from tests.recipes.conftest import Cook

_SETTINGS = {
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
    # Azure's own sampler keeps by chance what comes in the first fifth of a second after it was made.
    "OTEL_TRACES_SAMPLER": "microsoft.fixed_percentage",
    "OTEL_TRACES_SAMPLER_ARG": "1.0",
}


@pytest.mark.parametrize("script", ["in code", "span processors", "without code"])
def test_what_arrives(cook: Cook, script: str) -> None:
    """The dependency has our attributes as custom dimensions, and the custom metrics agree with it."""
    with AzureServer() as azure:
        here = {
            "https://westeurope-5.in.applicationinsights.azure.com/": azure.url,
            "https://westeurope.livediagnostics.monitor.azure.com/": azure.url,
        }
        cook.run("azure", script, here, **_SETTINGS)
        (said,) = azure.dimensions("chat gpt-4o")
        assert ("openai/gpt-4o", "345") == (said["genai_impact.model"], said["gen_ai.usage.output_tokens"])
        assert 1 == azure.metric("genai_impact.requests")
        assert pytest.approx(float(said["genai_impact.energy"])) == azure.metric("genai_impact.energy")

"""Without code: what is counted does not depend on how many traces are exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kit.app import run_app
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from tests.kit.provider_server import ProviderServer

_ROOT = Path(__file__).parents[2]

_CHATS = """
from openai import OpenAI

client = OpenAI()
for number in range(5):
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": str(number)}])
"""

_A_THOUSAND = f"""
import sys
sys.path.insert(0, {str(_ROOT)!r})
from opentelemetry import trace
from tests.integration.spending import spend

spend(trace.get_tracer("app"), 1000, seed=3)
"""

METRICS = (
    *(f"genai_impact.{name}" for name in ("requests", "energy", "energy_low", "energy_high", "gwp", "gwp_low")),
    *(f"genai_impact.{name}" for name in ("gwp_high", "adpe", "pe", "wcf", "request.energy")),
)


def _sampled(ratio: str) -> dict[str, str]:
    return {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": ratio}


def test_a_real_sdk_whose_traces_are_all_dropped(provider: ProviderServer, sink: OtlpSink) -> None:
    """Five calls are counted with their energy, and no span is exported."""
    run_app(_CHATS, provider=provider, sink=sink, environment=_sampled("0")).checked()
    assert [] == sink.spans
    assert 5 == sink.sum_of("genai_impact.requests")
    assert 0 < sink.sum_of("genai_impact.energy")


def test_it_can_be_switched_off(provider: ProviderServer, sink: OtlpSink) -> None:
    """Then what is dropped is not counted."""
    environment = {**_sampled("0"), "GENAI_IMPACT_COUNT_UNSAMPLED": "false"}
    run_app(_CHATS, provider=provider, sink=sink, environment=environment).checked()
    assert [] == [point for point in sink.points if point.metric.startswith("genai_impact.")]


def test_one_per_cent_counts_as_much_as_all() -> None:
    """Every counter, and the histogram, to 1e-9; of a thousand spans about ten are exported."""
    with OtlpSink() as everything, OtlpSink() as sampled:
        run_app(_A_THOUSAND, sink=everything, environment=_sampled("1")).checked()
        run_app(_A_THOUSAND, sink=sampled, environment=_sampled("0.01")).checked()
        assert 1000 == len(everything.spans) == everything.sum_of("genai_impact.requests")
        assert 40 > len(sampled.spans)
        for metric in METRICS:
            assert pytest.approx(everything.sum_of(metric), rel=1e-9) == sampled.sum_of(metric), metric

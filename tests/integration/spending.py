"""A thousand requests of all kinds, and whether the exported metrics are the sum of what stands on their spans."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from tests.kit.otlp_records import total_of

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from tests.kit.otlp_sink import OtlpSink

MODELS: Final = (
    ("openai", "gpt-4o"),
    ("openai", "gpt-4o-mini"),
    ("anthropic", "claude-sonnet-4-5"),
    ("mistral_ai", "mistral-small-2506"),
    ("somebody", "gpt-4o"),
    ("openai", "nobody-knows-it"),
)

# Metric, its phase if only one is meant, and the span attribute whose sum it is.
SUMS: Final = (
    ("genai_impact.energy", None, "genai_impact.energy"),
    ("genai_impact.energy_low", None, "genai_impact.energy_low"),
    ("genai_impact.energy_high", None, "genai_impact.energy_high"),
    ("genai_impact.gwp", None, "genai_impact.gwp"),
    ("genai_impact.gwp", "embodied", "genai_impact.gwp_embodied"),
    ("genai_impact.gwp_low", None, "genai_impact.gwp_low"),
    ("genai_impact.gwp_high", None, "genai_impact.gwp_high"),
    ("genai_impact.adpe", None, "genai_impact.adpe"),
    ("genai_impact.adpe", "embodied", "genai_impact.adpe_embodied"),
    ("genai_impact.pe", None, "genai_impact.pe"),
    ("genai_impact.pe", "embodied", "genai_impact.pe_embodied"),
    ("genai_impact.wcf", None, "genai_impact.wcf"),
    ("genai_impact.request.energy", None, "genai_impact.energy"),
)


def spend(tracer: Tracer, requests: int, seed: int = 0) -> None:
    """Make so many requests: models, tokens and durations at random, some of which cannot be estimated."""
    random = Random(seed)
    for _ in range(requests):
        provider, model = random.choice(MODELS)
        span = tracer.start_span(
            f"chat {model}",
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": provider,
                "gen_ai.request.model": model,
            },
            start_time=1_000_000_000,
        )
        if random.random() < 0.95:  # the others report no usage
            span.set_attribute("gen_ai.usage.input_tokens", random.randrange(10_000))
            span.set_attribute("gen_ai.usage.output_tokens", random.randrange(1, 5_000))
        span.end(1_000_000_000 + random.randrange(60_000_000_000))


def check_sums(sink: OtlpSink, requests: int) -> None:
    """Every counter's sum is the sum over the spans' attributes to 1e-9; no request is missing or counted twice."""
    # A flush does not wait for an export that a reader's own thread has under way, if it finds nothing new itself.
    sink.wait_for(lambda sink: _requests_of(sink) >= requests)
    spans = [span for span in sink.spans if span.name.startswith("chat ")]
    assert len(spans) == requests
    assert sink.sum_of("genai_impact.requests") == requests
    for metric, phase, attribute in SUMS:
        on_spans = sum(float(str(span.attributes.get(attribute, 0.0))) for span in spans)
        exported = sink.sum_of(metric) if phase is None else sink.sum_of(metric, **{"genai_impact.phase": phase})
        assert on_spans > 0, attribute
        assert exported == pytest.approx(on_spans, rel=1e-9), (metric, phase)
    reasons = [
        span.attributes["genai_impact.not_estimated"]
        for span in spans
        if "genai_impact.not_estimated" in span.attributes
    ]
    for reason in ("unknown_model", "no_usage"):
        counted = sink.sum_of("genai_impact.requests", **{"genai_impact.not_estimated": reason})
        assert counted == reasons.count(reason) > 0


def _requests_of(sink: OtlpSink) -> float:
    return total_of(sink.points_of("genai_impact.requests"), lambda point: point.total)

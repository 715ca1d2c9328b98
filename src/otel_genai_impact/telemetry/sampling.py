"""Counting what a sampler drops: a GenAI span that would not exist is recorded, counted and not exported.

A head sampler decides before a span starts. Without this, 1 % of the traces means 1 % of the energy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult

from otel_genai_impact._contain import contained
from otel_genai_impact.telemetry.marks import reports_genai
from otel_genai_impact.telemetry.operations import names_an_operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.context import Context
    from opentelemetry.trace import Link, SpanKind, TraceState
    from opentelemetry.util.types import Attributes


class CountUnsampledSampler(Sampler):
    """Decides as another sampler does, but for GenAI spans says "record only" where that says "drop".

    Exporters leave out spans that are recorded only, and the context that travels to other services says "not sampled", as
    before. Whatever else is attached to the tracer provider sees these spans, too.

    Args:
        sampler: the one that decides.
        marking: tell services that are called that this process counts (`across_processes`).

    Attributes:
        active: False makes it decide as that does, always.
    """

    def __init__(self, sampler: Sampler, *, marking: bool = False) -> None:
        self.sampler = sampler
        self.active = True
        self.marking = marking

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """The decision of the other sampler, or to record only."""
        # Tracers leave the last one out, and some samplers do not take it.
        more = () if trace_state is None else (trace_state,)
        result: Any = self.sampler.should_sample(parent_context, trace_id, name, kind, attributes, links, *more)
        if self.active and result.decision is Decision.DROP:
            with contained("looking at a span that the sampler drops"):
                if (attributes and reports_genai(attributes)) or names_an_operation(name):
                    kept: dict[str, Any] = {**(attributes or {}), **(result.attributes or {})}
                    result = SamplingResult(Decision.RECORD_ONLY, kept, result.trace_state)
        if self.marking:
            with contained("telling services that are called who counts"):
                from otel_genai_impact.telemetry.callers import marked

                result = marked(result, parent_context, name, attributes)
        return result

    def get_description(self) -> str:
        """Of both."""
        return f"CountUnsampledSampler{{{self.sampler.get_description()}}}"

    def __getattr__(self, name: str) -> Any:
        # What some samplers have besides, such as a way to close them.
        if name == "sampler":
            raise AttributeError(name)
        return getattr(self.sampler, name)


def count_unsampled(provider: Any, *, wanted: bool, marking: bool = False) -> None:
    """Put ours around a tracer provider's sampler, or make it do nothing. Tracers that exist have the sampler, too."""
    sampler = getattr(provider, "sampler", None)
    if isinstance(sampler, CountUnsampledSampler):
        sampler.active, sampler.marking = wanted, marking
        return
    if not (wanted or marking) or not isinstance(sampler, Sampler):
        return
    provider.sampler = ours = CountUnsampledSampler(sampler, marking=marking)
    ours.active = wanted
    for tracer in list(getattr(provider, "_tracers", {}).values()):
        if getattr(tracer, "sampler", None) is sampler:
            tracer.sampler = ours

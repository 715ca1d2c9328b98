"""Our estimate of one request against the reference's, for the same requests and with the same result."""

from __future__ import annotations

import logging
import math
from itertools import cycle, islice
from time import perf_counter_ns
from typing import TYPE_CHECKING, Final, NamedTuple

from ecologits.tracers.utils import llm_impacts

from otel_genai_impact import ImpactSpanProcessor, estimate, semconv
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.telemetry.request import NAMES, read
from tests.benchmarks.interleaving import interleaved, microseconds, ratio
from tests.benchmarks.rows import Row, Target
from tests.benchmarks.spans import chat_spans_ns, tracer

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_genai_impact.telemetry.request import Request

TARGET: Final = Target(limit=100, at_least=True)
SHARE_OF_A_SPAN: Final = Target(limit=0.1)
TARGET_NATIVE: Final = Target(limit=1.5)
_J_PER_KWH: Final = 3.6e6


class Asked(NamedTuple):
    """One request, with the provider's name as spans have it and as the reference has it."""

    provider: str
    reference_provider: str
    model: str
    output_tokens: int
    latency_s: float

    def as_read_from_a_span(self) -> Request:
        attributes = {
            semconv.GEN_AI_OPERATION_NAME: "chat",
            semconv.GEN_AI_PROVIDER_NAME: self.provider,
            semconv.GEN_AI_RESPONSE_MODEL: self.model,
            semconv.GEN_AI_USAGE_OUTPUT_TOKENS: self.output_tokens,
        }
        request = read(f"chat {self.model}", attributes)
        if request is None:
            raise LookupError(self.model)
        return request


REQUESTS: Final = (
    Asked("openai", "openai", "gpt-4o", 350, 3.2),
    Asked("anthropic", "anthropic", "claude-sonnet-4-5", 800, 9.5),
    Asked("gcp.gemini", "google_genai", "gemini-2.5-flash", 120, 1.1),
    Asked("mistral_ai", "mistralai", "mistral-large-latest", 500, 6.0),
)


class HotPath:
    """Names to plan to estimate, as the span processor does it for each request."""

    def __init__(self) -> None:
        self._plans = ImpactSpanProcessor()._recorder.plans

    def energy_j(self, request: Request, output_tokens: int, latency_s: float) -> float:
        plan = self._plans.known.get((request[NAMES], ())) or self._plans.plan(request, ())
        if plan is None:
            raise LookupError(request.response_model)
        return plan.estimate(output_tokens, latency_s).energy


def measure(*, rounds: int = 100, calls: int = 400) -> list[Row]:
    """Both of our ways, each as how many times faster it is than the reference; the first also as a share of a bare span."""
    logging.getLogger("ecologits").setLevel(logging.ERROR)  # it warns once about each model
    hot_path = HotPath()
    check_that_all_agree(hot_path)
    bare = tracer()
    read = {asked: asked.as_read_from_a_span() for asked in REQUESTS}

    def on_the_hot_path(asked: Asked) -> None:
        hot_path.energy_j(read[asked], asked.output_tokens, asked.latency_s)

    taken_ns = interleaved(
        {
            "ecologits": lambda: _block(_reference, max(1, calls // 40)),
            "bare span": lambda: chat_spans_ns(bare),
            "hot path": lambda: _block(on_the_hot_path, calls),
            "estimate()": lambda: _block(_public, max(1, calls // 10)),
        },
        rounds=rounds,
    )
    reference = taken_ns["ecologits"]
    absolute = {f"{name}, us": value for name, value in microseconds(taken_ns).items()}
    return [
        Row(
            name="estimate on the hot path, times faster than ecologits",
            unit="x",
            spread=ratio(reference, taken_ns["hot path"]),
            target=TARGET,
            absolute=absolute,
        ),
        Row(
            name="estimate on the hot path, plan look-up included, in bare spans",
            unit="x",
            spread=ratio(taken_ns["hot path"], taken_ns["bare span"]),
            target=SHARE_OF_A_SPAN,
        ),
        Row(
            name="otel_genai_impact.estimate(), times faster than ecologits",
            unit="x",
            spread=ratio(reference, taken_ns["estimate()"]),
        ),
    ]


def measure_native(*, rounds: int = 100, calls: int = 2000) -> list[Row]:
    """What the method `native-1` takes of the hot path, over what the default takes: the compiled forms, names aside."""
    served = Catalog().serve("openai", "gpt-4o")
    if served is None:
        raise LookupError("gpt-4o")
    system = (served.entry.model, served.data_center.data_center, served.zone.electricity_mix)
    native = METHODS["native-1"].compile(*system).estimate
    default = METHODS["ecologits-0.11"].compile(*system).estimate

    def timed(request: Callable[[], object]) -> float:
        start = perf_counter_ns()
        for _ in range(calls):
            request()
        return (perf_counter_ns() - start) / calls

    taken_ns = interleaved(
        {
            "ecologits-0.11": lambda: timed(lambda: default(350, 3.2)),
            "native-1": lambda: timed(lambda: native(350, 3.2, 1200, 0)),
            "native-1, cached input": lambda: timed(lambda: native(350, 3.2, 1200, 800)),
        },
        rounds=rounds,
    )
    absolute = {f"{name}, us": value for name, value in microseconds(taken_ns).items()}
    return [
        Row(
            name=f"compiled estimate of {name}, over that of ecologits-0.11",
            unit="x",
            spread=ratio(taken_ns[name], taken_ns["ecologits-0.11"]),
            target=TARGET_NATIVE,
            absolute=absolute,
        )
        for name in ("native-1", "native-1, cached input")
    ]


def _block(call: Callable[[Asked], None], calls: int) -> float:
    requests = list(islice(cycle(REQUESTS), calls))
    start = perf_counter_ns()
    for asked in requests:
        call(asked)
    return (perf_counter_ns() - start) / calls


def _reference(asked: Asked) -> None:
    llm_impacts(asked.reference_provider, asked.model, asked.output_tokens, asked.latency_s)


def _public(asked: Asked) -> None:
    estimate(asked.provider, asked.model, output_tokens=asked.output_tokens, latency_s=asked.latency_s)


def check_that_all_agree(hot_path: HotPath) -> None:
    """A benchmark of two things that give different results compares nothing."""
    for asked in REQUESTS:
        energy = llm_impacts(asked.reference_provider, asked.model, asked.output_tokens, asked.latency_s).energy
        if energy is None:
            raise LookupError(f"the reference does not know {asked.model}")
        value = energy.value
        low, high = (value, value) if isinstance(value, int | float) else (value.min, value.max)
        reference_j = (low + high) / 2 * _J_PER_KWH
        ours_j = hot_path.energy_j(asked.as_read_from_a_span(), asked.output_tokens, asked.latency_s)
        if not math.isclose(reference_j, ours_j, rel_tol=1e-12):
            raise AssertionError(f"{asked.model}: the reference says {reference_j} J, we say {ours_j} J")

"""How each contender is set up, as its own documentation says, and how it proves that it did its job.

Each is alone in its process: what they patch is global. A proof that fails is an error, since what does nothing is fast.
"""

from __future__ import annotations

import importlib
import json
import logging
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from tests.benchmarks.peers import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ENERGY: Final = "genai_impact.energy"
_OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
_COST: Final = "gen_ai.usage.cost"
_PRICE: Final = {"promptPrice": 0.0025, "completionPrice": 0.01}
_PRICES: Final = {"chat": {wire.ASKED_MODEL: _PRICE, wire.MODEL: _PRICE}}

Answer = Any
Proof = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A contender that is set up.

    Attributes:
        proof: what it made of the call before, whose answer or last chunk is given; raises LookupError if nothing.
        after_call: what the application itself has to do with an answer or a last chunk; None if it has nothing to do.
    """

    proof: Callable[[Answer], Proof]
    after_call: Callable[[Answer], object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A package, and how an application has it.

    Attributes:
        name: as the tables have it.
        modules: what an application imports of it.
        distributions: whose versions are printed.
        set_up: after the import.
    """

    name: str
    modules: tuple[str, ...]
    distributions: tuple[str, ...]
    set_up: Callable[[], Running]


class LastSpan(SpanProcessor):
    """Keeps the last span and counts them: what costs a span next to nothing, and shows that there was one."""

    def __init__(self) -> None:
        self.span: ReadableSpan | None = None
        self.spans = 0

    def on_end(self, span: ReadableSpan) -> None:
        self.span = span
        self.spans += 1

    def proof(self, *names: str) -> Proof:
        """These attributes of the last span, each above zero. The span is forgotten, so that it proves one call only."""
        attributes: Mapping[str, Any] = {} if self.span is None else self.span.attributes or {}
        self.span = None
        return {name: _above_zero(name, attributes.get(name)) for name in names}


def bare() -> Running:
    return Running(proof=lambda answer: {"output tokens": _above_zero("tokens", answer.usage.completion_tokens)})


def opentelemetry_alone() -> Running:
    last, _ = _telemetry()
    _official_instrumentation()
    return Running(proof=lambda _: last.proof(_OUTPUT_TOKENS))


def ours() -> Running:
    from otel_genai_impact import ImpactSpanProcessor

    last, provider = _telemetry()
    provider.add_span_processor(ImpactSpanProcessor(meter_provider=metrics.get_meter_provider()))
    _official_instrumentation()
    return Running(proof=lambda _: last.proof(_OUTPUT_TOKENS, _ENERGY))


def ecologits() -> Running:
    logging.getLogger("ecologits").setLevel(logging.ERROR)  # it warns of each model once a request
    importlib.import_module("ecologits").EcoLogits.init(providers=["openai"])
    return Running(proof=lambda answer: {"energy, kWh": _above_zero("energy", energy_kwh(answer))})


def openlit() -> Running:
    """Its prices come from a file: it would fetch them from the network. What people write is not put on spans."""
    last, _ = _telemetry()
    others = importlib.import_module("openlit._instrumentors").MODULE_NAME_MAP.keys() - {"openai"}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as prices:
        prices.write(json.dumps(_PRICES))
        prices.flush()
        importlib.import_module("openlit").init(
            pricing_json=prices.name,
            capture_message_content=False,
            disable_events=True,
            disabled_instrumentors=sorted(others),
        )
    return Running(proof=lambda _: last.proof(_OUTPUT_TOKENS, _COST))


def genai_prices() -> Running:
    """No instrumentation: the application has the price of each answer's tokens calculated."""
    module = importlib.import_module("genai_prices")

    def price(answer: Answer) -> float:
        usage = module.Usage(input_tokens=answer.usage.prompt_tokens, output_tokens=answer.usage.completion_tokens)
        return float(module.calc_price(usage, model_ref=answer.model, provider_id="openai").total_price)

    return Running(proof=lambda answer: {"price, USD": _above_zero("price", price(answer))}, after_call=price)


CONTENDERS: Final = {
    contender.name: contender
    for contender in (
        Contender(name="bare SDK", modules=(), distributions=("openai",), set_up=bare),
        Contender(
            name="OpenTelemetry alone",
            modules=("opentelemetry.instrumentation.genai.openai",),
            distributions=("opentelemetry-sdk", "opentelemetry-instrumentation-genai-openai"),
            set_up=opentelemetry_alone,
        ),
        Contender(
            name="otel-genai-impact",
            modules=(
                "opentelemetry.instrumentation.genai.openai",
                "otel_genai_impact",
                "otel_genai_impact._plugin",
            ),
            distributions=("otel-genai-impact",),
            set_up=ours,
        ),
        Contender(
            name="EcoLogits",
            modules=("ecologits", "ecologits.tracers.openai_tracer"),
            distributions=("ecologits",),
            set_up=ecologits,
        ),
        Contender(name="OpenLIT", modules=("openlit",), distributions=("openlit",), set_up=openlit),
        Contender(name="genai-prices", modules=("genai_prices",), distributions=("genai-prices",), set_up=genai_prices),
    )
}


def _telemetry() -> tuple[LastSpan, TracerProvider]:
    """Providers of the SDK, with nothing that exports: the same for each contender that makes spans."""
    last, provider = LastSpan(), TracerProvider(sampler=ALWAYS_ON)
    provider.add_span_processor(last)
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(MeterProvider(metric_readers=[InMemoryMetricReader()]))
    return last, provider


def _official_instrumentation() -> None:
    importlib.import_module("opentelemetry.instrumentation.genai.openai").OpenAIInstrumentor().instrument()


def energy_kwh(answer: Answer) -> float | None:
    impacts = getattr(answer, "impacts", None)
    energy = None if impacts is None else impacts.energy
    if energy is None:
        return None
    value = energy.value
    return float(value) if isinstance(value, int | float) else (value.min + value.max) / 2


def _above_zero(name: str, value: float | None) -> float:
    if isinstance(value, int | float) and value > 0:
        return float(value)
    raise LookupError(f"no {name}: this contender did not do what it is compared for")

"""What it takes to say what one request cost, in energy or in money: functions of each package, in one process."""

from __future__ import annotations

import importlib
import logging
from itertools import cycle, islice
from time import process_time_ns
from typing import TYPE_CHECKING, Any, Final

from ecologits.tracers.utils import llm_impacts

from otel_genai_impact import estimate
from tests.benchmarks.estimates import REQUESTS, Asked, HotPath, check_that_all_agree
from tests.benchmarks.interleaving import Spread, interleaved, ratio
from tests.benchmarks.peers.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable

OURS: Final = "otel-genai-impact, as the span processor does it"
PUBLIC: Final = "otel-genai-impact, estimate()"
ECOLOGITS: Final = "EcoLogits, llm_impacts()"
PRICES: Final = "genai-prices, calc_price()"

_PROVIDERS: Final = {"openai": "openai", "anthropic": "anthropic", "gcp.gemini": "google", "mistral_ai": "mistral"}
_INPUT_TOKENS: Final = 120


def measure(*, rounds: int = 60, calls: int = 400) -> list[Figure]:
    """Four models of four makers by turns. Energies are equal, and each function says more than nothing of each request, before."""
    logging.getLogger("ecologits").setLevel(logging.ERROR)
    check_that_all_agree(HotPath())
    functions = {OURS: _ours(), PUBLIC: _public, ECOLOGITS: _ecologits, PRICES: _price()}
    for name, function in functions.items():
        for asked in REQUESTS:
            if not function(asked) > 0:
                raise LookupError(f"{name} says nothing of {asked.model}")
    counts = {OURS: calls, PUBLIC: calls // 10, ECOLOGITS: calls // 40, PRICES: calls // 4}
    taken_ns = interleaved(
        {name: _block(function, max(len(REQUESTS), counts[name])) for name, function in functions.items()},
        rounds=rounds,
    )
    figures: list[Figure] = []
    for name, taken in taken_ns.items():
        figures += [
            Figure(table="estimate", contender=name, unit="us", spread=Spread.of([ns / 1e3 for ns in taken])),
            Figure(table="estimate", contender=name, unit="x", spread=ratio(taken, taken_ns[OURS])),
        ]
    return figures


def _block(function: Callable[[Asked], float], calls: int) -> Callable[[], float]:
    requests = list(islice(cycle(REQUESTS), calls))

    def block() -> float:
        start = process_time_ns()
        for asked in requests:
            function(asked)
        return (process_time_ns() - start) / len(requests)

    return block


def _ours() -> Callable[[Asked], float]:
    hot_path = HotPath()
    read = {asked.model: asked.as_read_from_a_span() for asked in REQUESTS}
    return lambda asked: hot_path.energy_j(read[asked.model], asked.output_tokens, asked.latency_s)


def _public(asked: Asked) -> float:
    found = estimate(asked.provider, asked.model, output_tokens=asked.output_tokens, latency_s=asked.latency_s)
    return found.impacts.energy_kwh.low


def _ecologits(asked: Asked) -> float:
    energy = llm_impacts(asked.reference_provider, asked.model, asked.output_tokens, asked.latency_s).energy
    value: Any = 0 if energy is None else energy.value
    return float(value) if isinstance(value, int | float) else float(value.min)


def _price() -> Callable[[Asked], float]:
    prices = importlib.import_module("genai_prices")

    def price(asked: Asked) -> float:
        usage = prices.Usage(input_tokens=_INPUT_TOKENS, output_tokens=asked.output_tokens)
        price = prices.calc_price(usage, model_ref=asked.model, provider_id=_PROVIDERS[asked.provider])
        return float(price.total_price)

    return price

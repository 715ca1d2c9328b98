"""Run in a fresh interpreter: the time that `import` takes, after what every instrumented application has imported.

`importing.py ours` or `importing.py reference`.
"""

from __future__ import annotations

import importlib
import json
import sys
from time import perf_counter_ns
from typing import Final

_BEFORE: Final = (
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.metrics",
    "opentelemetry.instrumentation.instrumentor",
    "wrapt",
)
_TIMED: Final = {
    "ours": ("otel_genai_impact", "otel_genai_impact._plugin"),
    "reference": ("ecologits", "ecologits.tracers.utils"),
}
_HEAVY: Final = {"pydantic", "httpx", "httpx2", "httpcore", "requests", "urllib3", "aiohttp", "openai", "anthropic"}
_HEAVY_OF_PYTHON: Final = {"http.client", "urllib.request"}
_NS_PER_MS: Final = 1e6


def importing_ms(modules: tuple[str, ...]) -> float:
    start = perf_counter_ns()
    for module in modules:
        importlib.import_module(module)
    return (perf_counter_ns() - start) / _NS_PER_MS


def first_processor_ms() -> float:
    from otel_genai_impact import ImpactSpanProcessor

    start = perf_counter_ns()
    ImpactSpanProcessor()
    return (perf_counter_ns() - start) / _NS_PER_MS


def main(what: str) -> None:
    importing_ms(_BEFORE)
    import_ms = importing_ms(_TIMED[what])
    heavy = {name.partition(".")[0] for name in sys.modules} & _HEAVY | sys.modules.keys() & _HEAVY_OF_PYTHON
    ready_ms = first_processor_ms() if what == "ours" else None
    print(json.dumps({"import_ms": import_ms, "first_processor_ms": ready_ms, "heavy_modules": sorted(heavy)}))


if __name__ == "__main__":
    main(sys.argv[1])

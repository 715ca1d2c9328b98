"""Makes one call of an SDK's application again and again while instrumentation goes on and off, and counts the spans."""

from __future__ import annotations

import importlib
import logging
import sys
import types
from typing import Any

from calls import Seen, registered
from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import otel_genai_impact
from otel_genai_impact import _contain
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

logging.disable(logging.WARNING)  # OpenTelemetry's own, of what is instrumented twice
_contain.reraise = True
name, made, model = sys.argv[1:4]
importlib.import_module(f"{name.replace('-', '_')}_calls")
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)


def spans() -> int:
    """How many spans one call makes."""
    exporter.clear()
    registered(made)(Seen(model=model, prompt="hello"))
    return len(exporter.get_finished_spans())


def methods() -> dict[str, Any]:
    """The functions that are wrapped, as they are now."""
    module = importlib.import_module(f"otel_genai_impact.instrumentation.{name.replace('-', '_')}")
    (instrumentor,) = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and issubclass(kind, SdkInstrumentor)
    ]
    found: dict[str, Any] = {}
    for endpoint in (*instrumentor.endpoints, *instrumentor.around):
        owner, _, method = endpoint.name.rpartition(".")
        try:
            of_module = vars(importlib.import_module(endpoint.module))
        except ImportError:  # it belongs to another release of the SDK, or needs what is not installed
            continue
        found[f"{endpoint.module}.{endpoint.name}"] = (vars(of_module[owner]) if owner else of_module)[method]
    return found


class Rival(BaseInstrumentor):
    """Another instrumentation of the same SDK, whose distribution the test installs, or does not."""

    def instrumentation_dependencies(self) -> tuple[str, ...]:
        """None."""
        return ()

    def _instrument(self, **kwargs: Any) -> None:
        """It is enough that it is active."""

    def _uninstrument(self, **kwargs: Any) -> None:
        """Nothing to undo."""


before = methods()
print("off:", spans())
otel_genai_impact.instrument()
print("on:", spans())
otel_genai_impact.instrument()
importlib.import_module("otel_genai_impact")
print("twice:", spans())
with suppress_instrumentation():
    print("suppressed:", spans())
otel_genai_impact.uninstrument()
same = all(before[key] is method for key, method in methods().items())
print(f"off: {spans()}, {'untouched' if same else 'changed'}")
otel_genai_impact.instrument()
print("again:", spans())
rival = types.ModuleType("opentelemetry.instrumentation.rival")
vars(rival)["Rival"] = Rival
sys.modules[rival.__name__] = rival
Rival().instrument()
print("another instrumentation:", spans())

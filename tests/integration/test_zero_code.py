"""Getting in without code: whichever provider the application has, whenever it makes it, and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.app import run_app

if TYPE_CHECKING:
    from pathlib import Path

# Makes one request with a tracer provider, and prints what became of the span and of the counters.
_KIT = """
import sys
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

reader = InMemoryMetricReader()

def request(provider):
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
                  "gen_ai.usage.output_tokens": 100}
    provider.get_tracer("app").start_span("chat gpt-4o", attributes=attributes).end()
    ours = {key: value for key, value in exporter.get_finished_spans()[-1].attributes.items() if "impact" in key}
    return ours.get("genai_impact.zone", "untouched")

def counted():
    data = reader.get_metrics_data()
    if data is None:
        return 0
    return sum(point.value for resource in data.resource_metrics for scope in resource.scope_metrics
               for metric in scope.metrics if metric.name == "genai_impact.requests" for point in metric.data.data_points)
"""

_NO_PROVIDER = {"OTEL_PYTHON_DISTRO": "none", "OTEL_PYTHON_CONFIGURATOR": "none"}


def _run(code: str, *, plain: bool = False, environment: dict[str, str] | None = None) -> list[str]:
    """The lines that the application printed."""
    result = run_app(_KIT + code, environment=environment, launcher=() if plain else None).checked()
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout.split()


def test_the_provider_of_the_distribution() -> None:
    """The one that the configurator made before us."""
    assert _run("print(request(trace.get_tracer_provider()))") == ["USA"]


def test_a_later_provider_and_an_additional_one() -> None:
    """One that the application sets itself, and another that it does not set at all: each request counted once."""
    code = """
metrics.set_meter_provider(MeterProvider([reader]))
mine = TracerProvider()
trace.set_tracer_provider(mine)
print(request(mine), request(TracerProvider()), counted())
"""
    assert _run(code, environment=_NO_PROVIDER) == ["USA", "USA", "2"]


def test_settings_from_the_environment() -> None:
    """A variable reaches the processor."""
    assert _run("print(request(trace.get_tracer_provider()))", environment={"GENAI_IMPACT_ZONE": "FRA"}) == ["FRA"]


@pytest.mark.parametrize(
    "variables",
    [
        {"GENAI_IMPACT_ENABLED": "false"},
        {"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "genai_impact"},
    ],
)
def test_switched_off(variables: dict[str, str]) -> None:
    """Either way of saying so leaves every span as it is."""
    assert _run("print(request(trace.get_tracer_provider()))", environment=variables) == ["untouched"]


def test_a_disabled_sdk() -> None:
    """With `OTEL_SDK_DISABLED` there is no tracer to look at, and nothing to be heard of us."""
    code = """
import otel_genai_impact
from opentelemetry import trace
otel_genai_impact.instrument()
print(type(trace.get_tracer_provider().get_tracer("app")).__name__)
"""
    result = run_app(code, launcher=(), environment={"OTEL_SDK_DISABLED": "true"}).checked()
    assert (result.stdout, result.stderr) == ("ProxyTracer\n", "")


def test_plain_python_in_one_line() -> None:
    """Without `opentelemetry-instrument`, one line before or after the provider is all."""
    code = """
import otel_genai_impact
otel_genai_impact.instrument(zone="FRA")
trace.set_tracer_provider(TracerProvider())
print(request(trace.get_tracer_provider()), request(TracerProvider()))
"""
    assert _run(code, plain=True) == ["FRA", "FRA"]
    before = "trace.set_tracer_provider(TracerProvider())\n"
    after = """
import otel_genai_impact
otel_genai_impact.instrument()
print(request(trace.get_tracer_provider()))
"""
    assert _run(before + after, plain=True) == ["USA"]


def test_sdks_that_are_not_there_are_no_complaint() -> None:
    """In one line too: an application has few of the SDKs, and hears nothing of the others."""
    code = """
from otel_genai_impact.instrumentation.groq import GroqInstrumentor
GroqInstrumentor.instrumentation_dependencies = lambda self: ("a-distribution-that-nobody-has >= 1",)
import otel_genai_impact
otel_genai_impact.instrument()
"""
    result = run_app(code, launcher=()).checked()
    assert (result.stdout, result.stderr) == ("", "")


def test_an_instrumentation_that_cannot_be_loaded_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    """A folder `openai` beside the application hides the SDK: one line of an error, and the other SDKs are instrumented."""
    (tmp_path / "openai").mkdir()
    (tmp_path / "openai" / "__init__.py").write_text("")
    code = """
from otel_genai_impact.instrumentation.groq import GroqInstrumentor
import otel_genai_impact
otel_genai_impact.instrument()
print(GroqInstrumentor().is_instrumented_by_opentelemetry)
"""
    result = run_app(code, launcher=(), environment={"PYTHONPATH": str(tmp_path)}).checked()
    assert result.stdout == "True\n"
    assert "failed while loading the instrumentation openai; the application is not affected" in result.stderr


def test_by_hand() -> None:
    """The processor added like any other, also beside the instrumentor: each request is counted once."""
    code = """
import otel_genai_impact
metrics.set_meter_provider(MeterProvider([reader]))
mine = TracerProvider()
mine.add_span_processor(otel_genai_impact.ImpactSpanProcessor(zone="FRA"))
print(request(mine), counted())
otel_genai_impact.instrument(tracer_provider=mine)
print(request(mine), counted())
"""
    assert _run(code, plain=True) == ["FRA", "1", "FRA", "2"]


def test_one_provider_after_the_other() -> None:
    """Called again for another provider it attaches to that one, too, with the settings given for it, and says nothing."""
    code = """
import otel_genai_impact
one, two, none = TracerProvider(), TracerProvider(), TracerProvider()
otel_genai_impact.instrument(tracer_provider=one)
otel_genai_impact.instrument(tracer_provider=two, zone="FRA")
print(request(one), request(two), request(none))
"""
    result = run_app(_KIT + code, launcher=()).checked()
    assert (result.stdout.split(), result.stderr) == (["USA", "FRA", "untouched"], "")


def test_a_provider_that_cannot_be_hashed() -> None:
    """A proxy of another library's, which takes span processors but has no hash."""
    code = """
class Proxy(trace.TracerProvider):
    def __init__(self):
        self.inner = TracerProvider()
    def __eq__(self, other):
        return self is other
    def get_tracer(self, *args, **kwargs):
        return self.inner.get_tracer(*args, **kwargs)
    def add_span_processor(self, processor):
        self.inner.add_span_processor(processor)
trace.set_tracer_provider(Proxy())
import otel_genai_impact
otel_genai_impact.instrument()
print(request(trace.get_tracer_provider()), request(TracerProvider()))
"""
    assert _run(code, plain=True) == ["USA", "USA"]


def test_a_meter_provider_that_becomes_the_global_one_later() -> None:
    """Two ways to one meter provider, one of them through the global one: nothing is lost, nothing counted twice."""
    code = """
import otel_genai_impact
meters = MeterProvider([reader])
otel_genai_impact.instrument()
mine = TracerProvider()
other = TracerProvider(); otel_genai_impact.GenAIImpactInstrumentor().attach(tracer_provider=other, meter_provider=meters)
metrics.set_meter_provider(meters)
request(mine); request(other)
print(counted())
"""
    assert _run(code, plain=True) == ["2"]


def test_somebody_elses_wrapper_stays() -> None:
    """Whoever wraps the provider's constructor after us keeps their wrapper when we leave."""
    code = """
import otel_genai_impact, wrapt
otel_genai_impact.instrument()
seen = []
def theirs(wrapped, instance, args, kwargs):
    wrapped(*args, **kwargs)
    seen.append("theirs")
wrapt.wrap_function_wrapper(TracerProvider, "__init__", theirs)
otel_genai_impact.uninstrument()
print(request(TracerProvider()), *seen)
otel_genai_impact.instrument()
print(request(TracerProvider()))
"""
    assert _run(code, plain=True) == ["untouched", "theirs", "USA"]


def test_uninstrument_and_instrument_again() -> None:
    """Off means untouched and uncounted, also for later providers; on again counts each request once."""
    code = """
import otel_genai_impact as ours
metrics.set_meter_provider(MeterProvider([reader]))
mine = TracerProvider()
trace.set_tracer_provider(mine)
ours.instrument(); ours.instrument()
print(request(mine), counted())
ours.uninstrument()
print(request(mine), request(TracerProvider()), counted())
ours.instrument(zone="FRA")
print(request(mine), request(TracerProvider()), counted())
print(type(TracerProvider.__init__).__name__)
ours.uninstrument(); ours.uninstrument()
print(type(TracerProvider.__init__).__name__)
"""
    lines = _run(code, plain=True)
    assert lines == ["USA", "1", "untouched", "untouched", "1", "FRA", "FRA", "3", "BoundFunctionWrapper", "function"]


def test_providers_that_are_not_the_sdks() -> None:
    """A provider without span processors is left alone, silently."""
    code = """
class Other(trace.TracerProvider):
    def get_tracer(self, *args, **kwargs):
        return trace.NoOpTracer()
trace.set_tracer_provider(Other())
import otel_genai_impact
otel_genai_impact.instrument()
print("fine")
"""
    result = run_app(_KIT + code, launcher=()).checked()
    assert (result.stdout, result.stderr) == ("fine\n", "")


def test_a_provider_that_is_collected_is_forgotten() -> None:
    """A provider that nobody holds any more does not stay because of us."""
    code = """
import gc, weakref
import otel_genai_impact
otel_genai_impact.instrument()
gone = TracerProvider(shutdown_on_exit=False)
request(gone)
gone = weakref.ref(gone)
gc.collect()
print(gone() is None)
"""
    assert _run(code, plain=True) == ["True"]


def test_an_application_that_breaks(tmp_path: Path) -> None:
    """Exit code and traceback of the application are its own."""
    app = tmp_path / "app.py"
    app.write_text("raise SystemExit(7)")
    assert run_app(app).exit_code == 7

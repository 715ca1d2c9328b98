"""What is told of a process that was looked at, or that could not be."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from otel_genai_impact.cli.doctor import process
from otel_genai_impact.telemetry.sampling import CountUnsampledSampler
from tests.kit.telemetry import Telemetry


@pytest.mark.parametrize(
    ("endpoint", "place"),
    [
        ("localhost:4317", "localhost:4317"),
        ("http://localhost:4318/v1/traces", "http://localhost:4318"),
        ("https://user:secret@otlp.example.org/key/secret?token=secret", "https://otlp.example.org"),
        ("http://[::1]:4318/v1/traces", "http://[::1]:4318"),
        ("http://host:port", None),
        ("", None),
        (None, None),
    ],
)
def test_of_an_endpoint_only_the_place_is_told(endpoint: str | None, place: str | None) -> None:
    """A path, a query and a user's name may be secrets."""
    assert place == process._place(endpoint)


def test_errors_are_the_last_lines_of_tracebacks() -> None:
    """Of exceptions that led to each other the last; of those that stand alone each, once."""
    chained = (
        "Traceback (most recent call last):\n  File 'x', line 1\nStopIteration\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        "Traceback (most recent call last):\n  File 'x', line 2\n    raise\nRuntimeError: no exporter 'otlpp'\n"
    )
    alone = "a warning\nTraceback (most recent call last):\n  File 'y', line 1\nImportError: no y\n"
    assert ("RuntimeError: no exporter 'otlpp'", "ImportError: no y") == process._errors(chained + alone + chained)


def test_a_process_that_cannot_start_is_a_failure() -> None:
    """An interpreter without a standard library: the exit code is told."""
    seen = process.ask({"PYTHONHOME": "no-such-folder"})
    assert "a Python process ends with exit code 1" == seen.failure


def test_a_look_at_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tracer provider, what is on it, and whether ours is."""
    telemetry = Telemetry()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: telemetry.tracers)
    seen = process.look()
    assert ("sdk", "opentelemetry.sdk.trace.TracerProvider", True) == (seen.provider, seen.provider_name, seen.ours)
    assert ["ImpactSpanProcessor", "SimpleSpanProcessor"] == sorted(
        one.name.rpartition(".")[2] for one in seen.span_processors
    )
    assert ("ParentBased", False) == ((seen.sampler or "")[:11], seen.counts_unsampled)
    telemetry.processor.configure(enabled=False)
    assert not process.look().ours


def test_our_sampler_around_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is told, and whether ours is active."""
    telemetry = Telemetry()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: telemetry.tracers)
    telemetry.tracers.sampler = ours = CountUnsampledSampler(ALWAYS_OFF)
    seen = process.look()
    assert ("AlwaysOffSampler", True) == (seen.sampler, seen.counts_unsampled)
    ours.active = False
    assert not process.look().counts_unsampled


@pytest.mark.parametrize(
    ("provider", "expected"),
    [(trace.ProxyTracerProvider(), "none"), (trace.NoOpTracerProvider(), "none"), (object(), "other")],
)
def test_a_process_without_a_tracer_provider_of_an_sdk(
    monkeypatch: pytest.MonkeyPatch, provider: object, expected: str
) -> None:
    """None at all, or another vendor's that takes no span processors."""
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    seen = process.look()
    assert (expected, (), False) == (seen.provider, seen.span_processors, seen.ours)


def test_settings_are_told_with_their_source_and_complaints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are given, as a user writes them; what cannot be used is complained of."""
    for name, value in (("ZONE", "FRA"), ("STRICT", "1"), ("HISTOGRAMS", "gwp,energy"), ("DETAIL", "loud")):
        monkeypatch.setenv(f"GENAI_IMPACT_{name}", value)
    seen = process.look()
    assert {
        "zone": ("FRA", "GENAI_IMPACT_ZONE"),
        "strict": ("true", "GENAI_IMPACT_STRICT"),
        "histograms": ("energy,gwp", "GENAI_IMPACT_HISTOGRAMS"),
    } == seen.settings
    (complaint,) = seen.complaints
    assert complaint.startswith("GENAI_IMPACT_DETAIL: 'loud' cannot be used")

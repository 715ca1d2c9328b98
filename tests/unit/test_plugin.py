"""What `instrument()` starts beside the span processor."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

from otel_genai_impact import _contain, _plugin
from otel_genai_impact.instrumentation.groq import GroqInstrumentor

if TYPE_CHECKING:
    import pytest


def test_an_instrumentation_that_cannot_be_loaded_is_one_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are started."""
    group = "opentelemetry_instrumentor"
    broken = EntryPoint("broken", "otel_genai_impact.instrumentation.broken:Broken", group)
    sound = EntryPoint("groq", "otel_genai_impact.instrumentation.groq:GroqInstrumentor", group)

    def both(group: str) -> tuple[EntryPoint, ...]:
        return broken, sound

    monkeypatch.setattr(_plugin, "entry_points", both)
    monkeypatch.setattr(_contain, "reraise", False)
    assert [GroqInstrumentor] == [type(instrumentor) for instrumentor in _plugin._instrumentors_of_sdks()]
    (line,) = [record.message for record in caplog.records]
    assert line.startswith("failed while loading the instrumentation broken; the application is not affected: ")

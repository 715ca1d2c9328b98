"""Mistral's SDK can make spans of its own: then they are the ones that are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.sdk_plans import APPS
from tests.kit.app import run_app
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from tests.kit.provider_server import ProviderServer

_OURS = "otel_genai_impact.instrumentation.mistralai"


@pytest.mark.parametrize(("setting", "ours"), [("global", False), ("false", True), ("", True)])
def test_it_stands_back_for_the_sdk_itself(provider: ProviderServer, setting: str, ours: bool) -> None:
    """With the SDK's telemetry in the application's provider, ours makes no span; without, each call is one of ours."""
    models = '{"chat": "mistral-large-latest", "streamed": "mistral-small-latest", "async": "codestral-latest"}'
    with OtlpSink() as sink:
        run_app(
            APPS / "mistralai_calls.py", models, provider=provider, sink=sink,
            environment={"MISTRAL_SDK_TELEMETRY": setting},
        ).checked()  # fmt: skip
        spans = [span for span in sink.spans if span.scope != "app"]
        assert 3 == len(spans) == sink.sum_of("genai_impact.requests")
        assert [ours] * 3 == [span.scope == _OURS for span in spans]
        assert all("genai_impact.energy" in span.attributes for span in spans)

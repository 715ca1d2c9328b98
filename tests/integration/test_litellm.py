"""LiteLLM's router, fallbacks, mocks, cache and callback: each request is counted once, and what is none is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.integration.sdk_plans import APPS
from tests.kit.answers import Answer
from tests.kit.app import run_app
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from tests.kit.provider_server import ProviderServer

_OURS: Final = "otel_genai_impact.instrumentation.litellm"
_REASON: Final = "genai_impact.not_estimated"
_DOWN: Final = ("gpt-4", "error")
_UP: Final = ("gpt-4o", "estimated")


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("router_falls_back", [_DOWN, _UP]),
        ("router_falls_back_async", [_DOWN, _UP]),
        ("router_retries", [("gpt-4.1", "error"), ("gpt-4.1", "estimated")]),
        ("falls_back", [_DOWN, _UP]),
        ("mocked", []),
        ("cached", [_UP, ("gpt-4o", "no_usage")]),
        ("threads", [_UP] * 6),
        ("loop_body_fails", [("gpt-4o", "error")] * 2),
    ],
)
def test_each_request_is_one_span(provider: ProviderServer, called: str, expected: list[tuple[str, str]]) -> None:
    """As many spans, and as many requests in the metrics, as the server saw; each says what came of it."""
    provider.answer_to("gpt-4", Answer(error_status=400))
    provider.answer_to("gpt-4.1", Answer(failures=1))
    with OtlpSink() as sink:
        run_app(APPS / "litellm_requests.py", called, provider=provider, sink=sink).checked()
        found = [
            (span.attributes.get("gen_ai.request.model"), span.attributes.get(_REASON, "estimated"))
            for span in sink.spans
        ]
        assert expected == found
        assert [_OURS] * len(expected) == [span.scope for span in sink.spans]
        assert len(expected) == len(provider.requests)
        if expected:
            assert len(expected) == sink.sum_of("genai_impact.requests")


def test_it_stands_back_for_the_callback(provider: ProviderServer) -> None:
    """With LiteLLM's callback `otel`, its spans are those that are counted, with those of the SDK beneath: each once."""
    with OtlpSink() as sink:
        run_app(APPS / "litellm_requests.py", "own_callback", provider=provider, sink=sink).checked()
        assert 4 == len(provider.requests) == sink.sum_of("genai_impact.requests")
        assert 4 == len([span for span in sink.spans if "genai_impact.energy" in span.attributes])
        assert _OURS not in {span.scope for span in sink.spans}

"""Budgets that refuse, with the real SDKs: the next request raises before it is sent, and others go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.kit.app import run_app
from tests.kit.otlp_sink import OtlpSink
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Iterator

_APP: Final = Path(__file__).parent / "apps" / "refused_calls.py"
KINDS: Final = (
    *("openai chat", "openai raw", "openai responses", "openai stream", "openai async"),
    *("anthropic message", "anthropic raw", "anthropic stream", "anthropic async"),
    *("groq chat", "groq async"),
)


@pytest.fixture(scope="module")
def run() -> Iterator[tuple[dict[str, list[str]], ProviderServer, OtlpSink]]:
    with ProviderServer() as provider, OtlpSink() as sink:
        result = run_app(_APP, provider=provider, sink=sink).checked()
        yield json.loads(result.stdout), provider, sink


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_request_is_refused(run: tuple[dict[str, list[str]], ProviderServer, OtlpSink], kind: str) -> None:
    """The first is sent; the second and third raise, and say which budget."""
    first, *others = run[0][kind]
    assert "sent" == first
    assert 2 == len(others)
    for refused in others:
        assert refused.startswith("BudgetExceeded")
        assert f"budget='{kind}'" in refused


def test_nothing_refused_was_sent(run: tuple[dict[str, list[str]], ProviderServer, OtlpSink]) -> None:
    """The server got one of each kind, that outside a budget, and that in one which only warns."""
    assert len(KINDS) + 2 == len(run[1].requests)


def test_what_was_refused_is_no_request(run: tuple[dict[str, list[str]], ProviderServer, OtlpSink]) -> None:
    """The metrics have what was sent; the spans of the others say which budget refused them, and are not counted."""
    _, _, sink = run
    sink.wait_for(lambda it: bool(it.points_of("genai_impact.requests")))
    assert len(KINDS) + 2 == sink.sum_of("genai_impact.requests")
    assert len(KINDS) + 1 == sink.sum_of("genai_impact.budget.requests.used")
    failed = [span for span in sink.spans if span.attributes.get("error.type")]
    assert 2 * len(KINDS) == len(failed)
    for span in failed:
        assert span.attributes["genai_impact.budget.exceeded"]
        assert "genai_impact.not_estimated" not in span.attributes

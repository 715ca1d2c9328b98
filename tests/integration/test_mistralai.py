"""What only Mistral's SDK has: spans of its own, which are then the ones that are counted; and agents."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import pytest
from packaging.version import Version

from tests.integration.sdk_plans import APPS
from tests.kit.answers import Answer
from tests.kit.app import run_app
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from tests.kit.provider_server import ProviderServer

_OURS = "otel_genai_impact.instrumentation.mistralai"
# What is asked of agents, and the model that each of them has.
_AGENTS: Final = {
    "agent": "mistral-large-latest",
    "agent streamed": "mistral-large-2512",
    "async agent": "mistral-medium-latest",
    "conversation": "mistral-small-latest",
    "conversation continued": "mistral-small-2603",
    "conversation continued streamed": "codestral-2508",
    "conversation restarted": "ministral-8b-latest",
    "async conversation streamed": "ministral-3b-latest",
}
# Of the model itself; the second is younger than the SDK's oldest release that goes with these tests.
_MODELS: Final = {"conversation streamed": "codestral-latest"}
_RESPONSES: Final = {
    "response": "ministral-8b-2512",
    "response streamed": "ministral-3b-2512",
    "async response streamed": "ministral-14b-2512",
}
_ALL: Final = {**_AGENTS, **_MODELS, **(_RESPONSES if Version(version("mistralai")) >= Version("3.5") else {})}


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


@pytest.mark.parametrize("setting", ["", "global"])
def test_a_request_to_an_agent_is_counted_with_the_model_that_answers(provider: ProviderServer, setting: str) -> None:
    """One span of ours each, with the tokens and the model of its answer; what the SDK's own spans say is no inference."""
    for number, (call, model) in enumerate(_ALL.items()):
        provider.answer_to(call, Answer(model=model, input_tokens=30 + number, output_tokens=110 + number))
    with OtlpSink() as sink:
        bare = run_app(APPS / "mistralai_agents.py", json.dumps(_ALL), provider=provider, launcher=()).checked()
        instrumented = run_app(
            APPS / "mistralai_agents.py", json.dumps(_ALL), provider=provider, sink=sink,
            environment={"MISTRAL_SDK_TELEMETRY": setting},
        ).checked()  # fmt: skip
        seen = [
            (
                span.attributes.get("gen_ai.response.model"),
                span.attributes.get("gen_ai.request.model"),
                span.attributes.get("gen_ai.usage.input_tokens"),
                span.attributes.get("gen_ai.usage.output_tokens"),
                span.attributes.get("gen_ai.request.stream", False),
                "genai_impact.energy" in span.attributes,
            )
            for span in sink.spans
            if span.scope == _OURS
        ]
        assert [
            (
                model,
                None if call in _AGENTS else model,
                30 + number,
                110 + number,
                "streamed" in call,
                True,
            )
            for number, (call, model) in enumerate(_ALL.items())
        ] == seen
        assert len(_ALL) == sink.sum_of("genai_impact.requests")
    lines = [[json.loads(line) for line in run.stdout.splitlines()] for run in (bare, instrumented)]
    assert [None] * len(_ALL) == [line["error"] for line in lines[0]]
    for key in ("answer", "error", "classes"):
        assert [line[key] for line in lines[0]] == [line[key] for line in lines[1]]

"""The real OpenAI and Anthropic SDKs against providers that report energy: on the span, counted, and nothing changed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from anthropic import Anthropic
from openai import AsyncOpenAI, OpenAI
from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

from otel_genai_impact.instrumentation.reported_energy import ReportedEnergyInstrumentor
from tests.kit.answers import Answer
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.provider_server import ProviderServer

NEURALWATT: Final[dict[str, Any]] = {
    "energy_joules": 74.42,
    "energy_kwh": 2.07e-05,
    "avg_power_watts": 324.3,
    "duration_seconds": 0.229,
    "attribution_method": "prorated",
}
GREENPT: Final[dict[str, Any]] = {
    "inferenceTime": {"total": 229, "unit": "ms"},
    "energy": {"total": 74420, "unit": "Wms"},
    "emissions": {"total": 1, "unit": "ugCO2e"},
    "version": "20250922",
}
ASKED: Final[dict[str, Any]] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello?"}]}


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """The official instrumentations and ours, and our span processor."""
    made = Telemetry()
    instrumentors = (OpenAIInstrumentor(), AnthropicInstrumentor(), ReportedEnergyInstrumentor())
    for instrumentor in instrumentors:
        instrumentor.instrument(tracer_provider=made.tracers, meter_provider=made.meters, skip_dep_check=True)
    yield made
    for instrumentor in reversed(instrumentors):
        instrumentor.uninstrument()


@pytest.fixture
def client(provider: ProviderServer) -> Iterator[Any]:
    with OpenAI(base_url=f"{provider.url}/v1", api_key="none", max_retries=0) as made:
        yield made


def _attributes(telemetry: Telemetry) -> dict[str, Any]:
    (span,) = telemetry.spans
    return dict(span.attributes or {})


def _assert_reported(telemetry: Telemetry, *, attribution: str | None = "prorated", energy_j: object = 74.42) -> None:
    attributes = _attributes(telemetry)
    assert attributes["genai_impact.reported.energy"] == energy_j
    assert attributes.get("genai_impact.reported.attribution") == attribution
    assert attributes["genai_impact.source"] == "provider"
    # The machines' energy, as nothing is said of the building: PUE of the default data centre on top.
    assert 74.42 < attributes["genai_impact.energy"] < 2 * 74.42
    assert "energy.boundary.assumed" in attributes["genai_impact.assumptions"]
    assert telemetry.total("genai_impact.requests", genai_impact__source="provider") == 1


def test_neuralwatts_object_in_an_answer(telemetry: Telemetry, provider: ProviderServer, client: Any) -> None:
    """The object `energy` beside the usage; the application still finds it where it was."""
    provider.answer_next(Answer(beside={"energy": NEURALWATT}))
    answer: Any = client.chat.completions.create(**ASKED)
    _assert_reported(telemetry)
    assert answer.energy == NEURALWATT


def test_neuralwatts_comment_in_a_stream(telemetry: Telemetry, provider: ProviderServer, client: Any) -> None:
    """A comment, which the SDK ignores; the words arrive as ever."""
    provider.answer_next(Answer(comment=f"energy {json.dumps(NEURALWATT)}"))
    stream = client.chat.completions.create(**ASKED, stream=True)
    words = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
    assert "".join(words) == Answer().text
    _assert_reported(telemetry)


def test_an_asynchronous_stream_and_an_asynchronous_answer(telemetry: Telemetry, provider: ProviderServer) -> None:
    """The asynchronous client's are read, too, each for its own request, though both run at once."""
    provider.answer_to("gpt-4o", Answer(comment=f"energy {json.dumps(NEURALWATT)}", word_delay_s=0.02))
    provider.answer_to("gpt-4.1", Answer(beside={"energy": {"energy_joules": 5.0}}))

    async def ask() -> None:
        made: Any = AsyncOpenAI(base_url=f"{provider.url}/v1", api_key="none", max_retries=0)
        async with made as client:

            async def stream() -> None:
                async for _ in await client.chat.completions.create(**ASKED, stream=True):
                    pass

            await asyncio.gather(stream(), client.chat.completions.create(**{**ASKED, "model": "gpt-4.1"}))

    asyncio.run(ask())
    said = {
        (span.attributes or {})["gen_ai.request.model"]: (span.attributes or {})["genai_impact.reported.energy"]
        for span in telemetry.spans
    }
    assert said == {"gpt-4o": 74.42, "gpt-4.1": 5.0}


def test_greenpts_object(telemetry: Telemetry, provider: ProviderServer, client: Any) -> None:
    """Watt-milliseconds are thousandths of joules; in an answer and in a stream's last chunk."""
    provider.answer_next(Answer(beside={"impact": GREENPT}))
    client.chat.completions.create(**ASKED)
    _assert_reported(telemetry, attribution=None, energy_j=pytest.approx(74.42))
    telemetry.exporter.clear()
    provider.answer_next(Answer(beside={"impact": GREENPT}))
    for _ in client.chat.completions.create(**ASKED, stream=True):
        pass
    assert pytest.approx(74.42) == _attributes(telemetry)["genai_impact.reported.energy"]


def test_a_header(telemetry: Telemetry, provider: ProviderServer, client: Any) -> None:
    """What a gateway passes on as `X-Energy-Joules`; also of a raw response that nobody parses."""
    provider.answer_next(Answer(headers={"X-Energy-Joules": "74.42"}))
    raw = client.chat.completions.with_raw_response.create(**ASKED)
    raw.parse()
    _assert_reported(telemetry, attribution=None, energy_j="74.42")


@pytest.mark.parametrize(
    "energy", [{"energy_joules": -3}, {"energy_joules": "much"}, {"energy_joules": 1e300}, {"energy_joules": 10**400}]
)
def test_what_cannot_be_an_energy(
    telemetry: Telemetry, provider: ProviderServer, client: Any, energy: dict[str, Any]
) -> None:
    """The request is modelled, and says that something else was reported."""
    provider.answer_next(Answer(beside={"energy": energy}))
    client.chat.completions.create(**ASKED)
    attributes = _attributes(telemetry)
    assert attributes["genai_impact.source"] == "modelled"
    assert "energy.reported.invalid" in attributes["genai_impact.assumptions"]


@pytest.mark.parametrize(
    "answer", [Answer(), Answer(beside={"energy": "green"}), Answer(beside={"impact": {"energy": 1}})]
)
def test_who_reports_nothing_is_modelled(
    telemetry: Telemetry, provider: ProviderServer, client: Any, answer: Answer
) -> None:
    """Nor does a field of the same name that holds something else confuse it."""
    provider.answer_next(answer)
    client.chat.completions.create(**ASKED)
    attributes = _attributes(telemetry)
    assert attributes["genai_impact.source"] == "modelled"
    assert [key for key in attributes if ".reported." in key] == []
    assert "energy.reported.invalid" not in attributes["genai_impact.assumptions"]


def test_anthropics_sdk(telemetry: Telemetry, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that speaks Anthropic's API and sends the header. The SDK's own span, where there is one, gets it instead."""
    monkeypatch.setenv("ANTHROPIC_OPEN_TELEMETRY", "false")
    provider.answer_next(Answer(headers={"X-Energy-Joules": "74.42"}))
    with Anthropic(base_url=provider.url, api_key="none", max_retries=0) as anthropic:
        anthropic.messages.create(
            model="claude-haiku-4-5", max_tokens=9, messages=[{"role": "user", "content": "Hello?"}]
        )
    _assert_reported(telemetry, attribution=None, energy_j="74.42")


def test_uninstrumented_it_reads_nothing(telemetry: Telemetry, provider: ProviderServer, client: Any) -> None:
    """The SDK stays wrapped, and the wrapper does nothing."""
    ReportedEnergyInstrumentor().uninstrument()
    provider.answer_next(Answer(beside={"energy": NEURALWATT}))
    client.chat.completions.create(**ASKED)
    assert "genai_impact.reported.energy" not in _attributes(telemetry)

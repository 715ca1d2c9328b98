"""Google's SDK asks more than once for one call, and reads streams itself: every request is one span nevertheless."""

from __future__ import annotations

import asyncio
import threading
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN, get_current_span

from otel_genai_impact import _contain
from otel_genai_impact.instrumentation.google_genai import GoogleGenAiInstrumentor
from tests.kit.answers import Answer

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of a string in the oldest release, when it is compiled
    from google import genai
    from google.genai import types
    from google.oauth2.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.provider_server import ProviderServer

# Where aiohttp is installed, the SDK takes it; it does so in a way that aiohttp dislikes.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")

MODEL = "gemini-2.5-flash"
FIRST = Answer(text="one two", input_tokens=21, output_tokens=31)
SECOND = Answer(text="three four", input_tokens=22, output_tokens=32)
BOTH = [(21, 31), (22, 32)]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What the instrumented SDK made."""
    monkeypatch.setattr(_contain, "reraise", True)
    exporter = InMemorySpanExporter()
    tracing = TracerProvider(shutdown_on_exit=False)
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    GoogleGenAiInstrumentor().instrument(tracer_provider=tracing)
    yield exporter
    GoogleGenAiInstrumentor().uninstrument()


@pytest.fixture
def client(provider: ProviderServer) -> Iterator[Any]:
    """A client of the local server."""
    with genai.Client(api_key="not-a-key", http_options={"base_url": f"{provider.url}/gemini"}) as made:
        yield made


def _tokens(spans: InMemorySpanExporter) -> list[tuple[object, object]]:
    """Of all spans, none of which failed."""
    found = [dict(span.attributes or {}) for span in spans.get_finished_spans() if span.status.is_ok]
    assert len(found) == len(spans.get_finished_spans())
    return [(each.get("gen_ai.usage.input_tokens"), each.get("gen_ai.usage.output_tokens")) for each in found]


def _cut(answer: Answer) -> Answer:
    return Answer(text=answer.text, input_tokens=21, output_tokens=31, is_cut=True)


def weather(city: str) -> str:
    """The weather of a city."""
    assert get_current_span() is INVALID_SPAN
    return f"rain in {city}"


def _content(client: Any, **asked: Any) -> str:
    return client.models.generate_content(model=MODEL, contents="hello", config=asked).text


def _content_streamed(client: Any, **asked: Any) -> str:
    stream = client.models.generate_content_stream(model=MODEL, contents="hello", config=asked)
    return "".join(chunk.text or "" for chunk in stream)


def _conversation(client: Any, **asked: Any) -> str:
    return client.chats.create(model=MODEL, config=asked).send_message("hello").text


def _content_async(client: Any, **asked: Any) -> str:
    async def ask() -> str:
        async with client.aio as own:
            return (await own.models.generate_content(model=MODEL, contents="hello", config=asked)).text

    return asyncio.run(ask())


def _content_streamed_async(client: Any, **asked: Any) -> str:
    async def ask() -> str:
        async with client.aio as own:
            stream = await own.models.generate_content_stream(model=MODEL, contents="hello", config=asked)
            return "".join([chunk.text or "" async for chunk in stream])

    return asyncio.run(ask())


_WAYS = [_content, _content_streamed, _conversation, _content_async, _content_streamed_async]


@pytest.mark.filterwarnings("ignore:.*non-text parts in the response.*")
@pytest.mark.parametrize("way", _WAYS)
def test_calling_a_function_takes_two_requests(
    spans: InMemorySpanExporter, provider: ProviderServer, client: Any, way: Callable[..., str]
) -> None:
    """The model asks for the function, the SDK calls it outside of any span, and asks again with what came of it."""
    provider.answer_next(Answer(input_tokens=21, output_tokens=31, calls_a_tool=True), SECOND)
    assert "three four" == way(client, tools=[weather])
    assert BOTH == _tokens(spans)


@pytest.mark.parametrize("way", _WAYS)
def test_an_answer_that_is_cut_takes_two_requests(
    spans: InMemorySpanExporter, provider: ProviderServer, client: Any, way: Callable[..., str]
) -> None:
    """The SDK asks for the rest and joins both answers."""
    provider.answer_next(_cut(FIRST), SECOND)
    assert "one twothree four" == way(client, temperature=0.5)
    assert BOTH == _tokens(spans)
    reasons = [(span.attributes or {})["gen_ai.response.finish_reasons"] for span in spans.get_finished_spans()]
    assert [("CONTINUATION",), ("STOP",)] == reasons


@pytest.mark.parametrize("streamed", [False, True])
def test_an_interaction_that_is_cut_takes_two_requests(
    spans: InMemorySpanExporter, provider: ProviderServer, client: Any, streamed: bool
) -> None:
    """The SDK asks for the rest; what it gives is one interaction, or one stream."""
    provider.answer_next(_cut(FIRST), SECOND)
    given = client.interactions.create(model=MODEL, input="hello", stream=streamed)
    if streamed:
        assert "one twothree four" == "".join(getattr(getattr(event, "delta", None), "text", "") for event in given)
    else:
        assert ["one two", "three four"] == [step.content[0].text for step in given.steps]
    assert BOTH == _tokens(spans)


def test_an_interaction_may_be_asked_for_with_one_object(spans: InMemorySpanExporter, client: Any) -> None:
    """Its model and its numbers are found there, too."""
    body = {"model": MODEL, "input": "hello", "generation_config": {"temperature": 0.5, "max_output_tokens": 9}}
    client.interactions.create(request={"body": body})
    (span,) = spans.get_finished_spans()
    assert {
        "gen_ai.request.model": MODEL, "gen_ai.request.temperature": 0.5, "gen_ai.request.max_tokens": 9,
    }.items() <= (span.attributes or {}).items()  # fmt: skip


def test_a_project_is_one_of_vertex_ai(spans: InMemorySpanExporter, provider: ProviderServer) -> None:
    """Of contents the client says so, of interactions only their address."""
    own: Any = genai.Client(
        vertexai=True, project="ours", location="europe-west1", credentials=Credentials("not-a-token"),
        http_options={"base_url": f"{provider.url}/vertex"},
    )  # fmt: skip
    with own:
        own.models.generate_content(model=MODEL, contents="hello")
        own.interactions.create(model=MODEL, input="hello")
    names = [(span.attributes or {})["gen_ai.provider.name"] for span in spans.get_finished_spans()]
    assert ["gcp.vertex_ai"] * 2 == names


def test_an_agent_is_no_model(spans: InMemorySpanExporter, client: Any) -> None:
    """An interaction with one is a request, whose model nobody names but the answer."""
    client.interactions.create(agent="deep-research-preview-04-2026", input="hello")
    (span,) = spans.get_finished_spans()
    assert "gen_ai.request.model" not in (span.attributes or {})


@pytest.mark.parametrize("ended", ["break", "error"])
def test_a_loop_that_ends_early_ends_the_span(spans: InMemorySpanExporter, client: Any, ended: str) -> None:
    """What happens in the application's loop is no error of the request's."""
    with pytest.raises(KeyError) if ended == "error" else _nothing():
        for _ in client.models.generate_content_stream(model=MODEL, contents="hello"):
            assert get_current_span() is INVALID_SPAN
            if ended == "error":
                raise KeyError
            break
    assert [(7, None)] == _tokens(spans)


class _nothing:  # noqa: N801 -- a context that is none
    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


def test_streams_of_threads_do_not_mix(spans: InMemorySpanExporter, provider: ProviderServer, client: Any) -> None:
    """Each span has the tokens of its own answer."""
    for number in range(8):
        provider.answer_to(f"{number}", Answer(input_tokens=10 + number, output_tokens=number, word_delay_s=0.002))

    def ask(number: int) -> None:
        for _ in client.models.generate_content_stream(model=MODEL, contents=f"{number}"):
            pass

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(10 + number, number) for number in range(8)] == sorted(_tokens(spans), key=str)


def test_results_can_be_copied_and_kept(spans: InMemorySpanExporter, client: Any) -> None:
    """They are the SDK's own: nothing of ours is in them."""
    given = client.models.generate_content(model=MODEL, contents="hello")
    assert types.GenerateContentResponse is type(given)
    assert given == types.GenerateContentResponse.model_validate_json(given.model_dump_json())
    assert 1 == len(spans.get_finished_spans())


def test_what_runs_no_model_makes_no_span(spans: InMemorySpanExporter, client: Any) -> None:
    """The server knows no such path, which does not matter here."""
    with pytest.raises(genai.errors.ClientError):
        client.models.count_tokens(model=MODEL, contents="hello")
    with pytest.raises(genai.errors.ClientError):
        client.models.get(model=MODEL)
    assert () == spans.get_finished_spans()

"""What instrumentations share, on an SDK made for the purpose: whatever goes wrong on our side stays there."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import sys
import types
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util.genai.handler import TelemetryHandler

from otel_genai_impact import _contain
from otel_genai_impact.instrumentation import _shared
from otel_genai_impact.instrumentation._call import Call
from otel_genai_impact.instrumentation._endpoint import Around, Endpoint
from otel_genai_impact.instrumentation._reading import set_usage
from otel_genai_impact.instrumentation._shared import SdkInstrumentor

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping


MODULE = "an_sdk_for_tests"


class Holder:
    """A stream of the SDK, which looks for its generator, and may set another one."""

    def __init__(self, generator: Generator[str]) -> None:
        self.generator = generator

    def __next__(self) -> str:
        return next(self.generator)

    def __iter__(self) -> Holder:
        return self


class BothWays:
    """A stream that can be read in two ways, cannot be closed, and keeps what it read."""

    def __init__(self, text: str) -> None:
        self._letters = iter(text)
        self.kept: list[str] = []

    def __iter__(self) -> BothWays:
        return self

    def __next__(self) -> str:
        self.kept.append(next(self._letters))
        return "one more"

    def __aiter__(self) -> BothWays:
        return self

    async def __anext__(self) -> str:
        for letter in self._letters:
            self.kept.append(letter)
            return "one more"
        raise StopAsyncIteration


def _decorated(method: Callable[..., Any]) -> Callable[..., Any]:
    """As SDKs do it to look at arguments: what comes out is no coroutine function, but gives a coroutine."""

    @functools.wraps(method)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    return decorated


class Watch:
    """A stream that is closed by its `with` statement, and has no method for it."""

    closed = False

    def __iter__(self) -> Watch:
        return self

    def __next__(self) -> str:
        return "again"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.closed = True


class Client:
    """The SDK: it answers with what it was asked for."""

    def ask(self, *, model: str) -> str:
        return f"answer of {model}"

    def stream(self, *, model: str) -> Generator[str]:
        yield from model

    def watch(self, *, model: str) -> Watch:
        return Watch()

    def ask_twice(self, *, model: str) -> str:
        return self.ask(model=model) + self.ask(model=model)

    def parcel(self, *, model: str) -> list[Any]:
        return [iter(model)]

    def words(self, *, model: str) -> Generator[str]:
        for word in self._words(model=model):  # noqa: UP028 -- as SDKs do: then to close this one drops that one
            yield word

    def _words(self, *, model: str) -> Generator[str]:
        yield from model

    def hold(self, *, model: str) -> Holder:
        return Holder(self._words(model=model))

    def both(self, *, model: str) -> BothWays:
        return BothWays(model)

    async def both_async(self, *, model: str) -> BothWays:
        return BothWays(model)

    @_decorated
    async def ask_async(self, *, model: str) -> str:
        await asyncio.sleep(0)
        return f"answer of {model}"

    def post(self, path: str, *, model: str) -> str:
        return f"{path} of {model}"


def _read(invocation: Any, given: Any) -> None:
    if "unreadable" in given:
        raise ValueError(given)
    tokens = {"negative": -5, "text": "many", "huge": 2**70, "whole": 12.0, "yes": True}
    set_usage(invocation, output=next((value for name, value in tokens.items() if name in given), 7))


def _reads_both_ways(stream: BothWays) -> Callable[[Any, Any], None]:
    """What its chunks do not say, it has kept."""

    def read(invocation: Any, chunk: Any) -> None:
        set_usage(invocation, output=len(stream.kept))

    return read


def _was_kept(result: Any) -> bool:
    return "kept" in str(result)


def _is_stream(kwargs: Any) -> bool:
    return "lazy" in kwargs["model"]


def _unpacked(parcel: list[Any], call: Call) -> list[Any]:
    return [call.stream(parcel[0])]


def _louder(wrapped: Any, client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return wrapped(*args, **{**kwargs, "model": kwargs["model"].upper()})


def _operation(arguments: Any) -> str | None:
    return {"/chat": "chat", "/embed": "embeddings"}.get(arguments["path"])


def _no_url(client: Any, kwargs: Any) -> str:
    return ""


def _endpoint(
    name: str,
    *,
    operation: str | Callable[[Any], str | None] = "chat",
    lazy: Callable[[Any], bool] = lambda _: False,
    **more: Any,
) -> Endpoint:
    return Endpoint(
        module=MODULE, name=name, operation=operation, read=_read, base_url=_no_url, lazy=lazy,
        kept=_was_kept, reads_stream=_reads_both_ways if "both" in name else None, **more,
    )  # fmt: skip


class Instrumentor(SdkInstrumentor):
    """Two methods more than the SDK has; one of them need not be there."""

    entry_point: ClassVar[str] = "an-sdk-for-tests"
    provider: ClassVar[str] = "nobody"
    requirement: ClassVar[str] = "pytest >= 1"
    endpoints: ClassVar[tuple[Endpoint, ...]] = (
        _endpoint("Client.ask"),
        _endpoint("Client.stream", lazy=_is_stream),
        _endpoint("Client.watch"),
        replace(_endpoint("Client.parcel"), follow=_unpacked),
        _endpoint("Client._words", inner=True),
        _endpoint("Client.hold", inner=True, stream_in="generator"),
        _endpoint("Client.both"),
        _endpoint("Client.both_async"),
        _endpoint("Client.ask_async"),
        _endpoint("Client.post", operation=_operation),
        _endpoint("Client.gone"),
        _endpoint("Client.of_later_releases", optional=True),
    )
    around: ClassVar[tuple[Around, ...]] = (Around(module=MODULE, name="Client.ask_twice", wrap=_louder),)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What the instrumented SDK made."""
    sdk = types.ModuleType(MODULE)
    vars(sdk)["Client"] = Client
    monkeypatch.setitem(sys.modules, MODULE, sdk)
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    Instrumentor().instrument(tracer_provider=provider)
    yield exporter
    Instrumentor().uninstrument()


@pytest.mark.parametrize(
    ("said", "written"),
    [("negative", -5), ("text", "many"), ("huge", str(2**70)), ("whole", 12), ("yes", True), ("nothing special", 7)],
)
def test_a_count_that_is_none_goes_onto_the_span_as_it_is(
    spans: InMemorySpanExporter, said: str, written: object
) -> None:
    """Nothing is raised, nothing is made up: what is no count of tokens can be seen to be none."""
    assert f"answer of {said}" == Client().ask(model=said)
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    found = span.attributes["gen_ai.usage.output_tokens"]
    assert (type(written), written) == (type(found), found)


def test_a_reader_that_fails_reaches_nobody(
    spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The application has its answer, the span ends without an error, and the log has a line."""
    monkeypatch.setattr(_contain, "reraise", False)
    assert "answer of unreadable" == Client().ask(model="unreadable")
    (span,) = spans.get_finished_spans()
    assert span.status.is_ok
    assert [
        "failed while reading an SDK's response; the application is not affected: ValueError('answer of unreadable')"
    ] == [record.message for record in caplog.records]


def test_a_lazy_stream_that_is_never_read_makes_no_request_and_no_span(spans: InMemorySpanExporter) -> None:
    """Neither if it is closed, nor if it is dropped; read, its span starts with the first chunk."""
    Client().stream(model="lazy")
    Client().stream(model="lazy").close()
    assert () == spans.get_finished_spans()
    assert list("lazy") == list(Client().stream(model="lazy"))
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert (True, 7) == (span.attributes["gen_ai.request.stream"], span.attributes["gen_ai.usage.output_tokens"])


def test_a_call_may_begin_when_the_sdk_has_chosen_whom_it_asks() -> None:
    """Before that there is no span; what the SDK chose is on it, else what was asked for; it begins once."""
    call = Call(TelemetryHandler(), _endpoint("Client.ask", lazy=lambda _: True), "nobody", None, {"model": "asked"})
    assert call.invocation is None
    call.begin(provider="chosen", base_url="http://localhost:7/v1", model=None)
    begun = call.invocation
    assert begun is not None
    found = (begun.provider, begun.request_model, begun.server_address, begun.server_port)
    assert ("chosen", "asked", "localhost", 7) == found
    call.begin(provider="another", base_url="http://localhost:8", model="another")
    assert begun is call.invocation
    call.stop()


def test_a_stream_that_only_a_with_statement_closes_is_closed_by_it(spans: InMemorySpanExporter) -> None:
    """And its span ends there, without an error."""
    with Client().watch(model="m") as stream:
        assert "again" == next(stream)
        assert () == spans.get_finished_spans()
    assert stream.closed
    (span,) = spans.get_finished_spans()
    assert span.status.is_ok


def test_a_stream_within_something_else_is_followed_by_what_the_endpoint_says(spans: InMemorySpanExporter) -> None:
    """The application gets the same kind of thing, and the span ends with the stream in it."""
    (stream,) = Client().parcel(model="word")
    assert () == spans.get_finished_spans()
    assert list("word") == list(stream)
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert (True, 7) == (span.attributes["gen_ai.request.stream"], span.attributes["gen_ai.usage.output_tokens"])


def test_a_method_that_makes_no_request_itself_may_be_wrapped_for_those_that_it_makes(
    spans: InMemorySpanExporter,
) -> None:
    """It has no span; what it calls has. Uninstrumented, it is what it was."""
    assert "answer of Aanswer of A" == Client().ask_twice(model="a")
    assert ["chat A", "chat A"] == [span.name for span in spans.get_finished_spans()]
    Instrumentor().uninstrument()
    assert "answer of aanswer of a" == Client().ask_twice(model="a")


@pytest.mark.parametrize("ending", ["closed", "dropped"])
def test_a_stream_that_the_sdk_reads_itself_is_closed_by_being_dropped(
    spans: InMemorySpanExporter, ending: str
) -> None:
    """The application has the SDK's own generator; to close it is to drop the one within, which is no error."""
    words = Client().words(model="two")
    assert ("t", True) == (next(words), inspect.isgenerator(words))
    if ending == "closed":
        words.close()
    del words
    (span,) = spans.get_finished_spans()
    assert span.status.is_ok


def test_a_stream_is_read_as_it_was_asked_for(spans: InMemorySpanExporter) -> None:
    """One that can be read in both ways by the way in which it was got; what reads it may look at the stream itself."""

    async def read_async() -> list[str]:
        return [chunk async for chunk in await Client().both_async(model="abcd")]

    assert ["one more"] * 3 == list(Client().both(model="abc"))
    assert ["one more"] * 4 == asyncio.run(read_async())
    found = [dict(span.attributes or {})["gen_ai.usage.output_tokens"] for span in spans.get_finished_spans()]
    assert [3, 4] == found


def test_a_stream_that_cannot_be_closed_ends_when_it_is_closed(spans: InMemorySpanExporter) -> None:
    """The proxy has the method in any case; where the stream has none, it ends the span."""
    stream: Any = Client().both(model="abc")
    next(stream)
    stream.close()
    (span,) = spans.get_finished_spans()
    assert span.status.is_ok


def test_a_stream_that_holds_a_generator_stays_the_sdks_own(spans: InMemorySpanExporter) -> None:
    """Its generator is followed instead, whoever reads it."""
    held = Client().hold(model="two")
    assert Holder is type(held)
    own, held.generator = held.generator, (letter for letter in "ours")
    assert ["o", "t", "w"] == [next(held), *(next(own) for _ in "tw")]
    assert () == spans.get_finished_spans()
    assert ["o"] == list(own)
    assert 1 == len(spans.get_finished_spans())


def test_what_was_kept_makes_no_span(spans: InMemorySpanExporter) -> None:
    """No request was made; what the application does next is not below a span that never was."""
    assert "answer of kept" == Client().ask(model="kept")
    assert () == spans.get_finished_spans()
    assert not trace.get_current_span().get_span_context().is_valid


def test_a_decorated_coroutine_function_is_awaited(spans: InMemorySpanExporter) -> None:
    """Its span ends with the answer, not with the coroutine."""
    answer = Client().ask_async(model="m")
    assert () == spans.get_finished_spans()
    assert "answer of m" == asyncio.run(answer)
    (span,) = spans.get_finished_spans()
    assert 7 == (span.attributes or {})["gen_ai.usage.output_tokens"]


@pytest.mark.parametrize(("path", "operations"), [("/chat", ["chat"]), ("/embed", ["embeddings"]), ("/models", [])])
def test_a_method_may_make_requests_of_several_kinds(
    spans: InMemorySpanExporter, path: str, operations: list[str]
) -> None:
    """Each has its own operation; one that runs no model passes through without a span."""
    assert f"{path} of m" == Client().post(path, model="m")
    found = [(span.attributes or {})["gen_ai.operation.name"] for span in spans.get_finished_spans()]
    assert operations == found


def test_a_method_that_is_gone_is_one_line_in_the_log(
    spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """The methods that are there are instrumented."""
    Client().ask(model="m")
    assert 1 == len(spans.get_finished_spans())
    lines = [record.message for record in caplog.get_records("setup") if record.levelno == logging.WARNING]
    assert [f"pytest >= 1: {MODULE} has no Client.gone; not instrumented"] == lines


def _too_new(instrumentor: SdkInstrumentor) -> tuple[str, ...]:
    return ("pytest >= 9999",)


@pytest.mark.parametrize("others", [(), (("opentelemetry.instrumentation.other", "Other"),)])
def test_an_sdk_that_is_too_old_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
    others: tuple[tuple[str, str], ...],
) -> None:
    """`opentelemetry-instrument` does not look at versions, so we do: its methods stay, and the log says why.

    Unless another instrumentation is there, that may well support this release.
    """

    def installed(name: str) -> tuple[tuple[str, str], ...]:
        return others

    monkeypatch.setattr(_shared, "_others", installed)
    monkeypatch.setattr(Instrumentor, "instrumentation_dependencies", _too_new)
    untouched = Client.__dict__["ask"]
    sdk = types.ModuleType(MODULE)
    vars(sdk)["Client"] = Client
    monkeypatch.setitem(sys.modules, MODULE, sdk)
    Instrumentor().instrument(skip_dep_check=True)
    request.addfinalizer(Instrumentor().uninstrument)
    assert untouched is Client.__dict__["ask"]
    lines = [record.message for record in caplog.records]
    assert (not others) == any(line.startswith("an-sdk-for-tests is not instrumented: ") for line in lines)
    assert (not others) == any("pytest >= 9999" in line for line in lines)

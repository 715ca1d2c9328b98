"""What instrumentations share, on an SDK made for the purpose: whatever goes wrong on our side stays there."""

from __future__ import annotations

import logging
import sys
import types
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util.genai.handler import TelemetryHandler

from otel_genai_impact import _contain
from otel_genai_impact.instrumentation._call import Call
from otel_genai_impact.instrumentation._shared import Around, Endpoint, SdkInstrumentor, set_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping


MODULE = "an_sdk_for_tests"


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


def _read(invocation: Any, given: Any) -> None:
    if "unreadable" in given:
        raise ValueError(given)
    tokens = {"negative": -5, "text": "many", "huge": 2**70, "whole": 12.0, "yes": True}
    set_usage(invocation, output=next((value for name, value in tokens.items() if name in given), 7))


def _is_stream(kwargs: Any) -> bool:
    return "lazy" in kwargs["model"]


def _unpacked(parcel: list[Any], call: Call) -> list[Any]:
    return [call.stream(parcel[0])]


def _louder(wrapped: Any, client: object, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return wrapped(*args, **{**kwargs, "model": kwargs["model"].upper()})


def _no_url(client: Any, kwargs: Any) -> str:
    return ""


def _endpoint(name: str, *, lazy: Callable[[Any], bool] = lambda _: False) -> Endpoint:
    return Endpoint(module=MODULE, name=name, operation="chat", read=_read, base_url=_no_url, lazy=lazy)


class Instrumentor(SdkInstrumentor):
    """One method more than the SDK has."""

    entry_point: ClassVar[str] = "an-sdk-for-tests"
    provider: ClassVar[str] = "nobody"
    requirement: ClassVar[str] = "pytest >= 1"
    endpoints: ClassVar[tuple[Endpoint, ...]] = (
        _endpoint("Client.ask"),
        _endpoint("Client.stream", lazy=_is_stream),
        _endpoint("Client.watch"),
        replace(_endpoint("Client.parcel"), follow=_unpacked),
        _endpoint("Client.gone"),
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


def test_an_sdk_that_is_too_old_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    """`opentelemetry-instrument` does not look at versions, so we do: its methods stay, and the log says why."""
    monkeypatch.setattr(Instrumentor, "instrumentation_dependencies", _too_new)
    untouched = Client.__dict__["ask"]
    sdk = types.ModuleType(MODULE)
    vars(sdk)["Client"] = Client
    monkeypatch.setitem(sys.modules, MODULE, sdk)
    Instrumentor().instrument(skip_dep_check=True)
    request.addfinalizer(Instrumentor().uninstrument)
    assert untouched is Client.__dict__["ask"]
    (line,) = [record.message for record in caplog.records]
    assert line.startswith("an-sdk-for-tests is not instrumented: ")
    assert "pytest >= 9999" in line

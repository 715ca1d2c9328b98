"""What holds for OpenAI's SDK beside the official instrumentation: methods without a model, errors, standing back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pytest
import wrapt
from openai import BadRequestError, OpenAI
from openai.resources.images import Images
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from otel_genai_impact import _contain
from otel_genai_impact.instrumentation.openai_more import OpenAIMoreInstrumentor
from tests.kit.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.provider_server import ProviderServer

_OFFICIAL = "opentelemetry.instrumentation.genai.openai"


@pytest.fixture
def client(provider: ProviderServer) -> Iterator[Any]:
    with OpenAI(base_url=f"{provider.url}/v1", api_key="not-a-key", max_retries=0) as made:
        yield made


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def instrument(exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Ours alone; a failure of ours fails the test."""
    monkeypatch.setattr(_contain, "reraise", True)
    tracer_provider = TracerProvider(shutdown_on_exit=False)
    tracer_provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield lambda: OpenAIMoreInstrumentor().instrument(tracer_provider=tracer_provider)
    OpenAIMoreInstrumentor().uninstrument()


def _attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


# Method, arguments, operation, and the model that the answer names. Older releases have no videos, or cannot edit them.
_WITHOUT_A_MODEL: tuple[tuple[str, dict[str, Any], str, str | None], ...] = (
    ("images.generate", {"prompt": "a cat"}, "image_generation", None),
    ("moderations.create", {"input": "a cat"}, "moderation", "omni-moderation-latest"),
    ("videos.remix", {"prompt": "a cat", "video_id": "abc"}, "video_generation", "sora-2"),
    ("videos.edit", {"prompt": "a cat", "video": b"MP4"}, "video_generation", "sora-2"),
    ("videos.extend", {"prompt": "a cat", "video": b"MP4", "seconds": "4"}, "video_generation", "sora-2"),
)


def _has(method: str) -> bool:
    with OpenAI(api_key="not-a-key") as made:
        resource, _, name = method.partition(".")
        return hasattr(getattr(made, resource, None), name)


_HERE = [case for case in _WITHOUT_A_MODEL if _has(case[0])]


@pytest.mark.parametrize(("method", "arguments", "operation", "model"), _HERE)
@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
def test_a_request_that_names_no_model_has_that_of_the_answer(
    client: Any,
    exporter: InMemorySpanExporter,
    instrument: Callable[[], None],
    method: str,
    arguments: dict[str, Any],
    operation: str,
    model: str | None,
) -> None:
    """The span has no request model, and its name is the operation."""
    instrument()
    attrgetter(method)(client)(**arguments)
    (span,) = exporter.get_finished_spans()
    assert operation == span.name == _attributes(span)["gen_ai.operation.name"]
    assert "gen_ai.request.model" not in _attributes(span)
    assert model == _attributes(span).get("gen_ai.response.model")


def test_an_image_says_how_much_was_asked_for(
    client: Any, exporter: InMemorySpanExporter, instrument: Callable[[], None]
) -> None:
    """Number and size, which a method may count; what the call leaves to the provider is not there."""
    instrument()
    client.images.generate(model="dall-e-2", prompt="a cat", n=2, size="512x512")
    client.images.generate(model="dall-e-2", prompt="a cat")
    keys = ("gen_ai.request.choice.count", "genai_impact.request.size")
    said, unsaid = (_attributes(span) for span in exporter.get_finished_spans())
    assert (2, "512x512") == tuple(said.get(key) for key in keys)
    assert not unsaid.keys() & {*keys}


def test_an_error_is_that_of_the_sdk(
    client: Any, provider: ProviderServer, exporter: InMemorySpanExporter, instrument: Callable[[], None]
) -> None:
    """It reaches the application, and the span says that it did."""
    instrument()
    provider.answer_next(Answer(error_status=400))
    with pytest.raises(BadRequestError):
        client.images.generate(model="gpt-image-1", prompt="a cat")
    (span,) = exporter.get_finished_spans()
    assert StatusCode.ERROR is span.status.status_code
    assert str(_attributes(span)["error.type"]).endswith("BadRequestError")


def test_a_stream_can_be_read_in_another_thread(
    client: Any, exporter: InMemorySpanExporter, instrument: Callable[[], None]
) -> None:
    """What is asked for in one thread and read in another is one span, and current in neither of them afterwards."""
    instrument()
    stream = client.images.generate(model="gpt-image-1", prompt="a cat", stream=True)
    with ThreadPoolExecutor(1) as pool:
        assert 2 == len(pool.submit(list, stream).result())
    client.moderations.create(model="omni-moderation-latest", input="a cat")
    image, moderation = exporter.get_finished_spans()
    assert ("image_generation gpt-image-1", "moderation omni-moderation-latest") == (image.name, moderation.name)
    assert moderation.parent is None


def test_an_exception_of_the_application_ends_the_span(
    client: Any, exporter: InMemorySpanExporter, instrument: Callable[[], None]
) -> None:
    """Raised where a stream is read in a `with` statement, it passes, and the span says so."""
    instrument()

    def read() -> None:
        with client.images.generate(model="gpt-image-1", prompt="a cat", stream=True) as stream:
            for _ in stream:
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read()
    (span,) = exporter.get_finished_spans()
    assert "ZeroDivisionError" == _attributes(span)["error.type"]


def _official(wrapped: Callable[..., Any], instance: Any, args: Any, kwargs: Any) -> Any:
    return wrapped(*args, **kwargs)


_official.__module__ = _OFFICIAL


@pytest.mark.parametrize("first", [True, False])
def test_a_method_that_the_official_one_wraps_is_left_to_it(
    client: Any,
    exporter: InMemorySpanExporter,
    instrument: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    first: bool,
) -> None:
    """Whichever of the two came first; the methods that it does not wrap are still ours."""
    if not first:
        instrument()
    monkeypatch.setattr(Images, "generate", wrapt.FunctionWrapper(vars(Images)["generate"], _official))
    if first:
        instrument()
    client.images.generate(model="gpt-image-1", prompt="a cat")
    assert () == exporter.get_finished_spans()
    client.images.edit(model="gpt-image-1", image=b"PNG", prompt="a cat")
    assert ["image_generation gpt-image-1"] == [span.name for span in exporter.get_finished_spans()]

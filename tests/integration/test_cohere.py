"""What only Cohere's SDK does: it makes requests in threads, and has clients of clouds that go elsewhere."""

from __future__ import annotations

import base64
import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import cohere
import httpx
import pytest
from cohere import aws_client
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_genai_impact import _contain
from otel_genai_impact.instrumentation.cohere import CohereInstrumentor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.provider_server import ProviderServer

_MODEL: Final = "cohere.command-r-v1:0"
_ANSWER: Final = {"response_id": "response-1", "text": "Hello", "finish_reason": "COMPLETE"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What the instrumented SDK made; a failure of ours fails the test."""
    monkeypatch.setattr(_contain, "reraise", True)
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    CohereInstrumentor().instrument(tracer_provider=provider)
    yield exporter
    CohereInstrumentor().uninstrument()


@pytest.mark.parametrize("options", [None, {"additional_headers": {"x-of-the-application": "1"}}])
def test_embeddings_made_in_threads_belong_to_the_span_that_they_were_asked_for_in(
    spans: InMemorySpanExporter, provider: ProviderServer, options: Any
) -> None:
    """The older client sends 96 texts at a time, in threads: three requests, three spans, all of the application's trace."""
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("app")
    made: Any = cohere.Client(api_key="not-a-key", base_url=f"{provider.url}/cohere")
    with made as client, tracer.start_as_current_span("app") as above:
        answer = client.embed(model="embed-v4.0", texts=["text"] * 200, request_options=options)
    assert 200 == len(answer.embeddings)
    assert [above.get_span_context()] * 3 == [span.parent for span in spans.get_finished_spans()]
    headers = [request.headers.get("x-of-the-application") for request in provider.requests]
    assert [None if options is None else "1"] * 3 == headers


def test_the_options_of_a_request_reach_the_sdk_as_they_were(
    spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very object, or None: what carries the context into a thread stays there."""
    seen: list[object] = []

    def embed(**asked: object) -> Any:
        seen.append(asked["request_options"])
        raise LookupError("no request")

    client: Any = cohere.Client(api_key="not-a-key")
    monkeypatch.setattr(client, "_raw_client", SimpleNamespace(embed=embed))
    options = {"max_retries": 0}
    for given in ({"request_options": options}, {"request_options": None}, {}):
        with pytest.raises(LookupError, match="no request"):
            client.embed(texts=["text"], **given)
    assert [True, True, True] == [found is given for found, given in zip(seen, (options, None, None), strict=True)]
    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        client.embed(["text"])


@pytest.mark.parametrize("raised", [LookupError("of the application"), StopIteration("of the application")])
def test_an_error_of_the_application_while_it_reads_a_raw_stream_is_one_of_the_span(
    spans: InMemorySpanExporter, provider: ProviderServer, raised: Exception
) -> None:
    """It reaches the application as it was raised, and the request ends with it."""
    client: Any = cohere.ClientV2(api_key="not-a-key", base_url=f"{provider.url}/cohere")

    def read() -> None:
        with client, client.with_raw_response.chat_stream(model=_MODEL, messages=[]) as raw:
            next(raw.data)
            raise raised

    with pytest.raises(type(raised)) as caught:
        read()
    assert raised is caught.value
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert (False, type(raised).__name__) == (span.status.is_ok, span.attributes["error.type"])


def test_a_stream_that_is_never_read_makes_no_request_and_no_span(
    spans: InMemorySpanExporter, provider: ProviderServer
) -> None:
    """Neither as a generator, nor as a context manager that is not entered."""
    made: Any = cohere.ClientV2(api_key="not-a-key", base_url=f"{provider.url}/cohere")
    with made as client:
        client.chat_stream(model=_MODEL, messages=[]).close()
        client.with_raw_response.chat_stream(model=_MODEL, messages=[])
    assert ([], ()) == (provider.requests, spans.get_finished_spans())


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries of the clouds, as far as a client uses them: to sign its requests."""

    def request(headers: Any, **_: object) -> Any:
        return SimpleNamespace(prepare=lambda: SimpleNamespace(headers=dict(headers)))

    def session(region_name: str, **_: object) -> Any:
        return SimpleNamespace(region_name=region_name, get_credentials=lambda: None)

    def signer(*_: object) -> Any:
        return SimpleNamespace(add_auth=str)  # called, no more

    def oracle_signer(**_: object) -> Any:
        return SimpleNamespace(do_request_sign=str)

    libraries = {
        "boto3": SimpleNamespace(Session=session),
        "oci": SimpleNamespace(signer=SimpleNamespace(Signer=oracle_signer)),
        "botocore": SimpleNamespace(
            auth=SimpleNamespace(SigV4Auth=signer), awsrequest=SimpleNamespace(AWSRequest=request)
        ),
    }
    for name, library in libraries.items():
        monkeypatch.setitem(sys.modules, name, library)


def _client(provider: str, answer: httpx.Response, asked: list[httpx.URL]) -> Any:
    made: dict[str, Any] = {
        "aws.bedrock": lambda: aws_client.AwsClient(aws_region="eu-west-3", service="bedrock"),
        "aws.sagemaker": lambda: aws_client.AwsClient(aws_region="eu-west-3", service="sagemaker"),
        "oci": lambda: cohere.OciClient(
            oci_region="eu-paris-1",
            oci_compartment_id="compartment",
            oci_user_id="user",
            oci_fingerprint="fingerprint",
            oci_tenancy_id="tenancy",
            oci_private_key_content="key",
        ),
    }
    client: Any = made[provider]()

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return answer

    client._client_wrapper.httpx_client.httpx_client._transport = httpx.MockTransport(answering)
    return client


_OF_AWS: Final = {"x-amzn-bedrock-input-token-count": "9", "x-amzn-bedrock-output-token-count": "30"}
_OF_ORACLE: Final = {
    "chatResponse": {"text": "Hello", "usage": {"promptTokens": 9, "inputTokens": 9, "outputTokens": 30}}
}
_CLOUDS: Final = {
    "aws.bedrock": (httpx.Response(200, json=_ANSWER, headers=_OF_AWS), 9, 30),
    "aws.sagemaker": (httpx.Response(200, json=_ANSWER), None, None),  # it does not say
    **({"oci": (httpx.Response(200, json=_OF_ORACLE), 9, 30)} if hasattr(cohere, "OciClient") else {}),
}


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("cloud", _CLOUDS)
def test_a_client_of_a_cloud_names_the_cloud_and_the_host_that_it_asks(spans: InMemorySpanExporter, cloud: str) -> None:
    """Not Cohere's, which the SDK has as its base URL; tokens are what the cloud says, if it does."""
    answer, input_tokens, output_tokens = _CLOUDS[cloud]
    asked: list[httpx.URL] = []
    assert "Hello" == _client(cloud, answer, asked).chat(model=_MODEL, message="hello").text
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert {
        "gen_ai.provider.name": cloud,
        "server.address": asked[0].host,
        "server.port": 443,
        "gen_ai.request.model": _MODEL,
    }.items() <= span.attributes.items()
    tokens = [span.attributes.get(f"gen_ai.usage.{kind}_tokens") for kind in ("input", "output")]
    assert [input_tokens, output_tokens] == tokens


def _event(said: dict[str, object]) -> bytes:
    return json.dumps({"bytes": base64.b64encode(json.dumps(said).encode()).decode()}).encode() + b"\n"


@pytest.mark.usefixtures("signed")
def test_the_last_event_of_a_stream_of_bedrocks_has_the_tokens(spans: InMemorySpanExporter) -> None:
    """Bedrock says them in words of its own, beside the answer."""
    metrics = {"inputTokenCount": 9, "outputTokenCount": 30}
    end: dict[str, object] = {
        "event_type": "stream-end",
        "is_finished": True,
        "finish_reason": "COMPLETE",
        "response": _ANSWER,
    }
    events: list[dict[str, object]] = [
        {"event_type": "text-generation", "text": "Hello", "is_finished": False},
        {**end, "amazon-bedrock-invocationMetrics": metrics},
    ]
    answer = httpx.Response(
        200,
        content=b"".join(map(_event, events)),
        headers={"content-type": "application/vnd.amazon.eventstream"},
    )
    stream = _client("aws.bedrock", answer, []).chat_stream(model=_MODEL, message="hello")
    assert ["text-generation", "stream-end"] == [event.event_type for event in stream]
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    tokens = [span.attributes.get(f"gen_ai.usage.{kind}_tokens") for kind in ("input", "output")]
    assert ["aws.bedrock", 9, 30] == [span.attributes["gen_ai.provider.name"], *tokens]

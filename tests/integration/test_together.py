"""Together's SDK asks several servers: the span names the one that was asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.kit.app import run_app

if TYPE_CHECKING:
    from tests.kit.provider_server import ProviderServer

# Nothing leaves the process: the transport notes the host, and refuses.
_APP: Final = """
import json, sys
import httpx
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
import otel_genai_impact
otel_genai_impact.instrument()
from together import Together
hosts = []
def refuse(request):
    hosts.append(request.url.host)
    return httpx.Response(400, json={})
http = httpx.Client(transport=httpx.MockTransport(refuse))
client = Together(api_key="not-a-key", base_url=json.loads(sys.argv[1]), http_client=http)
messages = [{"role": "user", "content": "hi"}]
for ask, said in (
    (client.chat.completions.create, {"messages": messages}),
    (client.with_options(timeout=5).chat.completions.create, {"messages": messages}),
    (client.completions.create, {"prompt": "hi"}),
    (client.embeddings.create, {"input": "hi"}),
    (client.images.generate, {"prompt": "hi"}),
    (client.videos.create, {"prompt": "hi"}),
    (client.audio.speech.create, {"input": "hi", "voice": "tara"}),
):
    try:
        ask(model="m", **said)
    except Exception as error:
        assert type(error).__name__ == "BadRequestError", error
print(json.dumps([hosts, [span.attributes["server.address"] for span in exporter.get_finished_spans()]]))
"""


@pytest.mark.parametrize("base_url", [None, "https://together.example/v1"])
def test_the_span_names_the_server_that_was_asked(provider: ProviderServer, base_url: str | None) -> None:
    """Whether the application names a server or not; the SDK has other ones of its own for some requests."""
    result = run_app(_APP, json.dumps(base_url), provider=provider, launcher=()).checked()
    asked, named = json.loads(result.stdout)
    assert 7 == len(asked)
    assert asked == named

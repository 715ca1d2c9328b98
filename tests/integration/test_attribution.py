"""`attribute_to` around the real OpenAI SDK: the spans are the tenant's, and the provider hears nothing of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import pytest
from openai import AsyncOpenAI, OpenAI
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

from otel_genai_impact import attribute_to
from tests.kit.answers import Answer
from tests.kit.provider_server import ProviderServer
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES: Any = [{"role": "user", "content": "Hello"}]
MODEL = "gpt-4o-mini"


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """The official instrumentation of the SDK, beside our span processor."""
    telemetry = Telemetry({"metric_attributes": "tenant", "histograms": "none"})
    instrumentor = OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=telemetry.tracers, meter_provider=telemetry.meters)
    yield telemetry
    instrumentor.uninstrument()


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer(Answer(output_tokens=7)) as running:
        yield running


def _ask(server: ProviderServer) -> None:
    with OpenAI(base_url=server.url + "/v1", api_key="none") as client:
        client.chat.completions.create(model=MODEL, messages=MESSAGES)


async def _ask_async(server: ProviderServer, tenant: str) -> None:
    async with AsyncOpenAI(base_url=server.url + "/v1", api_key="none") as client:
        with attribute_to(tenant=tenant):
            await client.chat.completions.create(model=MODEL, messages=MESSAGES)


def _stream_read_after_its_block(server: ProviderServer) -> None:
    with OpenAI(base_url=server.url + "/v1", api_key="none") as client:
        with attribute_to(tenant="tenant-of-the-stream"):
            stream = client.chat.completions.create(
                model=MODEL, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
            )
        for _ in stream:
            pass


def test_requests_of_the_sdk_are_the_tenants_and_nobody_is_told(telemetry: Telemetry, server: ProviderServer) -> None:
    """In a block, in tasks, in a thread with the context, and of a stream that is read later; nothing of it is sent."""

    async def both() -> None:
        await asyncio.gather(_ask_async(server, "tenant-of-task-1"), _ask_async(server, "tenant-of-task-2"))

    with attribute_to(tenant="tenant-of-the-block"), ThreadPoolExecutor(1) as pool:
        _ask(server)
        pool.submit(copy_context().run, _ask, server).result()
        asyncio.run(both())
    _stream_read_after_its_block(server)
    _ask(server)
    expected = {
        "tenant-of-the-block": 2,
        "tenant-of-task-1": 1,
        "tenant-of-task-2": 1,
        "tenant-of-the-stream": 1,
        None: 1,
    }
    assert expected == dict(Counter((span.attributes or {}).get("tenant") for span in telemetry.spans))
    points = [
        (said.get("tenant"), value) for name, said, value in telemetry.points() if name == "genai_impact.requests"
    ]
    assert expected == dict(points)
    assert 6 == len(server.requests)
    for request in server.requests:
        assert b"tenant-of" not in request.raw
        assert "tenant-of" not in f"{request.path} {request.headers}"

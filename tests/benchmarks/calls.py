"""What an instrumentation of our own adds to a call, and to each chunk of a stream, on an SDK that takes no time itself.

The SDK is made for the purpose, so that what is measured is not lost in its noise; the answers are those of a real one,
and so is what reads them.
"""

from __future__ import annotations

import sys
import types
from collections import deque
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, ClassVar, Final

from groq.types.chat import ChatCompletion, ChatCompletionChunk
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.util.genai.handler import TelemetryHandler

from otel_genai_impact import ImpactSpanProcessor
from otel_genai_impact.instrumentation._endpoint import Endpoint
from otel_genai_impact.instrumentation._shared import SdkInstrumentor
from otel_genai_impact.instrumentation.groq import GroqInstrumentor
from tests.benchmarks.interleaving import Spread, interleaved, microseconds, ratio
from tests.benchmarks.rows import Row, Target
from tests.benchmarks.spans import chat_spans_ns, tracer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

CALL: Final = Target(limit=4)
CHUNK: Final = Target(limit=0.1)

_MODULE: Final = "an_sdk_that_takes_no_time"
_MODEL: Final = "openai/gpt-oss-20b"
_HEAD: Final = {"id": "chatcmpl-1", "created": 1, "model": _MODEL}
_USAGE: Final = {"prompt_tokens": 120, "completion_tokens": 350, "total_tokens": 470}
_CALLS_A_BLOCK: Final = 64
_CHUNKS_A_STREAM: Final = 2_000


def _answer() -> ChatCompletion:
    message = {"role": "assistant", "content": "yes"}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return ChatCompletion.model_validate({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE})


def _chunk(finish_reason: str | None = None, **more: object) -> ChatCompletionChunk:
    choice = {"index": 0, "delta": {"content": "word "}, "finish_reason": finish_reason, "logprobs": None}
    return ChatCompletionChunk.model_validate({**_HEAD, "object": "chat.completion.chunk", "choices": [choice], **more})


_ANSWER: Final = _answer()
_CHUNKS: Final = [*(_chunk() for _ in range(_CHUNKS_A_STREAM - 1)), _chunk("stop", x_groq={"usage": _USAGE})]


class Completions:
    """The SDK."""

    def create(self, *, model: str, messages: list[Any]) -> ChatCompletion:
        return _ANSWER

    def stream(self, *, model: str, messages: list[Any]) -> Generator[ChatCompletionChunk]:
        yield from _CHUNKS


def _base_url(resource: object, kwargs: object) -> str:
    return "https://api.groq.com"


class Instrumentor(SdkInstrumentor):
    """What Groq's reads, of an SDK that takes no time."""

    entry_point: ClassVar[str] = "an-sdk-that-takes-no-time"
    provider: ClassVar[str] = "groq"
    requirement: ClassVar[str] = "groq"
    endpoints: ClassVar[tuple[Endpoint, ...]] = tuple(
        Endpoint(
            module=_MODULE,
            name=f"Completions.{name}",
            operation="chat",
            read=GroqInstrumentor.endpoints[0].read,
            base_url=_base_url,
        )
        for name in ("create", "stream")
    )


def calls_ns(client: Completions) -> float:
    """What a call takes."""
    start = perf_counter_ns()
    for _ in range(_CALLS_A_BLOCK):
        client.create(model=_MODEL, messages=[])
    return (perf_counter_ns() - start) / _CALLS_A_BLOCK


def chunks_ns(client: Completions) -> float:
    """What a chunk takes, its share of the call included."""
    start = perf_counter_ns()
    deque(client.stream(model=_MODEL, messages=[]), maxlen=0)
    return (perf_counter_ns() - start) / _CHUNKS_A_STREAM


def util_genai_ns(handler: TelemetryHandler) -> float:
    """What util-genai's span and metrics of the same call take: no instrumentation on it can take less."""
    start = perf_counter_ns()
    for _ in range(_CALLS_A_BLOCK):
        invocation = handler.inference(
            "groq", request_model=_MODEL, server_address="api.groq.com", server_port=443, operation_name="chat"
        )
        invocation.response_id = _ANSWER.id
        invocation.response_model_name = _ANSWER.model
        invocation.finish_reasons = ["stop"]
        invocation.input_tokens = _USAGE["prompt_tokens"]
        invocation.output_tokens = _USAGE["completion_tokens"]
        invocation.stop()
    return (perf_counter_ns() - start) / _CALLS_A_BLOCK


def measure(*, rounds: int = 80) -> list[Row]:
    """A call and a chunk: what they take more than without us, in bare spans."""
    sdk = types.ModuleType(_MODULE)
    vars(sdk)["Completions"] = Completions
    sys.modules[_MODULE] = sdk
    meters = MeterProvider(metric_readers=[InMemoryMetricReader()], shutdown_on_exit=False)
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SpanProcessor())
    tracers.add_span_processor(ImpactSpanProcessor(meter_provider=meters))
    bare, client, instrumentor = tracer(), Completions(), Instrumentor()
    without_us = TracerProvider(shutdown_on_exit=False)
    without_us.add_span_processor(SpanProcessor())
    handler = TelemetryHandler(tracer_provider=without_us, meter_provider=meters)

    def with_us(block: Callable[[Completions], float]) -> float:
        instrumentor.instrument(tracer_provider=tracers, meter_provider=meters)
        client.create(model=_MODEL, messages=[])
        try:
            return block(client)
        finally:
            instrumentor.uninstrument()

    taken_ns = interleaved(
        {
            "bare span": lambda: chat_spans_ns(bare),
            "call": lambda: calls_ns(client),
            "call with us": lambda: with_us(calls_ns),
            "util-genai alone": lambda: util_genai_ns(handler),
            "chunk": lambda: chunks_ns(client),
            "chunk with us": lambda: with_us(chunks_ns),
        },
        rounds=rounds,
    )
    del sys.modules[_MODULE]
    meters.shutdown()
    return [
        Row(
            name="call of an SDK with us: added, in bare spans",
            unit="x",
            spread=_added(taken_ns, "call"),
            target=CALL,
            absolute={f"{name}, us": value for name, value in microseconds(taken_ns).items()},
        ),
        Row(
            name="the same call's span and metrics of util-genai alone",
            unit="x",
            spread=ratio(taken_ns["util-genai alone"], taken_ns["bare span"]),
        ),
        Row(
            name="chunk of a stream with us: added, in bare spans",
            unit="x",
            spread=_added(taken_ns, "chunk"),
            target=CHUNK,
        ),
    ]


def _added(taken_ns: dict[str, list[float]], what: str) -> Spread:
    rounds = zip(taken_ns[f"{what} with us"], taken_ns[what], taken_ns["bare span"], strict=True)
    return Spread.of([(with_us - without) / span for with_us, without, span in rounds])

"""A client and the gateway that it calls, both with us: where both are told to, they count a request once."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Decision, Sampler, SamplingResult
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otel_genai_impact import _contain
from otel_genai_impact.telemetry import callers, counting_once
from otel_genai_impact.telemetry.counting_once import CountingOnce
from otel_genai_impact.telemetry.sampling import count_unsampled
from tests.kit.telemetry import CHAT, USAGE, Telemetry

STATUS = "genai_impact.not_estimated"
VLLM = {
    "gen_ai.usage.prompt_tokens": 20,
    "gen_ai.usage.completion_tokens": 300,
    "gen_ai.latency.time_to_first_token": 0.2,
    "gen_ai.latency.e2e": 2.0,
    "gen_ai.request.id": "cmpl-1",
    "gen_ai.request.max_tokens": 512,
}


class Process:
    """One with a tracer provider of its own, that remembers nothing of the others."""

    def __init__(self, sampler: Sampler = ALWAYS_ON, *, across_processes: bool = True, **settings: object) -> None:
        callers.start_anew()
        self._identity = callers._process
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(counting_once, "COUNTING_ONCE", CountingOnce())
            self.telemetry = Telemetry({"across_processes": across_processes, **settings})
        self.telemetry.tracers.sampler = sampler
        count_unsampled(self.telemetry.tracers, wanted=True, marking=across_processes)

    def start(
        self,
        attributes: dict[str, Any],
        headers: dict[str, str] | None = None,
        *,
        parent: Span | None = None,
        name: str = "chat gpt-4o",
        scope: str = "app",
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> Span:
        """Start a span in this process, below another one or the caller whose headers these are."""
        callers._process = self._identity
        context = Context() if headers is None else TraceContextTextMapPropagator().extract(headers, Context())
        context = context if parent is None else set_span_in_context(parent)
        return self.telemetry.tracers.get_tracer(scope).start_span(name, context, kind, attributes)

    def end(self, span: Span, attributes: dict[str, Any] | None = None) -> Any:
        """End a span of this process; why it has no estimate."""
        callers._process = self._identity
        span.set_attributes(attributes or {})
        span.end()
        return written(span).get(STATUS) if isinstance(span, ReadableSpan) else None

    @property
    def requests(self) -> float:
        return self.telemetry.total("genai_impact.requests")


def written(span: Span) -> dict[str, Any]:
    """What is on a recorded span."""
    assert isinstance(span, ReadableSpan)
    return dict(span.attributes or {})


def headers_of(span: Span) -> dict[str, str]:
    """What an HTTP client sends whose span is below this one."""
    headers: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(headers, set_span_in_context(span))
    return headers


def below(process: Process, span: Span) -> Span:
    """The span of an HTTP client below another span."""
    return process.start({"http.request.method": "POST"}, name="POST", parent=span, kind=SpanKind.CLIENT)


def called(gateway: Process, headers: dict[str, str]) -> tuple[Span, Any]:
    """A gateway is called, and makes one request: the span of its server, and what became of the request's."""
    server = gateway.start({}, headers, name="POST /v1/chat/completions", kind=SpanKind.SERVER)
    return server, gateway.end(gateway.start(CHAT, parent=server), USAGE)


def test_nothing_is_sent_unless_it_is_switched_on() -> None:
    """By default no service gets anything that it did not get before; and both count."""
    client, gateway = Process(across_processes=False), Process(across_processes=False)
    span = client.start(CHAT)
    assert "tracestate" not in headers_of(below(client, span))
    server, status = called(gateway, headers_of(below(client, span)))
    assert status is None
    gateway.end(server)
    assert client.end(span, USAGE) is None
    assert (client.requests, gateway.requests) == (1, 1)


@pytest.mark.parametrize("sampler", [ALWAYS_ON, ALWAYS_OFF])
def test_the_caller_counts(sampler: Sampler) -> None:
    """The gateway's span is a duplicate, sampled or not; with a second layer in between as well."""
    client, gateway = Process(sampler), Process(sampler)
    framework = client.start(CHAT, scope="framework")
    span = client.start(CHAT, parent=framework)
    server, status = called(gateway, headers_of(below(client, span)))
    assert status == "duplicate"
    gateway.end(server)
    assert gateway.requests == 0
    assert client.end(span, USAGE) is None
    assert client.end(framework, USAGE) == "duplicate"
    assert (client.requests, gateway.requests) == (1, 0)


def test_the_gateways_own_span_has_no_roll_up() -> None:
    """A duplicate adds to nothing: what the gateway's server answered is in the caller's sums."""
    client, gateway = Process(), Process()
    server, _ = called(gateway, headers_of(below(client, client.start(CHAT))))
    gateway.end(server)
    assert not any(name.startswith("genai_impact.rollup") for name in written(server))


def test_what_is_sent_says_nothing_else() -> None:
    """One entry of two numbers, whatever the request says."""
    client = Process()
    entry = headers_of(below(client, client.start({**CHAT, "user.name": "somebody"})))["tracestate"]
    key, _, value = entry.partition("=")
    assert key == "genai-impact"
    process, _, request = value.partition("-")
    assert len(process) == len(f"{int(process, 16):016x}") == 16
    assert int(request, 16) >= 0


def test_other_spans_send_nothing() -> None:
    """Neither a tool nor an agent: what they call is not a request that this process counts."""
    client = Process()
    for operation in ("invoke_agent", "execute_tool"):
        agent = client.start({"gen_ai.operation.name": operation}, name=operation)
        assert "tracestate" not in headers_of(below(client, agent))


def test_two_requests_of_one_service_call() -> None:
    """A service that makes several of one kind for one: the caller has one of them, the service counts the others."""
    client, service = Process(), Process()
    span = client.start(CHAT)
    server, status = called(service, headers_of(below(client, span)))
    assert status == "duplicate"
    embeddings = {**CHAT, "gen_ai.operation.name": "embeddings"}
    assert service.end(service.start(embeddings, parent=server)) == "duplicate"
    assert service.end(service.start(CHAT, parent=server), USAGE) is None
    assert (client.end(span, USAGE), client.requests, service.requests) == (None, 1, 1)


def test_attempts_that_failed_are_the_callers() -> None:
    """A gateway that tries again makes one request out of it for the caller."""
    client, gateway = Process(), Process()
    span = client.start(CHAT)
    server = gateway.start({}, headers_of(below(client, span)), name="POST", kind=SpanKind.SERVER)
    failed = gateway.start(CHAT, parent=server)
    failed.set_status(Status(StatusCode.ERROR))
    assert gateway.end(failed) == "duplicate"
    assert gateway.end(gateway.start(CHAT, parent=server), USAGE) == "duplicate"
    assert gateway.requests == 0


def test_three_processes() -> None:
    """Client, gateway and server of models: the client counts, also where the gateway's sampler inherits nothing."""
    client, gateway, server = Process(), Process(_ForgettingSampler()), Process(count_server_spans=True)
    span = client.start(CHAT)
    at_gateway = gateway.start({}, headers_of(below(client, span)), name="POST", kind=SpanKind.SERVER)
    passed_on = gateway.start(CHAT, parent=at_gateway)
    vllm = server.start({}, headers_of(below(gateway, passed_on)), name="llm_request", kind=SpanKind.SERVER)
    assert server.end(vllm, VLLM) == "duplicate"
    assert gateway.end(passed_on, USAGE) == "duplicate"
    assert client.end(span, USAGE) is None
    assert (client.requests, gateway.requests, server.requests) == (1, 0, 0)


class _ForgettingSampler(Sampler):
    """As the SDK's composite samplers, which tracers do not give the trace state of the parent."""

    def should_sample(self, *arguments: Any, **more: Any) -> SamplingResult:
        return SamplingResult(Decision.RECORD_AND_SAMPLE, arguments[4], None)

    def get_description(self) -> str:
        return "Forgetting"


def _vllm(process: Process, headers: dict[str, str] | None = None, **more: str) -> Any:
    span = process.start({}, headers, name="llm_request", kind=SpanKind.SERVER, scope="vllm.llm_engine")
    return process.end(span, {**VLLM, "gen_ai.response.model": "meta-llama/Meta-Llama-3.1-70B-Instruct", **more})


def test_spans_of_servers_are_counted_where_that_is_switched_on() -> None:
    """Those of vLLM have no operation name; the model is the one that it says."""
    off, on = Process(across_processes=False), Process(across_processes=False, count_server_spans=True)
    assert (_vllm(off), off.requests) == (None, 0)
    assert (_vllm(on), on.requests) == (None, 1)
    assert on.telemetry.total("genai_impact.energy") > 0


@pytest.mark.parametrize(("client_marks", "counted"), [(True, 0), (False, 1)])
def test_spans_of_servers_below_a_caller(client_marks: bool, counted: int) -> None:
    """Trace context came with it, so that the caller may count: it is not counted, unless who counts says so."""
    client = Process(across_processes=client_marks)
    headers = headers_of(below(client, client.start(CHAT)))
    believing = Process(count_server_spans=True)
    _vllm(believing, headers)
    assert believing.requests == counted
    cautious = Process(count_server_spans=True, across_processes=False)
    _vllm(cautious, headers)
    assert cautious.requests == 0


@pytest.mark.parametrize("entry", ["", "~", "~~", "x" * 300, "a~b~c", "-", "no-number"])
def test_any_entry_can_be_read(entry: str) -> None:
    """Strangers send what they like; nothing fails, and what is no entry of ours is none, or one request at most."""
    gateway = Process()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"traceparent": trace, "tracestate": f"genai-impact={entry}"}
    statuses = [called(gateway, headers)[1] for _ in range(3)]
    assert statuses.count("duplicate") <= 1


def test_a_full_trace_state_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no room for our entry among 32: then the request is counted twice, and nothing fails."""
    monkeypatch.setattr(_contain, "reraise", True)
    full = ",".join(f"vendor{number}=1" for number in range(32))
    client = Process()
    headers = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": full}
    span = client.start(CHAT, headers)
    assert headers_of(span)["tracestate"].count("=") == 32


def test_it_works_without_counting_what_the_sampler_drops() -> None:
    """The two settings do not depend on each other."""
    provider = TracerProvider(ALWAYS_OFF, shutdown_on_exit=False)
    count_unsampled(provider, wanted=False, marking=True)
    span = provider.get_tracer("app").start_span("chat gpt-4o", attributes=CHAT)
    assert not span.is_recording()
    assert "genai-impact" in span.get_span_context().trace_state
    count_unsampled(provider, wanted=False)
    span = provider.get_tracer("app").start_span("chat gpt-4o", attributes=CHAT)
    assert "genai-impact" not in span.get_span_context().trace_state

"""The filter for ddtrace on spans as ddtrace makes them; tests/recipes runs it inside the real one."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from otel_genai_impact import _contain
from otel_genai_impact.adapters.ddtrace import ImpactTraceFilter, install
from otel_genai_impact.telemetry import summary
from otel_genai_impact.telemetry.ledger import Ledger
from tests.kit.telemetry import SECOND_NS, Telemetry, points_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class _Span:
    """A span as ddtrace's trace filters get it."""

    name: str = "openai.request"
    resource: str = "createChatCompletion"
    error: int = 0
    trace_id: int = 1 << 100
    span_id: int = 1
    parent_id: int | None = None
    start_ns: int = SECOND_NS
    duration_ns: int | None = 2 * SECOND_NS
    tags: dict[str, str] = field(default_factory=dict[str, str])
    metrics: dict[str, float] = field(default_factory=dict[str, float])
    _parent: object = None
    _parent_context: object = None
    _span_api: str = "datadog"

    def get_tag(self, key: str) -> str | None:
        return self.tags.get(key)

    def get_tags(self) -> Mapping[str, str]:
        return dict(self.tags)

    def get_metrics(self) -> Mapping[str, float]:
        return dict(self.metrics)

    def set_tag(self, key: str, value: str) -> None:
        assert isinstance(value, str)
        self.tags[key] = value

    def set_metric(self, key: str, value: float) -> None:
        self.metrics[key] = value


# What ddtrace 4.16 writes for a chat with OpenAI, through a proxy whose address says nothing.
_TAGS = {
    "gen_ai.operation.name": "llm",
    "gen_ai.provider.name": "unknown",
    "gen_ai.request.model": "gpt-4o-2024-08-06",
    "openai.request.model": "gpt-4o",
    "openai.response.model": "gpt-4o-2024-08-06",
}
_METRICS = {"gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 300, "gen_ai.usage.total_tokens": 320}


class _Filtered:
    """A filter with a reader of its own."""

    def __init__(self, **settings: object) -> None:
        self.reader = InMemoryMetricReader()
        meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.filter = ImpactTraceFilter(meter_provider=meters, **settings)

    def requests(self) -> list[tuple[dict[str, Any], float]]:
        found = points_of(self.reader)
        return [(dict(point.attributes), value) for name, point, value in found if name == "genai_impact.requests"]


def _chat(**changes: Any) -> _Span:
    return _Span(tags=dict(_TAGS), metrics=dict(_METRICS), **changes)


def test_impacts_are_tags_and_metrics() -> None:
    """Numbers as metrics, texts as tags, a list with commas; the same as on a span of OpenTelemetry's."""
    ours, span = _Filtered(), _chat()
    assert [span] == ours.filter.process_trace([span])
    expected = Telemetry().request({"gen_ai.response.model": "gpt-4o-2024-08-06"})
    for key, value in expected.items():
        if not key.startswith("genai_impact."):
            continue
        written = span.metrics.get(key) if isinstance(value, float) else span.tags.get(key)
        assert (",".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value) == written, key
    ((names, count),) = ours.requests()
    assert ("openai", "gpt-4o-2024-08-06", "chat", 1) == (
        *(names[f"gen_ai.{name}"] for name in ("provider.name", "response.model", "operation.name")),
        count,
    )


@pytest.mark.parametrize(
    ("name", "resource", "tags", "metrics", "expected"),
    [
        # 4.9 to 4.14: the same under other names.
        (
            "openai.request",
            "createResponse",
            {
                "_dd.llmobs.span_kind": "llm",
                "openai.request.model": "gpt-4o",
                "_dd.llmobs.model_provider": "azure_openai",
            },
            {"_dd.llmobs.output_tokens": 300},
            ("azure.ai.openai", "gpt-4o", "chat", None),
        ),
        # Older ones: no tokens.
        (
            "anthropic.request",
            "Messages.create",
            {"anthropic.request.model": "claude-haiku-4-5"},
            {},
            ("anthropic", "claude-haiku-4-5", "chat", "no_usage"),
        ),
        (
            "openai.request",
            "createEmbedding",
            {"gen_ai.operation.name": "embedding", "gen_ai.provider.name": "openai", "openai.request.model": "ada"},
            {"gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 0},
            ("openai", "ada", "embeddings", "unsupported_operation"),
        ),
        (
            "openai.request",
            "createImage",
            {"openai.request.model": "gpt-image-1"},
            {},
            ("openai", "gpt-image-1", "image_generation", "unsupported_operation"),
        ),
        (
            "bedrock-runtime.command",
            "InvokeModel",
            {
                "gen_ai.operation.name": "llm",
                "gen_ai.provider.name": "bedrock",
                "gen_ai.request.model": "anthropic.claude-haiku-4-5-20251001-v1:0",
            },
            {"gen_ai.usage.output_tokens": 30, "gen_ai.usage.input_tokens": 3},
            ("aws.bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", "chat", None),
        ),
    ],
)
def test_what_integrations_and_older_releases_say(
    name: str,
    resource: str,
    tags: dict[str, str],
    metrics: dict[str, float],
    expected: tuple[str, str, str, str | None],
) -> None:
    """Each is read: provider, model, operation, and why there is no estimate."""
    ours = _Filtered()
    ours.filter.process_trace([_Span(name=name, resource=resource, tags=dict(tags), metrics=dict(metrics))])
    ((names, _),) = ours.requests()
    keys = ("gen_ai.provider.name", "gen_ai.response.model", "gen_ai.operation.name", "genai_impact.not_estimated")
    assert expected == tuple(names.get(key) for key in keys)


def test_an_error() -> None:
    """A request that failed is counted as one, and has no figures."""
    ours, span = _Filtered(), _Span(error=1, tags=dict(_TAGS))
    ours.filter.process_trace([span])
    assert "error" == span.tags["genai_impact.not_estimated"]
    assert [] == [key for key in span.metrics if key.startswith("genai_impact.")]


def test_a_framework_above_and_the_local_root() -> None:
    """Ddtrace hands the spans over as they began: the inner one is the request, the root says what came to pass below."""
    root = _Span(name="web.request", resource="GET /", span_id=1, duration_ns=9 * SECOND_NS)
    agent = _Span(name="agent", span_id=2, parent_id=1, duration_ns=8 * SECOND_NS, _parent=root)
    agent.tags["gen_ai.operation.name"] = "agent"
    framework = _chat(name="litellm.request", span_id=3, parent_id=2, duration_ns=6 * SECOND_NS, _parent=agent)
    inner = _chat(span_id=4, parent_id=3, duration_ns=5 * SECOND_NS, _parent=framework)
    ours = _Filtered()
    ours.filter.process_trace([root, agent, framework, inner])
    assert "genai_impact.energy" in inner.metrics
    assert "duplicate" == framework.tags["genai_impact.not_estimated"]
    for above in (root, agent):
        assert inner.metrics["genai_impact.energy"] == above.metrics["genai_impact.rollup.energy"]
        assert 1 == above.metrics["genai_impact.rollup.requests"]
    assert 1 == sum(count for _, count in ours.requests())


@pytest.mark.parametrize("seconds", [1, 4])
def test_a_call_while_a_stream_is_open(seconds: int) -> None:
    """Ddtrace makes it a child of the stream's span; whichever ends first, they are two requests below one root."""
    root = _Span(name="web.request", resource="GET /", span_id=1, duration_ns=9 * SECOND_NS)
    stream = _chat(span_id=2, parent_id=1, duration_ns=3 * SECOND_NS, _parent=root)
    call = _chat(span_id=3, parent_id=2, start_ns=2 * SECOND_NS, duration_ns=seconds * SECOND_NS, _parent=stream)
    ours = _Filtered()
    ours.filter.process_trace([root, stream, call])
    assert [2] == [count for _, count in ours.requests()]
    energy_j = stream.metrics["genai_impact.energy"] + call.metrics["genai_impact.energy"]
    assert pytest.approx(energy_j) == root.metrics["genai_impact.rollup.energy"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_parent_in_another_process_or_another_thread(*, elsewhere: bool) -> None:
    """Of another process: the span is the local root, and says the sums. Of another thread: its parent does."""
    root = _Span(name="web.request", resource="GET /", span_id=1, duration_ns=9 * SECOND_NS)
    context = SimpleNamespace(_is_remote=elsewhere)
    work = _Span(name="work", resource="x", span_id=2, parent_id=1, duration_ns=8 * SECOND_NS, _parent_context=context)
    inner = _chat(span_id=3, parent_id=2, _parent=work)
    _Filtered().filter.process_trace([work, inner] if elsewhere else [root, work, inner])
    says = [span.name for span in (root, work) if "genai_impact.rollup.energy" in span.metrics]
    assert ["work" if elsewhere else "web.request"] == says


def test_a_trace_that_comes_in_parts() -> None:
    """With partial flushes the root comes later, alone: it still says what was below it."""
    root = _Span(name="web.request", resource="GET /", span_id=1, duration_ns=9 * SECOND_NS)
    ours, inner = _Filtered(), _chat(span_id=2, parent_id=1, _parent=root)
    ours.filter.process_trace([inner])
    ours.filter.process_trace([root])
    assert inner.metrics["genai_impact.energy"] == root.metrics["genai_impact.rollup.energy"]


def test_beside_a_span_of_opentelemetrys() -> None:
    """The same call, seen by an instrumentation of OpenTelemetry's at the same time: counted once."""
    telemetry, ours = Telemetry(), _Filtered()
    telemetry.request({"gen_ai.response.model": "gpt-4o-2024-08-06"})
    began = telemetry.spans[0].start_time
    assert began is not None
    span = _chat(start_ns=began)
    ours.filter.process_trace([span])
    assert "duplicate" == span.tags["genai_impact.not_estimated"]
    assert [] == ours.requests()


def test_ten_at_once_are_ten() -> None:
    """Equal requests in parallel are as many as they are."""
    ours = _Filtered()
    for number in range(10):
        ours.filter.process_trace([_chat(span_id=100 + number)])
    assert [10] == [count for _, count in ours.requests()]


def test_spans_that_reach_ddtrace_through_the_api_of_opentelemetry() -> None:
    """With `DD_TRACE_OTEL_ENABLED` they are in the words of their instrumentation, and read as those."""
    tags = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o"}
    span = _Span(name="internal", resource="chat gpt-4o", tags=tags, metrics=dict(_METRICS), _span_api="otel")
    ours = _Filtered()
    ours.filter.process_trace([span])
    assert "openai/gpt-4o" == span.tags["genai_impact.model"]


def test_other_traces_are_left_as_they_are() -> None:
    """No tag, no metric, whatever is in them."""
    span = _Span(name="http.request", resource="GET /", tags={"http.url": "http://x"})
    ours = _Filtered()
    ours.filter.process_trace([span])
    assert ({"http.url": "http://x"}, {}, []) == (span.tags, span.metrics, ours.requests())


def test_switched_off() -> None:
    """Nothing is looked at."""
    span = _chat()
    assert [span] == _Filtered(enabled=False).filter.process_trace([span])
    assert _TAGS == span.tags


def test_nothing_is_raised_into_ddtrace(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A span that is none is one line in the log, and the trace goes on."""
    monkeypatch.setattr(_contain, "reraise", False)
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    trace = [cast("Any", object())]
    assert trace == _Filtered().filter.process_trace(trace)
    assert 1 == len(caplog.records)


def test_installing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours comes first, theirs stay; twice is once, with the new settings."""
    theirs = object()
    tracer = SimpleNamespace(_span_aggregator=SimpleNamespace(user_processors=[theirs]))

    def configure(*, trace_processors: list[object]) -> None:
        tracer._span_aggregator.user_processors = trace_processors

    tracer.configure = configure
    monkeypatch.setitem(sys.modules, "ddtrace", ModuleType("ddtrace"))
    monkeypatch.setitem(sys.modules, "ddtrace.trace", cast("ModuleType", SimpleNamespace(tracer=tracer)))
    install()
    install(zone="FRA")
    ours, other = tracer._span_aggregator.user_processors
    assert theirs is other
    span = _chat()
    ours.process_trace([span])
    assert "FRA" == span.tags["genai_impact.zone"]


def test_installing_without_ddtrace(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log, no exception."""
    monkeypatch.setattr(_contain, "reraise", False)
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    monkeypatch.setitem(sys.modules, "ddtrace", None)
    install()
    assert ["failed while adding our filter to ddtrace"] == [
        record.getMessage().partition(";")[0] for record in caplog.records
    ]


def test_no_request_is_no_complaint_about_opentelemetry(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A process without requests, such as the parent of preforked workers, needs no tracer provider: ddtrace has one."""
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    monkeypatch.setattr(summary, "LEDGER", Ledger())
    monkeypatch.setattr(trace, "get_tracer_provider", trace.ProxyTracerProvider)
    summary._print()
    assert [] == caplog.records
    monkeypatch.delitem(sys.modules, "otel_genai_impact.adapters.ddtrace")
    summary._print()
    assert 1 == len(caplog.records)

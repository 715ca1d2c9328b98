"""The real Anthropic SDK under `opentelemetry-instrument`: every call is counted once, though two spans tell of it.

The SDK makes a span of its own below that of the official instrumentation; both carry the same tokens.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.integration import sdk_promises
from tests.kit.answers import Answer
from tests.kit.app import run_app
from tests.kit.reference import reference_attributes
from tests.kit.sdk_run import NOT_ESTIMATED, PlannedCall, sdk_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer
    from tests.kit.sdk_run import SdkRun

_APP: Final = Path(__file__).parent / "apps" / "anthropic_calls.py"
_SCOPES: Final = ["com.anthropic.sdk.python", "opentelemetry.instrumentation.genai.anthropic"]

_ESTIMATED: Final = {
    "create": PlannedCall(
        model="claude-haiku-4-5", entry="claude-haiku-4-5-20251001", answer=Answer(output_tokens=110)
    ),
    "create streamed": PlannedCall(
        model="claude-opus-4-5",
        entry="claude-opus-4-5-20251101",
        answer=Answer(output_tokens=120, word_delay_s=0.005),
    ),
    "raw response": PlannedCall(model="claude-opus-4-6", answer=Answer(output_tokens=130)),
    "stream text": PlannedCall(model="claude-opus-4-7", answer=Answer(output_tokens=140)),
    "stream events": PlannedCall(model="claude-opus-4-8", answer=Answer(output_tokens=150)),
    "stream final message": PlannedCall(model="claude-opus-5", answer=Answer(output_tokens=160)),
    "async create": PlannedCall(model="claude-opus-5-5", answer=Answer(output_tokens=170, delay_s=0.05)),
    "async create streamed": PlannedCall(model="claude-sonnet-4-6", answer=Answer(output_tokens=180)),
    "async stream text": PlannedCall(model="claude-sonnet-5", answer=Answer(output_tokens=190)),
    "async stream events": PlannedCall(model="claude-sonnet-5-5", answer=Answer(output_tokens=200)),
    "async stream final message": PlannedCall(model="claude-haiku-5-5", answer=Answer(output_tokens=210)),
    "cached": PlannedCall(
        model="claude-fable-5", answer=Answer(output_tokens=220, cached_tokens=900, cache_write_tokens=80)
    ),
    "three creates": PlannedCall(model="claude-fable-5-1", answer=Answer(output_tokens=230), requests=3),
    "threads": PlannedCall(
        model="claude-haiku-4-5-20251001", answer=Answer(output_tokens=240, delay_s=0.02), requests=8
    ),
}
_NOT_ESTIMATED: Final = {
    "error": ("error", PlannedCall(model="claude-failing", answer=Answer(error_status=500))),
    "negative usage": ("invalid_usage", PlannedCall(model="claude-negative", answer=Answer(output_tokens=-5))),
    "null usage": ("no_usage", PlannedCall(model="claude-null", answer=Answer(output_tokens=None))),
    "stream never read": ("no_usage", PlannedCall(model="claude-unread", answer=Answer())),
    "unknown model": ("unknown_model", PlannedCall(model="claude-of-nobody", answer=Answer())),
}
# Of an unfinished stream, one span knows the single token that its start reports, the other none. The one that knows is
# the request, whichever ends first.
_UNFINISHED: Final = {
    "stream closed early": PlannedCall(model="claude-sonnet-4-5", answer=Answer()),
    "stream abandoned": PlannedCall(model="claude-opus-4-5-20251101", answer=Answer()),
}
_PLAN: Final = _ESTIMATED | {call: planned for call, (_, planned) in _NOT_ESTIMATED.items()} | _UNFINISHED


@pytest.fixture(scope="module")
def run() -> Iterator[SdkRun]:
    """Over HTTP, compressed, with delta sums, which some backends ask for, exported many times."""
    delta = {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta", "OTEL_METRIC_EXPORT_INTERVAL": "200"}
    gzip = {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
    with sdk_run(_APP, _PLAN, protocol="http/protobuf", environment=delta | gzip) as made:
        yield made


@pytest.mark.parametrize("call", _ESTIMATED)
def test_an_estimated_call_has_the_figures_of_the_reference(run: SdkRun, call: str) -> None:
    """The counted span carries what EcoLogits computes for its tokens and its own duration, to 1e-9."""
    sdk_promises.has_the_figures_of_the_reference(run, call, provider="anthropic")


@pytest.mark.parametrize("call", _ESTIMATED)
def test_an_estimated_call_has_all_attributes_of_the_contract(run: SdkRun, call: str) -> None:
    """The counted span says what was computed, how, with what data and what was assumed."""
    sdk_promises.has_all_attributes_of_the_contract(run, call, maker="anthropic")


@pytest.mark.parametrize(("call", "reason"), [(call, reason) for call, (reason, _) in _NOT_ESTIMATED.items()])
def test_what_cannot_be_estimated_says_why(run: SdkRun, call: str, reason: str) -> None:
    """It carries the reason and no figures, and is counted with its reason."""
    sdk_promises.says_why_it_is_not_estimated(run, call, reason)


@pytest.mark.parametrize("call", _PLAN)
def test_every_call_is_counted_once(run: SdkRun, call: str) -> None:
    """Of the two spans of each request one is a duplicate; the metrics have one request."""
    requests = run.plan[call].requests
    assert sorted(_SCOPES * requests) == sorted(span.scope for span in run.spans_of(call))
    sdk_promises.is_counted_once(run, call)


@pytest.mark.parametrize("call", _PLAN)
def test_of_parent_and_child_exactly_one_is_a_duplicate(run: SdkRun, call: str) -> None:
    """The pair that tells of one request holds one duplicate: not two, and not none beside another pair's two."""
    spans = {span.span_id: span for span in run.spans_of(call)}
    pairs = [(span, spans[span.parent_span_id]) for span in spans.values() if span.parent_span_id in spans]
    duplicates = [[span.attributes.get(NOT_ESTIMATED) for span in pair].count("duplicate") for pair in pairs]
    assert [1] * run.plan[call].requests == duplicates


@pytest.mark.parametrize("call", _PLAN)
def test_results_and_types_are_those_of_the_bare_sdk(run: SdkRun, call: str) -> None:
    """The application sees the same answers, errors and classes as without instrumentation."""
    sdk_promises.gives_what_the_bare_sdk_gives(run, call)


def test_metrics_sum_to_what_the_spans_say(run: SdkRun) -> None:
    """Each counter's sum is that of the attributes of all spans, to 1e-9; so is the histogram's."""
    sdk_promises.metrics_sum_to_what_the_spans_say(run)


def test_the_span_of_the_application_is_left_alone(run: SdkRun) -> None:
    """A span that is no request gets none of the attributes of one."""
    sdk_promises.leaves_the_spans_of_the_application_alone(run)


def test_only_the_unknown_model_is_logged(run: SdkRun) -> None:
    """One line names it; beside what OpenTelemetry itself says of negative usage there is nothing else."""
    sdk_promises.logs_only_the_unknown_model(run)


@pytest.mark.parametrize(
    ("switched_off", "scope"),
    [
        ({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "anthropic"}, _SCOPES[0]),
        ({"ANTHROPIC_OPEN_TELEMETRY": "false"}, _SCOPES[1]),
    ],
)
def test_either_span_alone_is_counted(
    provider: ProviderServer, sink: OtlpSink, switched_off: dict[str, str], scope: str
) -> None:
    """Where one of the two sources of spans is switched off, the other's span has the estimate."""
    run_app(_APP, '{"create": "claude-opus-5"}', provider=provider, sink=sink, environment=switched_off).checked()
    (span,) = [span for span in sink.spans if span.scope != "app"]
    expected = reference_attributes("anthropic", "claude-opus-5", 20, span.duration_s)
    assert scope == span.scope
    assert pytest.approx(expected["genai_impact.energy"], rel=1e-9) == span.attributes["genai_impact.energy"]
    assert 1 == sink.sum_of("genai_impact.requests")

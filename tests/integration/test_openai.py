"""The real OpenAI SDK under `opentelemetry-instrument`: every call is counted once, with the reference's figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.integration import sdk_promises
from tests.kit.answers import Answer
from tests.kit.sdk_run import PlannedCall, sdk_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.sdk_run import SdkRun

_APP: Final = Path(__file__).parent / "apps" / "openai_calls.py"

_ESTIMATED: Final = {
    "chat": PlannedCall(model="gpt-4o", answer=Answer(output_tokens=110)),
    "streamed": PlannedCall(model="gpt-4o-mini", answer=Answer(output_tokens=120, word_delay_s=0.005)),
    "async": PlannedCall(model="gpt-4.1", answer=Answer(output_tokens=130, delay_s=0.05)),
    "async streamed": PlannedCall(model="gpt-4.1-mini", answer=Answer(output_tokens=140)),
    "responses": PlannedCall(model="gpt-5", answer=Answer(output_tokens=150, reasoning_tokens=50)),
    "responses streamed": PlannedCall(model="gpt-5-mini", answer=Answer(output_tokens=160)),
    "responses stream helper": PlannedCall(model="gpt-5-nano", answer=Answer(output_tokens=170)),
    "raw response": PlannedCall(model="gpt-5.1", answer=Answer(output_tokens=180)),
    "stream helper": PlannedCall(model="gpt-5.2", answer=Answer(output_tokens=190)),
    "three chats": PlannedCall(model="o3-mini", answer=Answer(output_tokens=200), requests=3),
    "threads": PlannedCall(model="o4-mini", answer=Answer(output_tokens=210, delay_s=0.02), requests=8),
    "parsed": PlannedCall(model="gpt-5.4-mini", answer=Answer(output_tokens=220, text='{"text": "Hello"}')),
    "responses parsed": PlannedCall(model="gpt-5.4-nano", answer=Answer(output_tokens=230, text='{"text": "Hello"}')),
    "Azure": PlannedCall(model="gpt-4-turbo-2024-04-09", answer=Answer(output_tokens=240)),
    "no tokens": PlannedCall(model="gpt-4-turbo", answer=Answer(output_tokens=0)),
}
_NOT_ESTIMATED: Final = {
    "embeddings": ("unsupported_operation", PlannedCall(model="text-embedding-3-small", answer=Answer())),
    "streamed without usage": ("no_usage", PlannedCall(model="gpt-4", answer=Answer())),
    "stream closed early": ("no_usage", PlannedCall(model="gpt-4-0613", answer=Answer())),
    "null usage": ("no_usage", PlannedCall(model="gpt-5.5", answer=Answer(output_tokens=None))),
    "stream abandoned": ("error", PlannedCall(model="gpt-3.5-turbo", answer=Answer())),
    "error": ("error", PlannedCall(model="gpt-3.5-turbo-0125", answer=Answer(error_status=500))),
    "negative usage": ("invalid_usage", PlannedCall(model="gpt-4.1-nano", answer=Answer(output_tokens=-5))),
    "fractional usage": ("invalid_usage", PlannedCall(model="gpt-5-pro", answer=Answer(output_tokens=12.5))),
    "huge usage": ("invalid_usage", PlannedCall(model="gpt-5.4", answer=Answer(output_tokens=10**9))),
    "unknown model": ("unknown_model", PlannedCall(model="gpt-of-nobody", answer=Answer())),
}
_PLAN: Final = _ESTIMATED | {call: planned for call, (_, planned) in _NOT_ESTIMATED.items()}


@pytest.fixture(scope="module")
def run() -> Iterator[SdkRun]:
    """Over gRPC, with cumulative sums, which are OpenTelemetry's default, exported many times."""
    with sdk_run(_APP, _PLAN, protocol="grpc", environment={"OTEL_METRIC_EXPORT_INTERVAL": "200"}) as made:
        yield made


@pytest.mark.parametrize("call", _ESTIMATED)
def test_an_estimated_call_has_the_figures_of_the_reference(run: SdkRun, call: str) -> None:
    """Each of its spans carries what EcoLogits computes for its tokens and its own duration, to 1e-9."""
    sdk_promises.has_the_figures_of_the_reference(run, call, provider="openai")


@pytest.mark.parametrize("call", _ESTIMATED)
def test_an_estimated_call_has_all_attributes_of_the_contract(run: SdkRun, call: str) -> None:
    """Each of its spans says what was computed, how, with what data and what was assumed."""
    sdk_promises.has_all_attributes_of_the_contract(run, call, maker="openai")


@pytest.mark.parametrize(("call", "reason"), [(call, reason) for call, (reason, _) in _NOT_ESTIMATED.items()])
def test_what_cannot_be_estimated_says_why(run: SdkRun, call: str, reason: str) -> None:
    """It carries the reason and no figures, and is counted with its reason."""
    sdk_promises.says_why_it_is_not_estimated(run, call, reason)


@pytest.mark.parametrize("call", _PLAN)
def test_every_call_is_counted_once(run: SdkRun, call: str) -> None:
    """One span for each request, and one request in the metrics."""
    assert run.plan[call].requests == len(run.spans_of(call))
    sdk_promises.is_counted_once(run, call)


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

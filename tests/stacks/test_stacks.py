"""One stack of instrumentations, as its users run it, with us beside it: every request is counted once.

`nox -s 'stacks(NAME)'` makes the environment and runs this in it; `make test-stacks` does so for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.telemetry.request import read
from tests.kit.sdk_run import NOT_ESTIMATED, PREFIX, impact_attributes
from tests.stacks.run import DUPLICATE, stack_run
from tests.stacks.stack import ESTIMATED, FAILED, name_in_this_environment, stack_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.otlp_records import SpanRecord
    from tests.stacks.run import StackRun

_NAME: Final = name_in_this_environment()
_STACK: Final = stack_named(_NAME)
_SUMS: Final = {
    **{
        name: name
        for name in ("energy", "energy_low", "energy_high", "gwp", "gwp_low", "gwp_high", "adpe", "pe", "wcf")
    },
    "request.energy": "energy",
}
_NONE: Final = -1  # tokens, where none were reported
_OURS: Final = ("otel_genai_impact", "the application is not affected")

_each_call = pytest.mark.parametrize("call", _STACK.calls)


@pytest.fixture(scope="module")
def run() -> Iterator[StackRun]:
    with stack_run(_NAME, _STACK) as made:
        yield made


@_each_call
def test_every_request_is_counted_once(
    run: StackRun, call: str, record_property: Callable[[str, object], None]
) -> None:
    """As many as the server got: on the spans, of which all others are duplicates, and in the metric."""
    made, counted = run.made(call), run.counted_spans_of(call)
    record_property("stack_call", [made, len(counted), len(run.spans_of(call)) - len(counted)])
    assert _STACK.calls[call].requests == made
    assert made == len(counted), [(span.scope, span.name, span.attributes) for span in run.spans_of(call)]
    assert made == run.requests_counted(call)


@_each_call
def test_a_request_has_the_estimate_that_it_can_have(run: StackRun, call: str) -> None:
    """Each counted span has one, or says why not."""
    outcomes = {str(span.attributes.get(NOT_ESTIMATED, ESTIMATED)) for span in run.counted_spans_of(call)}
    assert {_STACK.outcome(call)} == outcomes


@_each_call
def test_the_tokens_are_those_that_the_server_sent(run: StackRun, call: str) -> None:
    """Input, with what was read from a cache, and output, as they are read from the spans; or none, and none made up."""
    tokens = sorted(map(_tokens_read, run.counted_spans_of(call)))
    expected = _STACK.tokens(call)
    if _STACK.outcome(call) in {"no_usage", FAILED}:
        assert [_NONE] * len(expected) == [output_tokens for _, output_tokens in tokens]
    else:
        assert expected == tokens


def test_the_instrumentations_of_the_stack_report(run: StackRun) -> None:
    """Each of them does: else there would be nothing to be counted twice."""
    assert _STACK.reporters == {span.scope for span in run.reporting_spans()}


def test_a_request_seen_again_is_marked_and_has_no_figures(run: StackRun) -> None:
    """There are such spans if and only if there are several instrumentations; they say that they are duplicates."""
    assert (len(_STACK.reporters) > 1) == bool(run.duplicates())
    for span in run.duplicates():
        marks = impact_attributes(span)
        assert DUPLICATE == marks.pop(NOT_ESTIMATED)
        assert {"genai_impact.method", "genai_impact.data_version"} == marks.keys()


def test_every_span_that_reports_a_request_is_one_of_the_calls(run: StackRun) -> None:
    """None is left over, and the metric has no request that no call made."""
    known = {span.span_id for call in _STACK.calls for span in run.spans_of(call)}
    assert [] == [span.name for span in run.reporting_spans() if span.span_id not in known]
    assert sum(map(run.made, _STACK.calls)) == run.sink.sum_of("genai_impact.requests")


def test_the_metrics_sum_to_what_the_spans_say(run: StackRun) -> None:
    """Each counter's sum is that of the attributes of all spans, to 1e-9."""
    estimated = [span for span in run.reporting_spans() if f"{PREFIX}energy" in span.attributes]
    for metric, attribute in _SUMS.items():
        expected = sum(_number(span, f"{PREFIX}{attribute}") for span in estimated)
        assert expected > 0
        assert pytest.approx(expected, rel=1e-9, abs=0) == run.sink.sum_of(f"{PREFIX}{metric}"), metric


def test_the_application_s_spans_say_what_was_below_them(run: StackRun) -> None:
    """Requests and energy of all that were counted in their traces; nothing, where there was none, as with bare threads."""
    seen_below = 0
    for call in _STACK.calls:
        root = run.root_of(call)
        below = [span for span in run.counted_spans_of(call) if span.trace_id == root.trace_id]
        energies = [_number(span, f"{PREFIX}energy") for span in below if f"{PREFIX}energy" in span.attributes]
        seen_below += len(below)
        assert (len(below) or None) == root.attributes.get(f"{PREFIX}rollup.requests")
        rolled_up = root.attributes.get(f"{PREFIX}rollup.energy")
        assert (pytest.approx(sum(energies), rel=1e-9, abs=0) if energies else None) == rolled_up
    assert _STACK.rolls_up == bool(seen_below)


def test_agents_and_tools_say_what_was_below_them(run: StackRun) -> None:
    """Requests, and their energy: those of the model that the agent asks, and of what its tool asks."""
    for name, requests in _STACK.rolled_up.items():
        (above,) = run.sink.spans_by_name(name)
        counted = [span for span in run.below(above) if f"{PREFIX}energy" in span.attributes]
        assert requests == len(counted) == above.attributes.get(f"{PREFIX}rollup.requests")
        energy = sum(_number(span, f"{PREFIX}energy") for span in counted)
        assert pytest.approx(energy, rel=1e-9, abs=0) == _number(above, f"{PREFIX}rollup.energy")


def test_nothing_of_ours_fails(run: StackRun) -> None:
    """The log has no line of us."""
    assert [] == [line for line in run.stderr.splitlines() if any(mark in line for mark in _OURS)]


def _tokens_read(span: SpanRecord) -> tuple[int, int]:
    request = read(span.name, span.attributes, InstrumentationScope(span.scope))
    assert request is not None
    counts = (request.input_tokens, request.output_tokens)
    input_tokens, output_tokens = (_NONE if count is None else count for count in counts)
    return input_tokens, output_tokens


def _number(span: SpanRecord, name: str) -> float:
    return float(str(span.attributes[name]))

"""Bedrock by boto3, with the official instrumentation that the extra `bedrock` brings: every request is counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.integration import sdk_promises
from tests.integration.sdk_plans import APPS
from tests.kit.answers import Answer
from tests.kit.reference import reference_attributes
from tests.kit.sdk_run import PlannedCall, sdk_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.sdk_run import SdkRun

_ARN: Final = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7-v1:0"

# Call, model, and the maker's own name of it.
_MODELS: Final = {
    "converse": ("anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
    "profile": ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
    "ARN": (_ARN, "claude-opus-4-7"),
    "tool calls": ("anthropic.claude-sonnet-4-6-v1:0", "claude-sonnet-4-6"),
    "tool calls streamed": ("anthropic.claude-opus-4-8-v1:0", "claude-opus-4-8"),
    "retried": ("anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5-20251101"),
    "threads": ("eu.anthropic.claude-sonnet-5-v1:0", "claude-sonnet-5"),
    "converse streamed": ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
    "invoke Anthropic": ("anthropic.claude-haiku-5-5-v1:0", "claude-haiku-5-5"),
    "invoke Anthropic streamed": ("anthropic.claude-opus-5-v1:0", "claude-opus-5"),
    "invoke Mistral": ("mistral.mistral-large-2512-v1:0", "mistral-large-2512"),
    "invoke Mistral streamed": ("mistral.ministral-8b-2512-v1:0", "ministral-8b-2512"),
}
_MAKERS: Final = {"anthropic": "anthropic", "mistral": "mistralai"}
_ANSWERS: Final = {
    "tool calls": Answer(output_tokens=140, calls_a_tool=True),
    "tool calls streamed": Answer(output_tokens=150, calls_a_tool=True),
    "retried": Answer(output_tokens=160, failures=1),
}
_ESTIMATED: Final = {
    call: PlannedCall(
        model=model,
        entry=entry,
        requests=8 if call == "threads" else 1,
        answer=_ANSWERS.get(call, Answer(output_tokens=200 + number)),
    )
    for number, (call, (model, entry)) in enumerate(_MODELS.items())
}
_NOT_ESTIMATED: Final = {
    "Nova": ("unknown_model", PlannedCall(model="amazon.nova-of-nobody-v1:0", answer=Answer())),
    "invoke Nova": ("unknown_model", PlannedCall(model="amazon.nova-of-no-one-v1:0", answer=Answer())),
    "invoke Nova streamed": ("unknown_model", PlannedCall(model="us.amazon.nova-of-none-v1:0", answer=Answer())),
    "invoke Llama": ("unknown_model", PlannedCall(model="meta.llama-of-nobody-v1:0", answer=Answer())),
    "invoke Llama streamed": ("unknown_model", PlannedCall(model="meta.llama-of-no-one-v1:0", answer=Answer())),
    "usage left out": ("no_usage", PlannedCall(model="anthropic.none-1", answer=Answer(usage_reported=False))),
    "stream closed early": ("no_usage", PlannedCall(model="anthropic.none-2", answer=Answer())),
    "stream abandoned": ("error", PlannedCall(model="anthropic.none-3", answer=Answer())),
    "stream broken": ("error", PlannedCall(model="anthropic.none-4", answer=Answer(words_until_break=2))),
    "error": ("error", PlannedCall(model="anthropic.none-5", answer=Answer(error_status=400))),
    "error of a stream": ("error", PlannedCall(model="anthropic.none-6", answer=Answer(error_status=400))),
    "error of an invocation": ("error", PlannedCall(model="anthropic.none-7", answer=Answer(error_status=400))),
    "invoke stream closed early": ("no_usage", PlannedCall(model="anthropic.none-8", answer=Answer())),
    "embeddings": ("unsupported_operation", PlannedCall(model="amazon.titan-embed-text-v2:0", answer=Answer())),
}
_PLAN: Final = _ESTIMATED | {call: planned for call, (_, planned) in _NOT_ESTIMATED.items()}


@pytest.fixture(scope="module")
def run() -> Iterator[SdkRun]:
    with sdk_run(APPS / "bedrock_calls.py", _PLAN, protocol="grpc", environment={}) as made:
        yield made


@pytest.mark.parametrize("call", _PLAN)
def test_every_call_is_counted_once(run: SdkRun, call: str) -> None:
    """One span for each request, that names provider, model and server; and one request in the metrics."""
    planned = run.plan[call]
    assert planned.requests == len(run.spans_of(call))
    for span in run.spans_of(call):
        operation = "embeddings" if call == "embeddings" else "chat"
        assert {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": "aws.bedrock",
            "server.address": "127.0.0.1",
            "server.port": run.port,
        }.items() <= span.attributes.items()
    sdk_promises.is_counted_once(run, call)


@pytest.mark.parametrize("call", _ESTIMATED)
def test_an_estimated_call_has_the_figures_of_its_maker(run: SdkRun, call: str) -> None:
    """What the reference computes for the maker's model, found by Bedrock's name of it, and the tokens of the answer."""
    planned = run.plan[call]
    maker = next(maker for prefix, maker in _MAKERS.items() if f"{prefix}." in planned.model)
    assert planned.entry is not None
    assert isinstance(planned.answer.output_tokens, int)
    for span in run.counted_spans_of(call):
        assert planned.answer.input_tokens == span.attributes["gen_ai.usage.input_tokens"]
        assert planned.answer.output_tokens == span.attributes["gen_ai.usage.output_tokens"]
        assert f"{maker}/{planned.entry}" == span.attributes["genai_impact.model"]
        expected = reference_attributes(maker, planned.entry, planned.answer.output_tokens, span.duration_s)
        actual = {name: span.attributes[name] for name in expected}
        assert pytest.approx(expected, rel=1e-9, abs=0) == actual


@pytest.mark.parametrize(("call", "reason"), [(call, reason) for call, (reason, _) in _NOT_ESTIMATED.items()])
def test_what_cannot_be_estimated_says_why(run: SdkRun, call: str, reason: str) -> None:
    """It carries the reason and no figures, and is counted with its reason."""
    sdk_promises.says_why_it_is_not_estimated(run, call, reason)


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

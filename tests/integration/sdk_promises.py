"""What holds for every provider's SDK. Each function asserts one promise for one call of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.kit.reference import reference_attributes
from tests.kit.sdk_run import NOT_ESTIMATED, impact_attributes

if TYPE_CHECKING:
    from tests.kit.sdk_run import SdkRun

_QUANTITIES: Final = {
    *(f"genai_impact.{criterion}{bound}" for criterion in ("energy", "gwp") for bound in ("", "_low", "_high")),
    *(f"genai_impact.{quantity}" for quantity in ("gwp_embodied", "adpe", "pe", "wcf")),
}
_DESCRIPTIONS: Final = {f"genai_impact.{name}" for name in ("method", "model", "source", "zone", "data_version")}
_WRITTEN_WITHOUT_ESTIMATE: Final = {NOT_ESTIMATED, "genai_impact.method", "genai_impact.data_version"}
# What OpenTelemetry's SDK says of what the instrumentations, and older SDKs of providers, give it; with or without us.
_LINES_OF_OPENTELEMETRY: Final = (
    "Record amount must be non-negative on Histogram gen_ai.client.token.usage.",
    "Invalid type NoneType for attribute 'gen_ai.usage.output_tokens' value.",
)
_INSTRUMENTATIONS: Final = ("opentelemetry.instrumentation.genai.", "otel_genai_impact.instrumentation.")


def has_the_figures_of_the_reference(run: SdkRun, call: str, *, provider: str) -> None:
    planned = run.plan[call]
    tokens = planned.answer.output_tokens
    assert isinstance(tokens, int)
    spans = run.counted_spans_of(call)
    assert planned.requests == len(spans)
    for span in spans:
        expected = reference_attributes(provider, planned.model, tokens, span.duration_s)
        actual = {name: value for name, value in impact_attributes(span).items() if name in _QUANTITIES}
        assert pytest.approx(expected, rel=1e-9, abs=0) == actual


def has_all_attributes_of_the_contract(run: SdkRun, call: str, *, maker: str) -> None:
    planned = run.plan[call]
    for span in run.counted_spans_of(call):
        written = impact_attributes(span)
        assumptions = written.pop("genai_impact.assumptions", ())
        assert _QUANTITIES | _DESCRIPTIONS == written.keys()
        assert "ecologits-0.11" == written["genai_impact.method"]
        assert "modelled" == written["genai_impact.source"]
        assert "USA" == written["genai_impact.zone"]
        assert f"{maker}/{planned.entry or planned.model}" == written["genai_impact.model"]
        assert isinstance(written["genai_impact.data_version"], str)
        assert isinstance(assumptions, tuple)
        assert sorted(map(str, assumptions)) == list(assumptions)
        assert "zone.provider_default" in assumptions
        assert 0 == span.dropped_attribute_count


def says_why_it_is_not_estimated(run: SdkRun, call: str, reason: str) -> None:
    for span in run.counted_spans_of(call):
        assert reason == span.attributes.get(NOT_ESTIMATED)
        assert _WRITTEN_WITHOUT_ESTIMATE == impact_attributes(span).keys()
    assert run.plan[call].requests == run.requests_counted(call, **{NOT_ESTIMATED: reason})


def is_counted_once(run: SdkRun, call: str) -> None:
    requests = run.plan[call].requests
    assert requests == len(run.counted_spans_of(call))
    assert requests == run.requests_counted(call)
    for span in run.spans_of(call):
        if span.attributes.get(NOT_ESTIMATED) == "duplicate":
            assert _WRITTEN_WITHOUT_ESTIMATE == impact_attributes(span).keys()


def gives_what_the_bare_sdk_gives(run: SdkRun, call: str) -> None:
    bare, instrumented = run.bare[call], run.instrumented[call]
    assert (run.plan[call].answer.error_status is None) == (bare["error"] is None), bare["error"]
    for key in ("answer", "error", "classes"):
        assert bare[key] == instrumented[key]
    # Instrumentations return their own streams, which say that they are the SDK's.
    assert len(bare["types"]) == len(instrumented["types"])
    for expected, actual in zip(bare["types"], instrumented["types"], strict=True):
        assert expected == actual or actual.startswith(_INSTRUMENTATIONS)


def metrics_sum_to_what_the_spans_say(run: SdkRun) -> None:
    spans = run.estimated_spans()
    assert spans
    for name in sorted(_QUANTITIES - {"genai_impact.gwp_embodied"}):
        expected = sum(float(str(span.attributes[name])) for span in spans)
        assert pytest.approx(expected, rel=1e-9, abs=0) == run.sink.sum_of(name), name
    embodied = sum(float(str(span.attributes["genai_impact.gwp_embodied"])) for span in spans)
    actual = run.sink.sum_of("genai_impact.gwp", **{"genai_impact.phase": "embodied"})
    assert pytest.approx(embodied, rel=1e-9, abs=0) == actual
    assert sum(planned.requests for planned in run.plan.values()) == run.sink.sum_of("genai_impact.requests")
    _the_histogram_holds_the_same_energy(run)


def _the_histogram_holds_the_same_energy(run: SdkRun) -> None:
    energies = {span.span_id: float(str(span.attributes["genai_impact.energy"])) for span in run.estimated_spans()}
    assert len(energies) == run.sink.count_of("genai_impact.request.energy")
    total = run.sink.sum_of("genai_impact.request.energy")
    assert pytest.approx(sum(energies.values()), rel=1e-9, abs=0) == total
    exemplars = [
        exemplar for point in run.sink.points_of("genai_impact.request.energy") for exemplar in point.exemplars
    ]
    assert exemplars
    assert all(energies[exemplar.span_id] == exemplar.value for exemplar in exemplars)


def leaves_the_spans_of_the_application_alone(run: SdkRun) -> None:
    spans = [span for span in run.sink.spans if span.scope == "app"]
    assert {f"app: {call}" for call in run.plan} == {span.name for span in spans}
    assert [{}] * len(spans) == [impact_attributes(span) for span in spans]


def logs_only_the_unknown_model(run: SdkRun) -> None:
    ours = [line for line in run.stderr.splitlines() if not line.startswith(_LINES_OF_OPENTELEMETRY)]
    assert 1 == len(ours), run.stderr
    assert repr(run.plan["unknown model"].model) in ours[0]

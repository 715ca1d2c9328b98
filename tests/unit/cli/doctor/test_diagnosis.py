"""What is a problem, what is a note, and what is neither."""

from __future__ import annotations

import pytest

from otel_genai_impact.cli.doctor.coverage import By, Coverage, Source, State
from otel_genai_impact.cli.doctor.diagnosis import Facts, Finding, findings
from otel_genai_impact.cli.doctor.process import Exporting, Provider, Seen
from otel_genai_impact.cli.doctor.sdks import SDKS

_BATCH = Exporting(name="sdk.BatchSpanProcessor", exporter="otlp.OTLPSpanExporter", endpoint="localhost:4317")


def _seen(
    provider: Provider = "sdk",
    *,
    failure: str | None = None,
    errors: tuple[str, ...] = (),
    provider_name: str = "sdk.TracerProvider",
    sampler: str | None = "AlwaysOnSampler",
    counts_unsampled: bool = True,
    span_processors: tuple[Exporting, ...] = (_BATCH,),
    ours: bool = True,
    settings: dict[str, tuple[str, str]] | None = None,
    complaints: tuple[str, ...] = (),
) -> Seen:
    return Seen(
        provider=provider, failure=failure, errors=errors, provider_name=provider_name, sampler=sampler,
        counts_unsampled=counts_unsampled,
        span_processors=span_processors, ours=ours, settings=settings or {}, complaints=complaints,
    )  # fmt: skip


def _found(
    seen: Seen,
    *coverages: Coverage,
    environ: dict[str, str] | None = None,
    distributions: tuple[str, ...] = ("opentelemetry-distro 0.66b2",),
    in_code: tuple[str, ...] = (),
    answers: dict[str, str | None] | None = None,
    ignored: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    return findings(
        Facts(
            environ=environ or {}, seen=seen, coverages=coverages, distributions=distributions, in_code=in_code,
            answers=answers or {}, ignored=ignored,
        )
    )  # fmt: skip


def _coverage(name: str, *sources: Source) -> Coverage:
    return Coverage(sdk=next(sdk for sdk in SDKS if sdk.distribution == name), version="3.1", sources=sources)


def _source(by: By = "official", state: State = "active", detail: str = "") -> Source:
    return Source(name=f"{by} 1.0", by=by, state=state, entry_point="point", detail=detail)


def _only(found: tuple[Finding, ...]) -> tuple[bool, str, str, str]:
    (finding,) = found
    return finding.problem, finding.about, finding.text, finding.do


def test_all_is_well() -> None:
    """A tracer provider with our span processor, an exporter, and an SDK that is instrumented: nothing to say."""
    assert () == _found(_seen(), _coverage("openai", _source()))


def test_no_distribution() -> None:
    """Then nobody makes a tracer provider; what to install, and what to start with instead."""
    found = _found(_seen("none", ours=False, sampler=None, span_processors=()), distributions=())
    problem, about, text, do = _only(found)
    assert (True, "tracer provider") == (problem, about)
    assert "No distribution of OpenTelemetry is installed" in text
    assert "otel-genai-impact[distro]" in do
    assert "genai-impact run" in do


def test_a_distribution_that_makes_no_tracer_provider() -> None:
    """Something keeps it from that: the variables that could."""
    problem, _, text, do = _only(_found(_seen("none", ours=False, sampler=None, span_processors=())))
    assert (problem, "opentelemetry-distro 0.66b2" in text, "OTEL_PYTHON_CONFIGURATOR" in do) == (True, True, True)


def test_a_tracer_provider_that_takes_no_span_processors() -> None:
    """It is named."""
    problem, _, text, _ = _only(_found(_seen("other", provider_name="theirs.Provider", ours=False, sampler=None)))
    assert (problem, text.partition(" ")[0]) == (True, "theirs.Provider")


@pytest.mark.parametrize(
    ("environ", "settings", "about", "word"),
    [
        ({"OTEL_SDK_DISABLED": " True "}, {}, "OTEL_SDK_DISABLED", "Unset"),
        ({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "a, genai_impact"}, {}, "span processor", "Remove genai_impact"),
        ({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "*"}, {}, "span processor", "or *"),
        ({}, {"enabled": ("false", "GENAI_IMPACT_ENABLED")}, "span processor", "Set it to true"),
        ({}, {}, "span processor", "otel_genai_impact.instrument()"),
    ],
)
def test_our_span_processor_is_not_there(
    environ: dict[str, str], settings: dict[str, tuple[str, str]], about: str, word: str
) -> None:
    """What switched it off, and how to undo that."""
    problem, found_about, text, do = _only(_found(_seen(ours=False, settings=settings), environ=environ))
    assert (True, about) == (problem, found_about)
    assert word in do
    assert "nothing is counted" in text


def test_a_start_that_fails_is_the_reason_for_the_rest() -> None:
    """Its exception is quoted; what did not come to start, instrumentations too, are no findings of their own."""
    coverages = _coverage("openai", _source(state="does not start")), _coverage("replicate")
    seen = _seen("none", errors=("RuntimeError: no 'otlpp'",), ours=False, sampler=None, span_processors=())
    found = _found(seen, *coverages)
    assert ["start", "replicate"] == [finding.about for finding in found]
    assert "RuntimeError: no 'otlpp'" in found[0].text
    nobody = _found(seen, distributions=())
    assert ["start", "tracer provider"] == [finding.about for finding in nobody]


def test_a_process_that_could_not_be_looked_at() -> None:
    """One finding, with what it said."""
    seen = Seen(failure="a Python process ends with exit code 1", errors=("ImportError: no x",))
    problem, about, text, _ = _only(_found(seen, _coverage("replicate")))
    assert (True, "start") == (problem, about)
    assert "exit code 1. It says: ImportError: no x" in text


def test_a_setting_that_cannot_be_used() -> None:
    """Our own complaint, word by word."""
    problem, about, text, _ = _only(_found(_seen(complaints=("GENAI_IMPACT_DETAIL: 'loud' cannot be used",))))
    assert (True, "settings", "GENAI_IMPACT_DETAIL: 'loud' cannot be used.") == (problem, about, text)


@pytest.mark.parametrize(
    ("sampler", "where_they_are_lost", "where_they_are_counted"),
    [
        ("AlwaysOnSampler", [], []),
        ("ParentBased{root:AlwaysOnSampler,remoteParentNotSampled:AlwaysOffSampler}", [], []),
        ("AlwaysOffSampler", [True], [False]),
        ("ParentBased{root:AlwaysOffSampler,remoteParentSampled:AlwaysOnSampler}", [True], [False]),
        ("ParentBased{root:TraceIdRatioBased{0.1},remoteParentSampled:AlwaysOnSampler}", [False], []),
    ],
)
def test_a_sampler_that_drops_spans(
    sampler: str, where_they_are_lost: list[bool], where_they_are_counted: list[bool]
) -> None:
    """Requests on dropped spans are counted, unless a setting says otherwise: all lost is a problem, some a note."""
    lost, counted = (_found(_seen(sampler=sampler, counts_unsampled=counts)) for counts in (False, True))
    assert where_they_are_lost == [finding.problem for finding in lost]
    assert where_they_are_counted == [finding.problem for finding in counted]
    off = _seen(sampler=sampler, counts_unsampled=False, ours=False)
    assert ["span processor"] == [finding.about for finding in _found(off)]


def test_no_exporter_is_a_note() -> None:
    """A summary needs none."""
    problem, about, _, do = _only(_found(_seen(span_processors=(Exporting(name="ours.ImpactSpanProcessor"),))))
    assert (False, "exporters", True) == (problem, about, "GENAI_IMPACT_SUMMARY" in do)


def test_an_endpoint_that_does_not_answer() -> None:
    """With the reason; one that answers is no finding."""
    found = _found(_seen(), answers={"localhost:4317": "Connection refused", "localhost:4318": None})
    problem, about, text, _ = _only(found)
    assert (True, "localhost:4317") == (problem, about)
    assert "Connection refused" in text


@pytest.mark.parametrize(
    ("source", "text", "do"),
    [
        (None, "nothing instruments it", "Install an instrumentation"),
        (_source(state="switched off"), "switches point off", "Remove point"),
        (
            _source(state="refuses", detail="replicate<3"),
            "official 1.0 takes replicate<3, and 3.1 is",
            "fits the other",
        ),
        (_source(state="does not start"), "official 1.0 is installed, and does not start", "Look at"),
    ],
)
def test_a_providers_sdk_that_is_not_counted(source: Source | None, text: str, do: str) -> None:
    """A problem, with the reason, what to do about it, and how to say that it does not matter."""
    found = _found(_seen(), _coverage("replicate", *([source] if source else [])))
    problem, about, found_text, found_do = _only(found)
    assert (True, "replicate") == (problem, about)
    assert text in found_text
    assert do in found_do
    assert "--ignore replicate" in found_do


def test_the_most_telling_reason_is_given() -> None:
    """Of an instrumentation that refuses the release and one that does not start, the first."""
    sources = _source("OpenInference", "does not start"), _source(state="refuses", detail="replicate<3")
    assert "takes replicate<3" in _only(_found(_seen(), _coverage("replicate", *sources)))[2]


def test_one_that_counts_is_enough() -> None:
    """Others of the same SDK may refuse, be off or not start."""
    sources = _source("OpenInference", "does not start"), _source(state="refuses"), _source("ours")
    assert () == _found(_seen(), _coverage("google-genai", *sources))


def test_what_is_ignored_is_no_finding() -> None:
    """The user knows of it."""
    assert () == _found(_seen(), _coverage("replicate"), ignored=frozenset({"replicate"}))


def test_an_sdk_of_many_things_that_is_not_counted_is_a_note() -> None:
    """Nobody knows whether the application uses that part."""
    problem, _, text, _ = _only(_found(_seen(), _coverage("boto3")))
    assert (problem, "only if the application uses Bedrock" in text) == (False, True)


def test_a_framework_needs_no_instrumentation() -> None:
    """Its requests are seen through the SDKs beneath."""
    assert () == _found(_seen(), _coverage("langchain"))


@pytest.mark.parametrize(
    "together",
    [
        ["official", "OpenLLMetry"],
        ["official", "OpenInference"],
        ["official", "ours"],
        ["ours", "OpenInference"],
        ["official", "the SDK itself"],
        ["OpenLLMetry", "the SDK itself"],
        ["OpenInference", "the SDK itself"],
        ["official", "OpenInference", "OpenLLMetry"],
        ["official", "OpenInference", "OpenLLMetry", "the SDK itself"],
        ["third party"],
    ],
)
def test_instrumentations_that_are_told_apart(together: list[By]) -> None:
    """Of whom each request is known to be counted once, since they were run together: nothing to say."""
    assert () == _found(_seen(), _coverage("anthropic", *(_source(by) for by in together)))


@pytest.mark.parametrize("together", [["official", "third party"], ["official", "official"], ["third party", "ours"]])
def test_instrumentations_that_nobody_has_tried_together(together: list[By]) -> None:
    """A note, with both names."""
    (note,) = _found(_seen(), _coverage("openai", *(_source(by) for by in together)))
    assert (False, True) == (note.problem, f"{together[0]} 1.0 and {together[1]} 1.0" in note.text)


def test_what_instruments_in_code_is_a_note() -> None:
    """It cannot be seen from here."""
    problem, about, text, _ = _only(_found(_seen(), in_code=("logfire",)))
    assert (False, "logfire", True) == (problem, about, "not seen here" in text)


def test_problems_come_first() -> None:
    """Whatever the order in which they were found."""
    found = _found(_seen(span_processors=()), _coverage("boto3"), _coverage("replicate"))
    assert [True, False, False] == [finding.problem for finding in found]

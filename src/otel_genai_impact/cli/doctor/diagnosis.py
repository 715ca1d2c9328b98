"""What is wrong, and what to do about it. Nothing here asks anything: it judges what others have seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact.cli.doctor.coverage import switched_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from otel_genai_impact.cli.doctor.coverage import Coverage, Source
    from otel_genai_impact.cli.doctor.process import Seen

_TRUE: Final = "true"
_OURS: Final = "genai_impact"
_INSTALL: Final = "pip install 'otel-genai-impact[distro]'"
_IN_CODE: Final = (
    "If the application sets OpenTelemetry up itself, call otel_genai_impact.instrument() there; that is not seen here."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a user should know.

    Attributes:
        about: an SDK, a variable, a part of OpenTelemetry.
        text: what is the case, in one sentence.
        do: what to do.
        problem: whether requests are missed, or something that was asked for is not done.
    """

    about: str
    text: str
    do: str
    problem: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is judged.

    Attributes:
        distributions: of OpenTelemetry that are installed.
        in_code: what is installed that instruments by a call in the application.
        answers: of each endpoint that was tried, why it does not answer, or None.
        ignored: SDKs that the user does not want to hear of.
    """

    environ: Mapping[str, str]
    seen: Seen
    coverages: tuple[Coverage, ...]
    distributions: tuple[str, ...]
    in_code: tuple[str, ...]
    answers: Mapping[str, str | None]
    ignored: frozenset[str] = frozenset()


def findings(facts: Facts) -> tuple[Finding, ...]:
    """All of them, the problems first."""
    found = [*_of_the_start(facts), *_of_settings(facts.seen), *_of_exporting(facts), *_of_sdks(facts)]
    return tuple(sorted(found, key=lambda finding: not finding.problem))


def _of_the_start(facts: Facts) -> Iterator[Finding]:
    seen, environ = facts.seen, facts.environ
    if seen.failure is not None:
        yield Finding(
            about="start",
            text=f"What an application would get cannot be seen: {seen.failure}.{_quoted(seen.errors)}",
            do="Start `opentelemetry-instrument python -c pass` and see what it prints.",
        )
        return
    if seen.errors:
        yield Finding(
            about="start",
            text=f"The start of OpenTelemetry fails.{_quoted(seen.errors)}",
            do="Correct the setting or the package that the message names; the whole of it is printed when the application starts.",
        )
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == _TRUE:
        yield Finding(
            about="OTEL_SDK_DISABLED",
            text="OpenTelemetry is switched off, and so are we: nothing is counted.",
            do="Unset OTEL_SDK_DISABLED.",
        )
    elif seen.provider != "sdk":
        if not (seen.errors and facts.distributions):  # then that is the reason
            yield _of_no_provider(facts)
    elif not seen.ours:
        yield _of_no_processor(seen, environ)


def _quoted(errors: tuple[str, ...]) -> str:
    return f" It says: {'; '.join(errors)}" if errors else ""


def _of_no_provider(facts: Facts) -> Finding:
    if facts.seen.provider == "other":
        return Finding(
            about="tracer provider",
            text=f"{facts.seen.provider_name} takes no span processors, so ours is not on it: nothing is counted.",
            do="Use the tracer provider of opentelemetry-sdk, or one built on it.",
        )
    if not facts.distributions:
        return Finding(
            about="tracer provider",
            text="No distribution of OpenTelemetry is installed, so there is no tracer provider and there are no spans.",
            do=f"{_INSTALL}, or start the application with `genai-impact run`. {_IN_CODE}",
        )
    return Finding(
        about="tracer provider",
        text=f"There is none, although {' and '.join(facts.distributions)} should make one: there are no spans.",
        do=f"See OTEL_PYTHON_DISTRO and OTEL_PYTHON_CONFIGURATOR. {_IN_CODE}",
    )


def _of_no_processor(seen: Seen, environ: Mapping[str, str]) -> Finding:
    text = "Our span processor is not on the tracer provider: nothing is counted."
    enabled = seen.settings.get("enabled")
    if switched_off(_OURS, environ):
        return Finding(
            about="span processor",
            text=f"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS switches {_OURS} off: nothing is counted.",
            do=f"Remove {_OURS}, or *, from it.",
        )
    if enabled is not None and enabled[0] != _TRUE:
        return Finding(
            about="span processor",
            text=f"Switched off by {enabled[1]}: nothing is counted.",
            do="Set it to true, or unset it.",
        )
    return Finding(
        about="span processor",
        text=text,
        do="If the start failed above, correct that. Otherwise call otel_genai_impact.instrument() in the application.",
    )


def _of_settings(seen: Seen) -> Iterator[Finding]:
    for complaint in seen.complaints:
        yield Finding(about="settings", text=f"{complaint}.", do="Correct it, or remove it; see docs/configuration.md.")


def _of_exporting(facts: Facts) -> Iterator[Finding]:
    seen = facts.seen
    if seen.provider == "sdk":
        if seen.ours:
            yield from _of_the_sampler(seen)
        if not any(one.exporter for one in seen.span_processors) and not seen.metric_readers:
            yield Finding(
                about="exporters",
                text="There are none: figures are seen only where the process itself shows them.",
                do="Set OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER to otlp, or GENAI_IMPACT_SUMMARY to true.",
                problem=False,
            )
    for endpoint, why in facts.answers.items():
        if why is not None:
            yield Finding(
                about=endpoint,
                text=f"The endpoint does not answer: {why}. Telemetry is lost, and the application ends more slowly.",
                do="Start what should listen there, or set OTEL_EXPORTER_OTLP_ENDPOINT.",
            )


def _of_the_sampler(seen: Seen) -> Iterator[Finding]:
    root = sampler_of_roots(seen.sampler or "")
    drops_all = root == "AlwaysOffSampler"
    if seen.counts_unsampled and drops_all:
        yield Finding(
            about="sampler",
            text="It drops every span: requests are counted in the metrics, and no trace shows them.",
            do="Unset OTEL_TRACES_SAMPLER, or set it to parentbased_always_on, where traces are wanted.",
            problem=False,
        )
    elif not seen.counts_unsampled and root != "AlwaysOnSampler":
        yield Finding(
            about="sampler",
            text=f"{root} drops {'every span' if drops_all else 'spans'}, and requests on dropped spans are not counted.",
            do="Unset GENAI_IMPACT_COUNT_UNSAMPLED, or count_unsampled in the configuration file: by default they are.",
            problem=drops_all,
        )


def sampler_of_roots(description: str) -> str:
    """What decides on a trace that starts here, in the SDK's words."""
    return description.removeprefix("ParentBased{root:").partition(",")[0]


def _of_sdks(facts: Facts) -> Iterator[Finding]:
    for coverage in facts.coverages:
        if coverage.sdk.distribution not in facts.ignored:
            if not coverage.counting and not _is_explained(coverage, facts.seen):
                yield from _of_uncovered(coverage)
            yield from _of_doubled(coverage)
    for name in facts.in_code:
        yield Finding(
            about=name,
            text="It instruments what the application tells it to, in code: that is not seen here.",
            do="Where its spans can be read (docs/dialects.md) they are counted, once with others of the same request "
            "if they are nested or have the same response id.",
            problem=False,
        )


def _is_explained(coverage: Coverage, seen: Seen) -> bool:
    """Whether a start that failed is the reason: then one finding says it."""
    states = {source.state for source in coverage.sources}
    return seen.failure is not None or (bool(seen.errors) and states == {"does not start"})


def _of_uncovered(coverage: Coverage) -> Iterator[Finding]:
    sdk, sources = coverage.sdk, coverage.sources
    if sdk.kind == "framework":
        return
    only = f" It matters only if the application uses {sdk.of_general}." if sdk.of_general else ""
    by_state: dict[str, Source] = {source.state: source for source in reversed(sources)}
    state = next((state for state in _REASONS if state in by_state), None)
    source = None if state is None else by_state[state]
    text, do = _NOBODY if state is None else _REASONS[state]
    values = {
        "version": coverage.version,
        "source": "" if source is None else source.name,
        "entry_point": "" if source is None else source.entry_point,
        "detail": "" if source is None else source.detail,
    }
    yield Finding(
        about=sdk.distribution,
        text=text.format_map(values) + only,
        do=f"{do.format_map(values)} If it is not used: --ignore {sdk.distribution}.",
        problem=sdk.kind == "provider",
    )


# By the state of an instrumentation that does not cover the SDK, the most telling first.
_REASONS: Final[dict[str, tuple[str, str]]] = {
    "switched off": (
        "Its requests are not counted: OTEL_PYTHON_DISABLED_INSTRUMENTATIONS switches {entry_point} off.",
        "Remove {entry_point}, or *, from it.",
    ),
    "refuses": (
        "Its requests are not counted: {source} takes {detail}, and {version} is installed.",
        "Install a release of one that fits the other.",
    ),
    "does not start": (
        "Its requests are not counted: {source} is installed, and does not start.",
        "Look at what the application prints when it starts with OTEL_LOG_LEVEL=debug.",
    ),
}
_NOBODY: Final = (
    "Its requests are not counted: nothing instruments it.",
    "Install an instrumentation of it; docs/dialects.md says whose spans are read.",
)


# Run together in tests/stacks: of these, however many see a request, it is counted once.
_TOLD_APART: Final = frozenset({"official", "ours", "OpenLLMetry", "OpenInference", "the SDK itself"})


def _of_doubled(coverage: Coverage) -> Iterator[Finding]:
    counting = coverage.counting
    kinds = {source.by for source in counting}
    if len(counting) < 2 or (len(counting) == len(kinds) and kinds <= _TOLD_APART):  # noqa: PLR2004 -- none or one
        return
    yield Finding(
        about=coverage.sdk.distribution,
        text=f"Seen by {_names(counting)}: counted once where their spans are nested, have the same response id, or are alike at the same time.",
        do="One instrumentation is enough.",
        problem=False,
    )


def _names(sources: Iterable[Source]) -> str:
    return " and ".join(source.name for source in sources)

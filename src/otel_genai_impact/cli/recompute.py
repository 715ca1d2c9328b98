"""`genai-impact recompute`: the requests of files of spans once more, by another method, zone, data or model; before and after."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.cli.report.command import ReportError, grouping, settings_of, what_if
from otel_genai_impact.cli.report.lines import Reading, exports
from otel_genai_impact.cli.report.requests import Estimating
from otel_genai_impact.cli.report.seen import Seen
from otel_genai_impact.cli.report.spans import spans_of
from otel_genai_impact.cli.report.sums import MOST_GROUPS, OTHERS
from otel_genai_impact.cli.report.totals import Sums
from otel_genai_impact.cli.report.words import by_source
from otel_genai_impact.telemetry.summary import interval

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from otel_genai_impact._config import Settings
    from otel_genai_impact.cli.report.records import Outcome
    from otel_genai_impact.cli.report.sums import Group
    from otel_genai_impact.cli.report.totals import Total

_FAILED: Final = 1
_NOT_REPORTED: Final = "(not reported)"
_SHOWN: Final = (("energy", "energy", "Wh", 1 / 3600), ("gwp", "CO2eq", "g", 1.0))
_COMPARED: Final = ("energy", "gwp", "wcf")
_WIDEST: Final = 40


@dataclass(slots=True)
class Pair:
    """The same requests, before and after: those that have an estimate both times."""

    before: Sums = field(default_factory=Sums)
    after: Sums = field(default_factory=Sums)


@dataclass(slots=True)
class Comparison:
    """Before and after, by group.

    Attributes:
        only_before, only_after, neither: requests that have an estimate once, or not at all; in no sum.
        bases: method and data of what is compared.
    """

    total: Pair = field(default_factory=Pair)
    groups: dict[Group, Pair] = field(default_factory=dict["Group", Pair])
    only_before: int = 0
    only_after: int = 0
    neither: int = 0
    bases_before: set[str] = field(default_factory=set[str])
    bases_after: set[str] = field(default_factory=set[str])

    def add(self, before: Outcome, after: Outcome) -> None:
        """One span, as it was read for both."""
        if before.request is None or after.request is None:
            return
        was, would_be = before.request.impacts, after.request.impacts
        if was is None or would_be is None:
            self.only_before += would_be is None and was is not None
            self.only_after += was is None and would_be is not None
            self.neither += was is None and would_be is None
            return
        names = before.request.dimensions
        if names not in self.groups and len(self.groups) >= MOST_GROUPS:
            names = (OTHERS,) * len(names)
        for pair in (self.total, self.groups.setdefault(names, Pair())):
            pair.before.add(before.request)
            pair.after.add(after.request)
        self.bases_before.add(before.request.basis)
        self.bases_after.add(after.request.basis)


def print_recomputed(options: Namespace) -> int:
    """Print before and after, as text or JSON; the exit code."""
    try:
        version = options.data_version
        by, before, after = grouping(options.by), settings_of(None), settings_of(options.zone, options.method, version)
        as_if = what_if(options.as_if, after, version)
        comparison, reading = recompute(options.files, before, after, by, as_if=as_if, data_version=version)
    except ReportError as error:
        print(f"genai-impact recompute: {error}", file=sys.stderr)
        return _FAILED
    except OSError as error:
        print(f"genai-impact recompute: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return _FAILED
    if reading.broken:
        print(f"genai-impact recompute: {reading.broken:,} lines or spans could not be read", file=sys.stderr)
    print(json.dumps(as_report(comparison, by), indent=2) if options.json else as_text(comparison, by, options.as_if))
    return 0


def recompute(
    files: Sequence[str],
    settings_before: Settings,
    settings_after: Settings,
    by: tuple[str, ...],
    *,
    as_if: tuple[str, str] | None = None,
    data_version: str | None = None,
) -> tuple[Comparison, Reading]:
    """Read files of spans once, and each request twice: as it stands there, and estimated now.

    What stands there without figures is estimated by the settings before. `data_version`: of the data for the second time.

    Raises:
        OSError: a file cannot be opened or read.
    """
    comparison, reading = Comparison(), Reading()
    with closing(Seen()) as seen, closing(Seen()) as seen_again:
        before = Estimating(settings_before, by, seen)
        after = Estimating(settings_after, by, seen_again, recompute=True, as_if=as_if, data_version=data_version)
        for path in files:
            for place, export in exports(path, reading):
                for span in spans_of(place, export, reading):
                    comparison.add(before.outcome(span), after.outcome(span))
        waited = {_ids(outcome): outcome for outcome in after.rest()}
        for outcome in before.rest():
            comparison.add(outcome, waited.get(_ids(outcome), outcome))
    return comparison, reading


def _ids(outcome: Outcome) -> tuple[int, int] | None:
    return None if outcome.request is None else (outcome.request.trace_id, outcome.request.span_id)


def as_report(comparison: Comparison, by: tuple[str, ...]) -> dict[str, Any]:
    """The comparison in values that JSON has, in J, g and L."""
    return {
        "before": sorted(comparison.bases_before),
        "after": sorted(comparison.bases_after),
        "only_before": comparison.only_before,
        "only_after": comparison.only_after,
        "neither": comparison.neither,
        "total": _figures(comparison.total),
        "groups": [
            {"group": dict(zip(by, names, strict=True)), **_figures(pair)} for names, pair in _largest_first(comparison)
        ],
    }


def _figures(pair: Pair) -> dict[str, Any]:
    return {
        "requests": pair.before.requests,
        **{
            key: {"before": asdict(getattr(pair.before, key)), "after": asdict(getattr(pair.after, key))}
            for key in _COMPARED
        },
    }


def _largest_first(comparison: Comparison) -> list[tuple[Group, Pair]]:
    return sorted(comparison.groups.items(), key=lambda item: -item[1].before.energy.estimate)


def as_text(comparison: Comparison, by: tuple[str, ...], as_if: str | None) -> str:
    """The comparison for a person."""
    rows = [
        (
            *by,
            "requests",
            *(f"{heading} {when}" for _, heading, *_ in _SHOWN for when in ("before", "after", "ratio")),
        )
    ]
    for names, pair in _largest_first(comparison):
        cells = [(name or _NOT_REPORTED)[:_WIDEST] for name in names]
        rows.append((*cells, *_cells(pair)))
    rows.append(("all", *[""] * (len(by) - 1), *_cells(comparison.total)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", *_notes(comparison, as_if)])


def _cells(pair: Pair) -> Iterator[str]:
    yield f"{pair.before.requests:,}"
    for key, _, unit, factor in _SHOWN:
        before, after = getattr(pair.before, key), getattr(pair.after, key)
        yield _cell(before, unit, factor)
        yield _cell(after, unit, factor)
        yield _ratio(before, after)


def _cell(total: Total, unit: str, factor: float) -> str:
    bounds = (total.low, total.high) if total.has_interval else (total.estimate, total.estimate)
    return interval([value * factor for value in (total.estimate, *bounds)], unit) if total.reported else "-"


def _ratio(before: Total, after: Total) -> str:
    """After over before; and whether that is sure, wherever in their intervals the truth lies."""
    if not before.estimate or before.reported != after.reported:
        return "-"
    ratio = f"x{after.estimate / before.estimate:.3g}"
    if not (before.has_interval and after.has_interval):
        return ratio
    return (
        f"{ratio} surely less"
        if after.high < before.low
        else f"{ratio} surely more"
        if after.low > before.high
        else ratio
    )


def _notes(comparison: Comparison, as_if: str | None) -> Iterator[str]:
    yield f"Before: {'; '.join(sorted(comparison.bases_before)) or 'nothing'}"
    yield f"After:  {'; '.join(sorted(comparison.bases_after)) or 'nothing'}" + (f", as if by {as_if}" if as_if else "")
    counts = (comparison.only_before, comparison.only_after, comparison.neither)
    if any(counts):
        yield "In no sum: requests with an estimate only before {:,}, only after {:,}, not at all {:,}".format(*counts)
    if as_if:
        yield "The same tokens: another model may write more or less of them. Its durations are the method's own."
    for when, sums in (("Before", comparison.total.before), ("After", comparison.total.after)):
        if sums.measured or sums.provider_reported:
            yield f"{when}: {by_source(sums)}"
    metered = comparison.total.before.modelled < comparison.total.before.estimated
    yield (
        "All else is modelled: estimate (lowest-highest)."
        if metered
        else "Modelled, not measured: estimate (lowest-highest)."
    )

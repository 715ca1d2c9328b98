"""The page: one HTML file with everything in it, which asks no other host for anything and runs no script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._version import __version__
from otel_genai_impact.cli.report import audit_page, charts, words
from otel_genai_impact.cli.report.parts import (
    J_PER_WH,
    Figure,
    Section,
    Table,
    of_request,
    of_sum,
    per_request,
    period,
    time,
    wh,
)
from otel_genai_impact.cli.report.records import SAME_SPAN, TWIN
from otel_genai_impact.telemetry.summary import amount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_genai_impact.cli.report.lines import Reading
    from otel_genai_impact.cli.report.records import CountedRequest
    from otel_genai_impact.cli.report.sums import Summary
    from otel_genai_impact.cli.report.totals import Sums

TEMPLATE: Final = Path(__file__).with_name("page.html.jinja")
NOT_REPORTED: Final = "(not reported)"
_MOST_ROWS: Final = 200
_TITLES: Final = {"model": "By model", "provider": "By provider", "service": "By service"}


def page(summary: Summary, reading: Reading, files: Sequence[str], audited: Mapping[str, Any]) -> str:
    """The HTML of the whole page, with the record for auditors. Needs the extra `report`: Jinja escapes what strangers wrote, vl-convert draws."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        subtitle=_subtitle(summary),
        figures=_figures(summary.total),
        notes=[*_what_if(audited), *_notes(summary, reading)],
        sections=[
            *(_by(summary, dimension) for dimension in summary.by),
            _over_time(summary),
            _distribution(summary),
            _not_estimated(summary),
            _assumptions(summary),
            _top(summary),
            *audit_page.sections(audited),
            _read(summary, reading, files),
        ],
        version=__version__,
    )


def _subtitle(summary: Summary) -> str:
    periods = summary.over_time.periods
    if not periods:
        return "No request was found."
    first, last = min(periods), max(periods) + summary.over_time.period_s
    return f"{summary.total.requests:,} requests, {time(first)} to {time(last)} UTC"


def _figures(total: Sums) -> list[Figure]:
    """The heads of the page: sums with their intervals, and how much of all requests they cover."""
    named = (
        ("Energy", "Wh", total.energy, 1 / J_PER_WH),
        ("Greenhouse gases (CO2eq)", "g", total.gwp, 1.0),
        ("Water", "L", total.wcf, 1.0),
        ("Primary energy", "Wh", total.pe, 1 / J_PER_WH),
        ("Metals and minerals (Sbeq)", "g", total.adpe, 1.0),
    )
    sums = [_head(name, of_sum(quantity, unit, factor)) for name, unit, quantity, factor in named]
    coverage = f"{total.estimated / total.requests:.1%} of {total.requests:,}" if total.requests else "there were none"
    hardware = Figure(name="Making the hardware", text="\N{EN DASH}", more="not recorded")
    if total.gwp_embodied.reported and total.gwp_embodied.reported == total.gwp.reported and total.gwp.estimate:
        share = f"{total.gwp_embodied.estimate / total.gwp.estimate:.1%} of the greenhouse gases"
        hardware = Figure(name=hardware.name, text=amount(total.gwp_embodied.estimate, "g"), more=share)
    return [
        *sums[:3],
        Figure(name="Requests estimated", text=f"{total.estimated:,}", more=coverage),
        hardware,
        *sums[3:],
        Figure(name="Tokens out", text=f"{total.output_tokens:,}", more=f"{total.input_tokens:,} in"),
    ]


def _head(name: str, figure: Figure) -> Figure:
    return Figure(name=name, text=figure.text, more=figure.range or "no interval recorded")


def _what_if(audited: Mapping[str, Any]) -> list[str]:
    model = audited.get("what_if")
    if model is None:
        return []
    said = (
        f"What if: all requests are estimated as if {model} had got them, with the tokens that they have. "
        "Names of models and providers are those that were asked. Nothing here is what was emitted."
    )
    return [said]


def _ranges(summary: Summary) -> str:
    """What low and high stand for; of a sum they are never narrower than what is known of it."""
    methods = {evidence.method or "" for evidence in summary.evidence if evidence is not None}
    if not any(method.startswith("native-") for method in methods):
        return (
            "Every figure is an estimate with the range of its method, from the lowest to the highest value; the range of "
            "a sum is the sum of the ranges."
        )
    return (
        "The range of a request is that of its method: 90 % of the values under native-1, else from the lowest to the "
        "highest. The range of a sum is the sum of these bounds, and wider than its own 90 % interval would be; the "
        "summary at exit (GENAI_IMPACT_SUMMARY) has that one."
    )


def _notes(summary: Summary, reading: Reading) -> list[str]:
    total, notes = summary.total, list[str]()
    if total.estimated:
        notes.append(
            f"{words.by_source(total)} {_ranges(summary)} Energy is that of the data centre, cooling included."
        )
    if total.recomputed:
        others = "; the others carried theirs" if total.recomputed < total.requests else ""
        notes.append(
            f"{total.recomputed:,} of {total.requests:,} requests were estimated for this report, from their tokens and "
            f"durations, since their spans carried no impacts or because of --recompute{others}."
        )
    if total.requests > total.estimated:
        notes.append(f"{total.requests - total.estimated:,} requests have no estimate, and are in no sum of impacts.")
    if reading.broken:
        notes.append(
            f"Lines or spans that could not be read: {reading.broken:,}. The end of this page names the first ones."
        )
    return notes


def _by(summary: Summary, dimension: str) -> Section:
    parts = [(name or NOT_REPORTED, sums) for name, sums in summary.by_dimension(dimension)]
    title = _TITLES.get(dimension, f"By {dimension}")
    rows = [
        (
            name,
            f"{sums.requests:,}",
            f"{sums.input_tokens:,}",
            f"{sums.output_tokens:,}",
            of_sum(sums.energy, "Wh", 1 / J_PER_WH),
            of_sum(sums.gwp, "g"),
            of_sum(sums.wcf, "L"),
            per_request(sums),
        )
        for name, sums in parts[:_MOST_ROWS]
    ]
    headings = (dimension, "requests", "tokens in", "tokens out", "energy", "CO2eq", "water", "per request")
    return Section(
        title=title,
        text="" if len(parts) <= _MOST_ROWS else f"The {_MOST_ROWS} largest of {len(parts):,}; --csv has all.",
        chart=charts.by_group(parts, f"{title}: bars of energy with their intervals; the table below has the figures."),
        table=Table(
            caption=f"{title}, the largest first", headings=headings, rows=rows, numbers=frozenset(range(1, 8))
        ),
    )


def _over_time(summary: Summary) -> Section:
    times = summary.over_time
    rows = [
        (
            time(start_s),
            f"{sums.requests:,}",
            of_sum(sums.energy, "Wh", 1 / J_PER_WH),
            of_sum(sums.gwp, "g"),
            of_sum(sums.wcf, "L"),
        )
        for start_s, sums in sorted(times.periods.items())
    ]
    each = period(times.period_s)
    without = f" {times.without_time:,} requests have no time." if times.without_time else ""
    return Section(
        title="Over time",
        text=f"Each column is {each}; requests count when they end.{without}",
        chart=charts.over_time(times, f"Columns of energy, each {each}; the table below has the figures."),
        table=Table(
            caption=f"By time, {each} each (UTC)",
            headings=("from", "requests", "energy", "CO2eq", "water"),
            rows=rows,
            numbers=frozenset(range(1, 5)),
        ),
    )


def _distribution(summary: Summary) -> Section:
    energies = summary.distribution
    half, most = energies.quantile_j(0.5), energies.quantile_j(0.95)
    text = ""
    if half is not None and most is not None:
        text = (
            f"Half of the requests take at most about {wh(half)}, 95 % at most about {wh(most)}, "
            f"the largest {wh(energies.largest_j)}."
        )
    rows = [(f"{wh(start)} to {wh(end)}", f"{count:,}") for start, end, count in charts.bins(energies)]
    return Section(
        title="Distribution",
        text=text,
        chart=charts.distribution(energies, "Number of requests by their energy; the table below has the figures."),
        table=Table(
            caption="Requests by their energy", headings=("energy", "requests"), rows=rows, numbers=frozenset({1})
        ),
    )


def _not_estimated(summary: Summary) -> Section:
    counts = summary.reasons.counts
    rows = [
        (
            reason,
            words.REASONS.get(reason, words.UNEXPLAINED),
            provider or NOT_REPORTED,
            model or NOT_REPORTED,
            f"{count:,}",
        )
        for (reason, provider, model), count in counts.most_common()
    ]
    return Section(
        title="Not estimated, and why",
        text="" if rows else "Every request has an estimate.",
        table=Table(
            caption="Requests without an estimate",
            headings=("reason", "what it means", "provider", "model", "requests"),
            rows=rows,
            numbers=frozenset({4}),
            words=frozenset({1}),
        ),
    )


def _assumptions(summary: Summary) -> Section:
    rows = [
        (code, words.ASSUMPTIONS.get(code, words.UNEXPLAINED), f"{count:,}", f"{count / summary.total.estimated:.0%}")
        for (code,), count in summary.assumptions.counts.most_common()
    ]
    return Section(
        title="What was assumed",
        text="" if rows else "No assumption was recorded.",
        table=Table(
            caption="Assumptions, of the requests with an estimate",
            headings=("code", "what it means", "requests", "share"),
            rows=rows,
            numbers=frozenset({2, 3}),
            words=frozenset({1}),
        ),
    )


def _top(summary: Summary) -> Section:
    return Section(
        title="Top requests",
        text="Those with the most energy, with the trace in which to find them.",
        table=Table(
            caption="Top requests by energy, the largest first",
            headings=("model", "provider", "service", "tokens out", "energy", "CO2eq", "ended (UTC)", "trace id"),
            rows=[_top_row(request) for request in summary.top_requests()],
            numbers=frozenset({3, 4, 5}),
        ),
    )


def _top_row(request: CountedRequest) -> tuple[str | Figure, ...]:
    impacts = request.impacts
    return (
        request.model or NOT_REPORTED,
        request.provider or NOT_REPORTED,
        request.service or NOT_REPORTED,
        NOT_REPORTED if request.output_tokens is None else f"{request.output_tokens:,}",
        of_request(None if impacts is None else impacts.energy, "Wh", 1 / J_PER_WH),
        of_request(None if impacts is None else impacts.gwp, "g"),
        NOT_REPORTED if request.ended_ns is None else time(request.ended_ns // 10**9, seconds=True),
        f"{request.trace_id:032x}",
    )


def _read(summary: Summary, reading: Reading, files: Sequence[str]) -> Section:
    repeated = summary.repetitions
    rows: list[tuple[str, str]] = [
        ("files", f"{len(files):,}"),
        ("lines", f"{reading.lines:,}"),
        ("lines of metrics or logs, left out", f"{reading.other_signals:,}"),
        ("spans", f"{reading.spans:,}"),
        ("requests", f"{summary.total.requests:,}"),
        ("spans of a request that another span reports, not counted again", f"{repeated[TWIN]:,}"),
        ("the same span once more, not counted again", f"{repeated[SAME_SPAN]:,}"),
        ("lines or spans that could not be read", f"{reading.broken:,}"),
        *((f"could not be read: {problem}", "") for problem in reading.named),
        *((f"{how}, method {basis}", f"{count:,}") for (how, basis), count in summary.bases.counts.most_common()),
        *(
            (f"electricity of {zone or NOT_REPORTED}", f"{count:,}")
            for (zone,), count in summary.zones.counts.most_common()
        ),
    ]
    return Section(
        title="What was read",
        table=Table(caption="Input, methods and zones", headings=("what", "count"), rows=rows, numbers=frozenset({1})),
    )

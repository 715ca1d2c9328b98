"""The sections of the page: tables, charts above them, and a line on what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact.cli.report import charts, words
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_genai_impact.cli.report.lines import Reading
    from otel_genai_impact.cli.report.records import CountedRequest
    from otel_genai_impact.cli.report.sums import Summary

NOT_REPORTED: Final = "(not reported)"
_MOST_ROWS: Final = 200
_TITLES: Final = {"model": "By model", "provider": "By provider", "service": "By service"}


def by(summary: Summary, dimension: str) -> Section:
    """What the requests of each model, provider, service or attribute came to."""
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


def over_time(summary: Summary) -> Section:
    """What the requests of each period came to."""
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


def distribution(summary: Summary) -> Section:
    """How many requests took how much."""
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


def not_estimated(summary: Summary) -> Section:
    """The requests that are in no sum, by reason."""
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


def assumptions(summary: Summary) -> Section:
    """How often each assumption was made."""
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


def top(summary: Summary) -> Section:
    """The requests that took the most."""
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


def read(summary: Summary, reading: Reading, files: Sequence[str]) -> Section:
    """What was read, what was left out, and by which methods the figures were made."""
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

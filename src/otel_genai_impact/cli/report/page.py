"""The page: one HTML file with everything in it, which asks no other host for anything and runs no script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._version import __version__
from otel_genai_impact.cli.report import audit_page, sections, words
from otel_genai_impact.cli.report.parts import (
    J_PER_WH,
    Figure,
    of_sum,
    time,
)
from otel_genai_impact.telemetry.summary import amount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_genai_impact.cli.report.lines import Reading
    from otel_genai_impact.cli.report.sums import Summary
    from otel_genai_impact.cli.report.totals import Sums

TEMPLATE: Final = Path(__file__).with_name("page.html.jinja")


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
            *(sections.by(summary, dimension) for dimension in summary.by),
            sections.over_time(summary),
            sections.distribution(summary),
            sections.not_estimated(summary),
            sections.assumptions(summary),
            sections.top(summary),
            *audit_page.sections(audited),
            sections.read(summary, reading, files),
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

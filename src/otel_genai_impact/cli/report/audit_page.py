"""The record for auditors as parts of the page: the same values, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.cli.report.parts import Figure, Section, Table
from otel_genai_impact.telemetry.summary import amount, interval, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WH_PER_KWH: Final = 1000.0
_MOST_LINES: Final = 50
_UNKNOWN: Final = "\N{EN DASH}"


def sections(audited: Mapping[str, Any]) -> list[Section]:
    """Scores, the record of scope 3, and the factors behind it."""
    return [_scores(audited), _record(audited), _factors(audited)]


def _scores(audited: Mapping[str, Any]) -> Section:
    rows = [
        (
            f"per {score['functional_unit']}",
            _of(score["gco2eq_per_unit"], "g"),
            f"{score['R']:,}",
            amount(score["E_kwh"] * _WH_PER_KWH, "Wh"),
            _plain(score["I_gco2eq_per_kwh"], "g/kWh"),
            amount(score["M_gco2eq"], "g"),
        )
        for score in audited["sci"]
    ]
    return Section(
        title="Software Carbon Intensity",
        text="ISO/IEC 21031, consumer boundary of SCI for AI: (E * I + M) / R, with the location's electricity; no "
        "certificates, no offsets. Of the runtime it has the inference alone: add your own gateways, storage and clients."
        if rows
        else "No request has both parts of its CO2eq, usage and hardware: there is no score.",
        table=Table(
            caption="Scores, g of CO2eq for one functional unit",
            headings=("score", "CO2eq", "R", "E", "I", "M"),
            rows=rows,
            numbers=frozenset(range(1, 6)),
        ),
    )


def _record(audited: Mapping[str, Any]) -> Section:
    total, coverage, period = audited["scope_3_category_1"], audited["coverage"], audited["period"]
    share = coverage["share_estimated"]
    own, tokens = audited["not_in_category_1"], audited["tokens"]["of_requests_with_an_estimate"]
    rows: list[tuple[str, str | Figure]] = [
        ("CO2eq, usage and hardware", _of(total["gco2eq"], "g")),
        ("of that, usage", _plain(total["gco2eq_usage"], "g")),
        ("of that, making the hardware", _plain(total["gco2eq_embodied"], "g")),
        ("not in this category: on hardware of one's own", _UNKNOWN if own is None else _of(own["gco2eq"], "g")),
        ("period (UTC)", f"{period['from'] or _UNKNOWN} to {period['to'] or _UNKNOWN}"),
        ("requests estimated", f"{coverage['estimated']:,} of {coverage['requests']:,}"),
        ("coverage", _UNKNOWN if share is None else f"{share:.1%}"),
        ("tokens in, out", f"{tokens['input']:,}, {tokens['output']:,}"),
        *_token_sources(audited),
        *_methods(audited),
        ("interval of the sums", total["interval"]),
        ("electricity", audited["boundary"]["electricity"]),
        *(("counted", each) for each in audited["boundary"]["included"]),
        *(("not counted", each) for each in audited["boundary"]["excluded"]),
        *(("standard", each) for each in audited["standards"]),
    ]
    return Section(
        title="For auditors: scope 3, category 1",
        text="Purchased services, as the GHG Protocol has them. --audit writes this as JSON, with every line of the calculation.",
        table=Table(
            caption="Record of scope 3, category 1", headings=("what", "value"), rows=rows, words=frozenset({1})
        ),
    )


def _token_sources(audited: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in audited["tokens"]["from"]:
        yield (
            f"{each['tokens']} tokens from {each['span_attribute'] or 'nowhere'}",
            f"{each['requests_with_an_estimate']:,} requests",
        )


def _methods(audited: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in audited["methods"]:
        said = (each["approach"] or "approach not recorded", each["figures_are"], f"interval: {each['interval']}")
        name = f"method {each['method'] or 'not recorded'}, data {each['data_version'] or 'not recorded'}"
        yield name, f"{each['requests']:,} requests; {'; '.join(said)}"


def _factors(audited: Mapping[str, Any]) -> Section:
    lines = audited["factors"]
    rows = [_factor(line) for line in lines[:_MOST_LINES]]
    return Section(
        title="Factors, and who says so",
        text="" if len(lines) <= _MOST_LINES else f"The {_MOST_LINES} largest of {len(lines):,}; --audit has all.",
        table=Table(
            caption="Factors by model and zone, the most CO2eq first",
            headings=("model", "provider", "requests", "CO2eq", "g/kWh", "PUE", "zone, and how it is known", "sources"),
            rows=rows,
            numbers=frozenset({2, 3, 4, 5}),
            words=frozenset({6, 7}),
        ),
    )


def _factor(line: Mapping[str, Any]) -> tuple[str | Figure, ...]:
    electricity, center = line.get("electricity"), line.get("data_center")
    head = (line.get("model", {}).get("name") or _UNKNOWN, line["provider"] or _UNKNOWN, f"{line['requests']:,}")
    gwp = _of(line["gco2eq"], "g")
    if electricity is None or center is None:
        return (*head, gwp, _UNKNOWN, _UNKNOWN, _UNKNOWN, _UNKNOWN)
    pue = _UNKNOWN if center["pue"] is None else " to ".join(dict.fromkeys(number(bound) for bound in center["pue"]))
    return (
        *head,
        gwp,
        _plain(electricity["used_gco2eq_per_kwh"], "g"),
        pue,
        f"{electricity['zone'] or 'not recorded'}: {electricity['how_the_zone_is_known']}",
        f"electricity: {_source(electricity)}; data centre: {_source(center)}",
    )


def _source(factor: Mapping[str, Any]) -> str:
    """Who says a number, for which year, and when that was looked up."""
    if not factor["sources"]:
        return "not known of what was recorded"
    check = "not checked yet" if factor["unchecked"] else factor["checked"] and f"checked {factor['checked']}"
    notes = (factor["reference"], factor["years"] or "year not said", check)
    return f"{' '.join(factor['sources'])} ({', '.join(note for note in notes if note)})"


def _of(figure: Mapping[str, float | None] | None, unit: str) -> Figure:
    if figure is None or figure["estimate"] is None:
        return Figure(text=_UNKNOWN)
    if figure["low"] is None or figure["high"] is None:
        return Figure(text=amount(figure["estimate"], unit))
    middle, _, bounds = interval((figure["estimate"], figure["low"], figure["high"]), unit).partition(" (")
    return Figure(text=middle, range=bounds.removesuffix(")").replace("-", " to "))


def _plain(value: float | None, unit: str) -> str:
    return _UNKNOWN if value is None else amount(value, unit)

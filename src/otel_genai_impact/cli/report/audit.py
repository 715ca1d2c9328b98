"""What an auditor asks of a report: a record for scope 3, category 1, and the scores of ISO/IEC 21031, in values that JSON has.

GHG Protocol, Corporate Value Chain (Scope 3) Standard, category 1: purchased goods and services, from cradle to gate.
https://ghgprotocol.org/corporate-value-chain-scope-3-standard
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact import semconv
from otel_genai_impact._version import __version__
from otel_genai_impact.cli.report import factors, words
from otel_genai_impact.cli.report.records import SAME_SPAN, TWIN
from otel_genai_impact.cli.report.sci import FUNCTIONAL_UNITS, J_PER_KWH
from otel_genai_impact.cli.report.sums import OTHERS
from otel_genai_impact.cli.report.totals import Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_genai_impact.cli.report.lines import Reading
    from otel_genai_impact.cli.report.records import Evidence
    from otel_genai_impact.cli.report.sci import Intensity, Score
    from otel_genai_impact.cli.report.sums import Summary
    from otel_genai_impact.cli.report.totals import Total
    from otel_genai_impact.inventory.catalog import Catalog

SCHEMA: Final = "genai-impact-audit-1"
STANDARDS: Final = (
    "GHG Protocol Corporate Value Chain (Scope 3) Standard, category 1: purchased goods and services",
    "ISO/IEC 21031:2024 Software Carbon Intensity; SCI for AI of the Green Software Foundation, consumer boundary",
)
APPROACHES: Final = {
    semconv.SOURCE_MODELLED: "average data: activity (tokens, durations) of each request times factors of public data",
    "provider": "supplier-specific: energy that the provider's answer reports for the request",
    "measured": "measured on hardware of one's own",
}
OWN_HARDWARE: Final = "measured"
INCLUDED: Final = (
    "electricity of the servers while they generate, with cooling and losses of the data centre (PUE)",
    "making of GPUs and servers, for the part of their lifetime that the request took",
)
EXCLUDED: Final = (
    "training and fine-tuning of the models",
    "idle servers, network, storage, gateways, the caller's own machines",
    "end of life of the hardware",
)
INTERVALS: Final = {
    "ecologits-": "lowest and highest value of the method; the estimate is their middle",
    "native-": "90 % interval; the estimate is the median",
}
_UNKNOWN_INTERVAL: Final = "as the method says"


def record(summary: Summary, reading: Reading, files: Sequence[str], catalog: Catalog) -> dict[str, Any]:
    """The whole record. What is not known is null, never 0."""
    return {
        "schema": SCHEMA,
        "standards": list(STANDARDS),
        "made": {"by": f"otel-genai-impact {__version__}", "at": datetime.now(UTC).isoformat(timespec="seconds")},
        "input": _input(summary, reading, files),
        "period": _period(summary),
        "boundary": {"included": list(INCLUDED), "excluded": list(EXCLUDED), "electricity": "location-based only"},
        "scope_3_category_1": _category_1(summary),
        "not_in_category_1": _own_hardware(summary),
        "methods": _methods(summary),
        "factors": [_line(evidence, sums, catalog) for evidence, sums in _evidence(summary)],
        "tokens": _tokens(summary),
        "assumptions": _assumptions(summary),
        "coverage": _coverage(summary),
        "sci": [_score(score) for score in summary.intensity.scores()],
        "groups": [_group(summary.by, names, sums, summary.intensities.get(names)) for names, sums in _groups(summary)],
    }


def figures(sums: Sums) -> dict[str, Any]:
    """The impacts of some requests, in g of CO2eq and in kWh."""
    embodied = sums.gwp_embodied
    split = embodied.reported == sums.gwp.reported > 0
    return {
        "requests": sums.requests,
        "energy_kwh": _interval(sums.energy, 1 / J_PER_KWH),
        "gco2eq": _interval(sums.gwp),
        "gco2eq_usage": sums.gwp.estimate - embodied.estimate if split else None,
        "gco2eq_embodied": embodied.estimate if split else None,
        "water_l": _interval(sums.wcf),
    }


def _interval(total: Total, factor: float = 1.0) -> dict[str, float | None] | None:
    if not total.reported:
        return None
    bounds = (total.low * factor, total.high * factor) if total.has_interval else (None, None)
    return {"estimate": total.estimate * factor, "low": bounds[0], "high": bounds[1]}


def _input(summary: Summary, reading: Reading, files: Sequence[str]) -> dict[str, Any]:
    return {
        "files": [{"name": name, "sha256": reading.sha256.get(name)} for name in files],
        "spans": reading.spans,
        "not_readable": {"count": reading.broken, "first": list(reading.named)},
        "counted_once": {
            "spans_of_a_request_that_another_span_reports": summary.repetitions[TWIN],
            "the_same_span_once_more": summary.repetitions[SAME_SPAN],
        },
    }


def _period(summary: Summary) -> dict[str, str | None]:
    """When the first and the last request ended."""
    times = summary.first_ended_ns, summary.last_ended_ns
    first, last = (None if ns is None else datetime.fromtimestamp(ns // 10**9, UTC).isoformat() for ns in times)
    return {"from": first, "to": last}


def _added(parts: Sequence[Sums]) -> Sums:
    total = Sums()
    for part in parts:
        total.merge(part)
    return total


def _category_1(summary: Summary) -> dict[str, Any]:
    """What was bought: everything but what ran on hardware of one's own."""
    bought = [sums for evidence, sums in summary.evidence.items() if not _is_own(evidence)]
    return {
        **figures(_added(bought)),
        "interval": "sums of the requests' bounds, which are wider than an interval of the sum",
    }


def _own_hardware(summary: Summary) -> dict[str, Any] | None:
    """What ran on hardware of one's own is scope 2 (its electricity) and category 2 (the hardware)."""
    own = [sums for evidence, sums in summary.evidence.items() if _is_own(evidence)]
    if not own:
        return None
    return {**figures(_added(own)), "why": "measured on one's own hardware: scope 2, and scope 3 category 2"}


def _is_own(evidence: Evidence | None) -> bool:
    return evidence is not None and evidence.source == OWN_HARDWARE


def _methods(summary: Summary) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], Sums] = {}
    for evidence, sums in summary.evidence.items():
        key = (
            (None,) * 4
            if evidence is None
            else (evidence.method, evidence.data_version, evidence.source, evidence.recomputed)
        )
        found.setdefault(key, Sums()).merge(sums)
    return [
        {
            "method": method,
            "data_version": version,
            "source": source,
            "approach": APPROACHES.get(source or semconv.SOURCE_MODELLED),
            "figures_are": "estimated for this record" if recomputed else "those that were recorded with each request",
            "interval": _interval_of(method),
            "requests": sums.requests,
        }
        for (method, version, source, recomputed), sums in found.items()
    ]


def _interval_of(method: str | None) -> str:
    return next((words for start, words in INTERVALS.items() if (method or "").startswith(start)), _UNKNOWN_INTERVAL)


def _evidence(summary: Summary) -> list[tuple[Evidence | None, Sums]]:
    return sorted(summary.evidence.items(), key=lambda item: -item[1].gwp.estimate)


def _line(evidence: Evidence | None, sums: Sums, catalog: Catalog) -> dict[str, Any]:
    """One line of the calculation: what was bought of whom, and the factors that were used for it."""
    if evidence is None:
        return {"provider": OTHERS, **figures(sums)}
    provider, response_model, request_model = evidence.names
    return {
        "provider": provider,
        "model_that_was_named": response_model or request_model,
        **figures(sums),
        "tokens": {"input": sums.input_tokens, "output": sums.output_tokens},
        "electricity": factors.electricity(evidence, sums, catalog),
        "data_center": factors.data_center(evidence, catalog),
        "model": factors.model(evidence, catalog),
    }


def _tokens(summary: Summary) -> dict[str, Any]:
    estimated = _added(list(summary.evidence.values()))
    return {
        "of_requests_with_an_estimate": {"input": estimated.input_tokens, "output": estimated.output_tokens},
        "of_all_requests": {"input": summary.total.input_tokens, "output": summary.total.output_tokens},
        "from": [
            {"tokens": kind, "span_attribute": key or None, "requests_with_an_estimate": count}
            for (kind, key), count in summary.token_sources.counts.most_common()
        ],
    }


def _assumptions(summary: Summary) -> list[dict[str, Any]]:
    return [
        {"code": code, "meaning": words.ASSUMPTIONS.get(code, words.UNEXPLAINED), "requests": count}
        for (code,), count in summary.assumptions.counts.most_common()
    ]


def _coverage(summary: Summary) -> dict[str, Any]:
    total = summary.total
    return {
        "requests": total.requests,
        "estimated": total.estimated,
        "share_estimated": total.estimated / total.requests if total.requests else None,
        "not_estimated": [
            {
                "reason": reason,
                "meaning": words.REASONS.get(reason, words.UNEXPLAINED),
                "provider": provider or None,
                "model": model or None,
                "requests": count,
            }
            for (reason, provider, model), count in summary.reasons.counts.most_common()
        ],
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "functional_unit": score.unit,
        "what_that_is": FUNCTIONAL_UNITS[score.unit],
        "formula": "(E * I + M) / R",
        "E_kwh": score.energy_kwh,
        "I_gco2eq_per_kwh": score.intensity_g_per_kwh,
        "M_gco2eq": score.embodied_g,
        "R": score.units,
        "gco2eq_per_unit": {"estimate": score.gco2eq_per_unit, "low": score.low, "high": score.high},
        "requests": score.requests,
    }


def _groups(summary: Summary) -> list[tuple[tuple[str | None, ...], Sums]]:
    return sorted(summary.groups.items(), key=lambda item: -item[1].gwp.estimate)


def _group(
    by: tuple[str, ...], names: tuple[str | None, ...], sums: Sums, intensity: Intensity | None
) -> dict[str, Any]:
    scores = [] if intensity is None else intensity.scores()
    return {
        "group": dict(zip(by, names, strict=True)),
        "estimated": sums.estimated,
        **figures(sums),
        "sci_gco2eq_per": {score.unit: score.gco2eq_per_unit for score in scores},
    }

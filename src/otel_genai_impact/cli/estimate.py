"""`genai-impact estimate`: the impacts of one request by names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from otel_genai_impact.cli import media, prices
from otel_genai_impact.cli.asked import answer
from otel_genai_impact.cli.equivalences import as_much_as, origin
from otel_genai_impact.impacts.criteria import ADPE, CRITERIA, ENERGY, GWP, PE, WCF, Criterion
from otel_genai_impact.inventory.assessing import Assessment, estimate

if TYPE_CHECKING:
    from argparse import Namespace

    from otel_genai_impact.cli.asked import Asked
    from otel_genai_impact.impacts.interval import Interval


def print_estimate(options: Namespace) -> int:
    """Print an estimate as text or JSON; the exit code."""

    def make(provider: str, model: str, asked: Asked) -> dict[str, Any]:
        if options.operation == media.TEXT:
            media.refuse_for_text(options)
            assessment = estimate(provider, model, **asked)
        else:
            assessment = media.assess(provider, model, options).assessment
        report = as_report(provider, assessment)
        report["as_much_as"] = as_much_as(report)
        if options.cost:
            report["cost"] = prices.as_report(_cost(options, assessment.model))
        return report

    def show(report: dict[str, Any]) -> None:
        print(json.dumps(report, indent=2) if options.json else as_text(report))

    return answer(options, make, show)


def _cost(options: Namespace, model_id: str) -> prices.Cost | None:
    """For the tokens that the command line gives; a price list does not know the user's own names of deployments."""
    if options.operation not in {media.TEXT, "embeddings"}:
        return None  # what is known are prices of tokens
    tokens = {"output_tokens": options.output_tokens or 0, "input_tokens": vars(options).get("input_tokens") or 0}
    asked = prices.cost_of(options.provider, options.model, **tokens)
    return asked or prices.cost_of(options.provider, model_id.partition("/")[2], **tokens)


def as_report(provider: str, assessment: Assessment) -> dict[str, Any]:
    """The assessment in the names and units of the telemetry."""
    report: dict[str, Any] = {
        "provider": provider,
        "model": assessment.model,
        "method": assessment.method,
        "data_version": assessment.data_version,
        "zone": assessment.zone,
        "assumptions": list(assessment.assumptions),
    }
    impacts = assessment.impacts
    totals = {
        ENERGY: impacts.energy_kwh,
        GWP: impacts.gwp_kgco2eq,
        ADPE: impacts.adpe_kgsbeq,
        PE: impacts.pe_mj,
        WCF: impacts.wcf_l,
    }
    embodied = {
        GWP: impacts.embodied.gwp_kgco2eq,
        ADPE: impacts.embodied.adpe_kgsbeq,
        PE: impacts.embodied.pe_mj,
    }
    report.update({criterion.key: _reported(criterion, totals[criterion]) for criterion in CRITERIA})
    report.update({f"{criterion.key}_embodied": _reported(criterion, part) for criterion, part in embodied.items()})
    if assessment.market_gwp_kgco2eq is not None:
        report["gwp_market_based"] = _reported(GWP, assessment.market_gwp_kgco2eq)
    return report


def _reported(criterion: Criterion, quantity: Interval) -> dict[str, float | str]:
    factor = criterion.reported_per_model_unit
    return {
        "estimate": quantity.estimate * factor,
        "low": quantity.low * factor,
        "high": quantity.high * factor,
        "unit": criterion.reported_unit,
    }


def as_text(report: dict[str, Any]) -> str:
    """The report for a person."""
    lines = [
        f"{report['model']}, electricity of {report['zone']}, method {report['method']}, data {report['data_version']}"
    ]
    for criterion in CRITERIA:
        figure = report[criterion.key]
        middle = f"  {criterion.key:<7}{figure['estimate']:>10.4g} {criterion.reported_unit}"
        bounds = f"({figure['low']:.4g} to {figure['high']:.4g})"
        lines.append(f"{middle:<24}{'' if figure['low'] == figure['high'] else bounds:<26}{criterion.name}")
    market = report.get("gwp_market_based")
    if market is not None:
        shown = f"  {'':<7}{market['estimate']:>10.4g} {GWP.reported_unit}"
        lines.append(f"{shown:<50}of it with the electricity of your contract (market-based), beside the above")
    if "cost" in report:
        lines.append(prices.as_line(report["cost"]))
    for known in report.get("as_much_as", ()):
        bounds = "" if known["low"] == known["high"] else f" ({known['low']:.3g} to {known['high']:.3g})"
        lines.append(f"  as much as {known['estimate']:.3g}{bounds} {known['what']} [{origin(known)}]")
    if report["assumptions"]:
        lines.append(f"  assumed: {', '.join(report['assumptions'])}")
    return "\n".join(lines)

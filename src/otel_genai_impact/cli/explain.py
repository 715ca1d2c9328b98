"""`genai-impact explain`: everything that the estimate of one request rests on, as text and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from otel_genai_impact._config import DEFAULT_METHOD
from otel_genai_impact.cli import found, media
from otel_genai_impact.cli.asked import answer
from otel_genai_impact.cli.calculation import factors, steps
from otel_genai_impact.cli.estimate import as_report, as_text
from otel_genai_impact.cli.provenance import electricity_data
from otel_genai_impact.cli.report.words import ASSUMPTIONS, UNEXPLAINED
from otel_genai_impact.impacts import native_1
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.product_system import FunctionalUnit
from otel_genai_impact.impacts.serving import UNKNOWN, Serving
from otel_genai_impact.inventory.assessing import assess, catalog_for, serve

if TYPE_CHECKING:
    from argparse import Namespace

    from otel_genai_impact.cli.asked import Asked
    from otel_genai_impact.cli.calculation import Factor, Step
    from otel_genai_impact.cli.media import Assessed
    from otel_genai_impact.cli.provenance import AboutModel, Origin
    from otel_genai_impact.impacts.interval import Interval
    from otel_genai_impact.impacts.media import Modality
    from otel_genai_impact.inventory.assessing import Assessment
    from otel_genai_impact.inventory.resolved import Served


def print_explanation(options: Namespace) -> int:
    """Print the calculation as text or JSON; the exit code."""

    def show(explanation: dict[str, Any]) -> None:
        print(json.dumps(explanation, indent=2) if options.json else _as_text(explanation))

    def make(provider: str, model: str, asked: Asked) -> dict[str, Any]:
        if options.operation != media.TEXT:
            return _explain_media(provider, model, media.assess(provider, model, options))
        media.refuse_for_text(options)
        return explain(provider, model, **asked)

    return answer(options, make, show)


def explain(
    provider: str | None,
    model: str,
    *,
    output_tokens: float,
    latency_s: float | None = None,
    input_tokens: float | None = None,
    cached_tokens: float | None = None,
    serving: Serving = UNKNOWN,
    zone: str | None = None,
    method: str = DEFAULT_METHOD,
    config: str | None = None,
    data_version: str | None = None,
) -> dict[str, Any]:
    """The whole calculation of one request, in values that JSON has.

    Raises:
        LookupError: the inventory has no such model or zone.
        ValueError: a quantity is negative or not a number, or there is no such method.
    """
    unit = FunctionalUnit(
        output_tokens=output_tokens, latency_s=latency_s, input_tokens=input_tokens, cached_tokens=cached_tokens
    )
    catalog = catalog_for(method, zone=zone, config=config, data_version=data_version)
    served = serve(catalog, provider, model)
    assessment = assess(unit, served, serving, method, catalog.data_version)
    return {
        "asked": {"provider": provider, "model": model},
        **_based(served, assessment, model, catalog.archive),
        **_calculated(unit, served, serving.known_from(served.serving), assessment, catalog.archive),
        "estimate": as_report(provider or "", assessment),
    }


def _explain_media(provider: str, model: str, assessed: Assessed) -> dict[str, Any]:
    """The whole calculation of a request that makes no text."""
    calculated = media.calculated(assessed)
    return {
        "asked": {"provider": provider, "model": model},
        **_based(assessed.served, assessed.assessment, model, assessed.archive, assessed.model.modality),
        "factors": [_factor(factor) for factor in calculated["factors"]],
        "steps": [_step(step) for step in calculated["steps"]],
        "uncertainty": calculated["uncertainty"],
        "estimate": as_report(provider, assessed.assessment),
    }


def _based(
    served: Served, assessment: Assessment, name: str, archive: str | None, modality: Modality | None = None
) -> dict[str, Any]:
    """What of the inventory stands for what was asked, and what was assumed."""
    electricity = electricity_data(METHODS[assessment.method].electricity, archive)
    return {
        "found": {**_found(served, assessment, name), "electricity": electricity},
        "model": _about(served, found.about(served, archive, modality)),
        "assumptions": {code: ASSUMPTIONS.get(code, UNEXPLAINED) for code in assessment.assumptions},
    }


def _calculated(
    unit: FunctionalUnit, served: Served, serving: Serving, assessment: Assessment, archive: str | None
) -> dict[str, Any]:
    """What goes in and what comes out, and where the method knows its errors these, too."""
    if assessment.method == native_1.NAME:
        from otel_genai_impact.cli import calculation_native_1 as native

        market_in, market_out = found.contract(served, assessment, "E / 3.6e6")
        going_in, coming_out = native.factors(unit, served, serving, archive), native.steps(unit, served, serving)
        errors = {"uncertainty": native.error_sources(unit, served, serving)}
    else:
        market_in, market_out = found.contract(served, assessment, "E")
        going_in, coming_out, errors = factors(unit, served, archive), steps(unit, served, assessment.impacts), {}
    return {
        "factors": [_factor(factor) for factor in (*going_in, *market_in)],
        "steps": [_step(step) for step in (*coming_out, *market_out)],
        **errors,
    }


def _found(served: Served, assessment: Assessment, name: str) -> dict[str, str]:
    return {
        "model": served.entry.id,
        "how": found.how(served, name),
        "data_center": served.data_center.provider,
        "place": found.place(served),
        "zone": served.zone.code,
        "method": assessment.method,
        "data_version": assessment.data_version,
    }


def _about(served: Served, about: AboutModel | None) -> dict[str, Any]:
    """How good the model's numbers are, how its weights are stored, and under which licence."""
    grade, meaning = found.evidence(served, about)
    named = {"precision": about and about.precision, "licence": about and about.licence}
    return {
        "evidence": grade,
        "meaning": meaning,
        "basis": about and about.basis,
        **{key: None if value is None else {"name": value[0], **_origin(value[1])} for key, value in named.items()},
    }


def _factor(factor: Factor) -> dict[str, Any]:
    return {
        "symbol": factor.symbol,
        "name": factor.name,
        **_values(factor.value),
        "unit": factor.unit,
        **_origin(factor.origin),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "symbol": step.symbol,
        "name": step.name,
        "formula": step.formula,
        **_values(step.value),
        "unit": step.unit,
    }


def _values(value: Interval) -> dict[str, float]:
    return {"estimate": value.estimate, "low": value.low, "high": value.high}


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "sources": list(origin.sources),
        "checked": origin.checked,
        "unchecked": origin.unchecked,
        "reference": origin.reference,
        "years": origin.years,
    }


def _as_text(explanation: dict[str, Any]) -> str:
    asked, base, about = explanation["asked"], explanation["found"], explanation["model"]
    lines = [
        f"Asked: {asked['model']} of {asked['provider']}",
        f"Found: {base['model']}, by {base['how']}",
        f"Where: {base['place']}, electricity of {base['zone']}",
        f"By:    method {base['method']}, data {base['data_version']}, electricity data {base['electricity']}",
        f"Model: evidence {about['evidence']}: {about['meaning']}",
        *([f"       size from: {about['basis']}"] if about["basis"] else []),
        *(
            f"       {key} {about[key]['name']}: {_origin_text(about[key])}"
            for key in ("precision", "licence")
            if about[key]
        ),
        "",
        "Assumed",
        *([f"  {code}: {words}" for code, words in explanation["assumptions"].items()] or ["  nothing"]),
        "",
        "What goes in",
    ]
    sources: list[str] = []
    for factor in explanation["factors"]:
        text = _origin_text(factor)
        if text not in sources:
            sources.append(text)
        mark = f"[{sources.index(text) + 1}]"
        lines.append(f"  {factor['symbol']:<13}{_range(factor):<36}{factor['unit']:<13}{mark:<5}{factor['name']}")
    lines.extend(["", "From where", *(f"  [{number}] {text}" for number, text in enumerate(sources, start=1)), ""])
    lines.append("What comes out")
    for step in explanation["steps"]:
        lines.append(f"  {step['symbol']:<15}{_range(step):<36}{step['unit']:<9}{step['name']}")
        lines.append(f"  {'':<15}= {step['formula']}")
    if "uncertainty" in explanation:
        lines.extend(["", "Why the energy is not known better: the share of each error, and what helps"])
        lines.extend(
            f"  {error['share']:>6.1%}  {error['source']:<13}{error['what_helps']}"
            for error in explanation["uncertainty"]
        )
    return "\n".join([*lines, "", "In the units of the telemetry", as_text(explanation["estimate"])])


def _range(values: dict[str, Any]) -> str:
    if values["low"] == values["high"]:
        return f"{values['low']:.6g}"
    return f"{values['estimate']:.4g} ({values['low']:.4g} to {values['high']:.4g})"


def _origin_text(factor: dict[str, Any]) -> str:
    notes = [
        note
        for note in (
            factor["reference"],
            factor["years"],
            "not checked yet" if factor["unchecked"] else factor["checked"] and f"checked {factor['checked']}",
        )
        if note
    ]
    return " ".join(factor["sources"]) + (f" ({', '.join(notes)})" if notes else "")

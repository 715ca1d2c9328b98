"""`genai-impact compare`: models by tokens by zones, with intervals, and what may be said of them in order."""

from __future__ import annotations

import json
import sys
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._config import DEFAULT_METHOD
from otel_genai_impact.cli import prices
from otel_genai_impact.cli.equivalences import as_much_as, origin
from otel_genai_impact.cli.estimate import as_report
from otel_genai_impact.impacts.uncertainty import Sum
from otel_genai_impact.inventory.assessing import estimate
from otel_genai_impact.telemetry.summary import interval, number

if TYPE_CHECKING:
    from argparse import Namespace

    from otel_genai_impact.impacts.uncertainty import Uncertain
    from otel_genai_impact.inventory.assessing import Assessment

_FAILED: Final = 1
_WH_PER_J: Final = 1 / 3600
_QUANTITIES: Final = {"energy": "energy_j", "gwp": "gwp_kgco2eq", "wcf": "wcf_l"}
_COLUMNS: Final = (("energy", "energy", "Wh", _WH_PER_J), ("gwp", "CO2eq", "g", 1.0), ("wcf", "water", "L", 1.0))


def print_comparison(options: Namespace) -> int:
    """Print the comparison as text or JSON; the exit code."""
    try:
        comparison = compare(
            options.models,
            _counts(options.output_tokens),
            _zones(options.zone),
            options.requests,
            method=options.method,
            input_tokens=options.input_tokens,
            cached_tokens=options.cached_tokens,
            cost=options.cost,
            data_version=options.data_version,
        )
    except (LookupError, ValueError) as error:
        print(f"genai-impact compare: {error}", file=sys.stderr)
        return _FAILED
    print(json.dumps(comparison, indent=2) if options.json else _as_text(comparison))
    return 0


def compare(
    models: list[str],
    tokens: list[int],
    zones: list[str | None],
    requests: int = 1,
    *,
    method: str = DEFAULT_METHOD,
    input_tokens: int | None = None,
    cached_tokens: int | None = None,
    cost: bool = False,
    data_version: str | None = None,
) -> dict[str, Any]:
    """Each model with each count of output tokens in each zone, that with the least energy first; for so many requests.

    Raises:
        LookupError: the inventory has no such model or zone.
        ValueError: a model is not written `provider/model`, or a count is no count.
    """
    if requests < 1:
        raise ValueError(f"--requests is at least 1, got {requests}")
    rows: list[dict[str, Any]] = []
    known: dict[str, Assessment] = {}
    for model, output_tokens, zone in product(models, tokens, zones):
        provider, slash, name = model.partition("/")
        if not slash or not provider or not name:
            raise ValueError(f"a model is written provider/model, for example openai/gpt-4o, got {model!r}")
        assessment = estimate(
            provider,
            name,
            output_tokens=output_tokens,
            input_tokens=input_tokens,
            cached_tokens=cached_tokens,
            zone=zone,
            method=method,
            data_version=data_version,
        )
        report = as_report(provider, assessment)
        figures = {key: _times(report[key], requests) for key in ("energy", "gwp", "adpe", "pe", "wcf")}
        row = {"asked": model, "output_tokens": output_tokens, **report, **figures}
        if cost:
            row["cost"] = prices.as_report(prices.cost_of(provider, name, output_tokens=output_tokens * requests))
        rows.append(row)
        known[_label(row)] = assessment
    rows.sort(key=lambda row: row["energy"]["estimate"])
    in_order = len(tokens) == 1  # fewer tokens cost less, which says nothing of models
    ratios = _ratios(rows, known) if in_order else []
    by_ratio = _least_by_ratio(ratios)
    return {
        "requests": requests,
        "rows": rows,
        "surely_less": {key: by_ratio.get(key, _surely_less(rows, key)) for key, *_ in _COLUMNS} if in_order else {},
        "ratios": ratios,
        "as_much_as": [{"of": _label(rows[-1]), **known} for known in as_much_as(rows[-1])],
    }


def _times(figure: dict[str, Any], requests: int) -> dict[str, Any]:
    return {key: value * requests if isinstance(value, float) else value for key, value in figure.items()}


def _surely_less(rows: list[dict[str, Any]], key: str) -> str | None:
    """The row that has less than all others wherever in their intervals the truth lies; None if there is none."""
    least, *others = sorted(rows, key=lambda row: row[key]["high"])
    sure = others and all(least[key]["high"] < other[key]["low"] for other in others)
    return _label(least) if sure else None


def _ratios(rows: list[dict[str, Any]], known: dict[str, Assessment]) -> list[dict[str, Any]]:
    """How many times each other row the least one is, with the interval in which what both share cancels."""
    found: list[dict[str, Any]] = []
    for key, quantity in _QUANTITIES.items():
        least, *others = sorted(rows, key=lambda row: row[key]["estimate"])
        for other in others:
            mine, its = (getattr(known[_label(row)], quantity) for row in (least, other))
            if mine is not None and its is not None and its.median:
                ratio = _sum_of(mine).over(_sum_of(its))
                found.append({
                    "criterion": key, "least": _label(least), "other": _label(other),
                    "estimate": ratio.estimate, "low": ratio.low, "high": ratio.high,
                })  # fmt: skip
    return found


def _sum_of(quantity: Uncertain) -> Sum:
    alone = Sum()
    alone.add(quantity)
    return alone


def _least_by_ratio(ratios: list[dict[str, Any]]) -> dict[str, str | None]:
    """By criterion, the row that has less than each other one with at least 95 %."""
    found: dict[str, str | None] = {}
    for ratio in ratios:
        key = ratio["criterion"]
        found[key] = ratio["least"] if found.get(key, ratio["least"]) and ratio["high"] < 1 else None
    return found


def _label(row: dict[str, Any]) -> str:
    return f"{row['asked']}, {row['output_tokens']:,} tokens, {row['zone']}"


def _as_text(comparison: dict[str, Any]) -> str:
    requests = comparison["requests"]
    with_cost = ("cost",) if any("cost" in row for row in comparison["rows"]) else ()
    head = ("model", "tokens out", "zone", *(heading for _, heading, *_ in _COLUMNS), *with_cost)
    rows: list[tuple[str, ...]] = [head]
    for row in comparison["rows"]:
        cells = [_cell(row[key], unit, factor) for key, _, unit, factor in _COLUMNS]
        costs = [_cost(row["cost"]) for _ in with_cost]
        rows.append((row["asked"], f"{row['output_tokens']:,}", row["zone"], *cells, *costs))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    has_errors = bool(comparison["ratios"])
    range_, surely = ("90 % interval", "with at least 95 %") if has_errors else ("lowest-highest", "surely")
    lines = [f"{requests:,} request{'s' if requests > 1 else ''} of each: estimate ({range_})", ""]
    lines.extend("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    lines.append("")
    for key, heading, *_ in _COLUMNS:
        if key in comparison["surely_less"]:
            least = comparison["surely_less"][key]
            lines.append(
                f"{heading}: {least} has {surely} the least" if least else f"{heading}: none has {surely} the least"
            )
    for ratio in comparison["ratios"]:
        if ratio["criterion"] == "energy":
            bounds = f"{number(ratio['low'])}-{number(ratio['high'])}"
            lines.append(f"  {number(ratio['estimate'])} ({bounds}) times the energy of {ratio['other']}")
    lines.append(f"The largest is as much as ({comparison['as_much_as'][0]['of']})")
    for known in comparison["as_much_as"]:
        values = number(known["estimate"]), number(known["low"]), number(known["high"])
        lines.append(f"  {values[0]} ({values[1]}-{values[2]}) {known['what']}")
        lines.append(f"    {origin(known)}")
    sources = sorted({row["cost"]["source"] for row in comparison["rows"] if row.get("cost")})
    lines.extend(f"Costs: list prices of the tokens out, {source}." for source in sources)
    bases = sorted({f"{row['data_version']}, method {row['method']}" for row in comparison["rows"]})
    lines.extend(f"Data: {basis}." for basis in bases)
    lines.append("Modelled, not measured; the durations are the method's own.")
    return "\n".join(lines)


def _cell(figure: dict[str, Any], unit: str, factor: float) -> str:
    return interval([figure[bound] * factor for bound in ("estimate", "low", "high")], unit)


def _cost(cost: dict[str, Any] | None) -> str:
    return "unknown" if cost is None else f"{cost['usd']:.4g} USD"


def _counts(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"--output-tokens are whole numbers with commas, got {text!r}") from None


def _zones(text: str | None) -> list[str | None]:
    """Without any, each model's own."""
    return [part.strip() for part in text.split(",")] if text else [None]

"""`genai-impact models`, `zones` and `providers`: what the inventory has."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.cli.provenance import about_model, zone_origins
from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.electricity import inventory_with
from otel_genai_impact.inventory.providers import TABLES

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

_NOTHING_FOUND: Final = 1
_DASH: Final = "-"


def print_list(options: Namespace) -> int:
    """Print the rows in which the text that is searched for stands; the exit code is 1 if there are none."""
    headings, rows = LISTS[options.command](options)
    wanted = (options.search or "").casefold()
    found = [row for row in rows if any(wanted in str(cell).casefold() for cell in row)]
    if options.json:
        print(json.dumps([dict(zip(headings, row, strict=True)) for row in found], indent=2))
    elif found:
        print("\n".join(_aligned([headings, *(tuple(map(_text, row)) for row in found)])))
    if found:
        return 0
    print(f"genai-impact {options.command}: nothing has {options.search!r} in it", file=sys.stderr)
    return _NOTHING_FOUND


def _models(_: Namespace) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """Each name that a model goes by, with its size in 1e9 parameters."""
    known, rows = inventory(), list[tuple[Any, ...]]()
    for provider in known.tables:
        for name in sorted(known.model_names(provider)):
            entry = known.model(provider, name)
            about = None if entry is None else about_model(entry)
            if entry is not None and about is not None:
                active, total = entry.model.active_parameters_b, entry.model.total_parameters_b
                sizes = (active.low, active.high, total.low, total.high)
                named = (about.precision and about.precision[0], about.licence and about.licence[0])
                rows.append(
                    (
                        *(provider, name, entry.id, *sizes, about.evidence),
                        about.origin.check,
                        *named,
                        ", ".join(entry.assumptions) or None,
                    )
                )
    return (
        "provider",
        "name",
        "model",
        "active_low_b",
        "active_high_b",
        "total_low_b",
        "total_high_b",
        "evidence",
        "check",
        "precision",
        "licence",
        "assumed",
    ), rows


def _zones(options: Namespace) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """Each electricity zone, with what one kWh costs, and where and when from."""
    known, rows = inventory_with(options.electricity), list[tuple[Any, ...]]()
    for code in known.zone_codes:
        entry = known.zone(code)
        if entry is not None:
            mix = entry.electricity_mix
            figures = (mix.gwp_kgco2eq_per_kwh, mix.adpe_kgsbeq_per_kwh, mix.pe_mj_per_kwh, mix.wue_l_per_kwh)
            origins = zone_origins(code, options.electricity)
            rows.append((code, *figures, ", ".join(origins), ", ".join(entry.assumptions) or None))
    return ("zone", "kgCO2eq_per_kwh", "kgSbeq_per_kwh", "MJ_per_kwh", "L_per_kwh", "from", "assumed"), rows


def _providers(_: Namespace) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """Each provider with the spellings that telemetry has for it, its models and its data centre."""
    known, rows = inventory(), list[tuple[Any, ...]]()
    for provider in known.providers:
        center = known.data_center(provider)
        spellings = ", ".join(sorted(spelling for spelling, table in TABLES.items() if table == provider))
        figures = (None, None, None, None, None)
        if center is not None:
            pue, wue = center.data_center.pue, center.data_center.onsite_wue_l_per_kwh
            figures = (center.zone, pue.low, pue.high, wue.low, wue.high)
        rows.append((provider, len(tuple(known.model_names(provider))), *figures, spellings or None))
    return (
        ("provider", "names", "zone", "pue_low", "pue_high", "wue_low_l_per_kwh", "wue_high_l_per_kwh", "spellings"),
        rows,
    )


LISTS: Final[dict[str, Callable[[Namespace], tuple[Sequence[str], list[tuple[Any, ...]]]]]] = {
    "models": _models,
    "zones": _zones,
    "providers": _providers,
}


def _text(cell: object) -> str:
    if cell is None:
        return _DASH
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

"""Budgets: how much of 30 days' allowance is used, and how fast it goes. Reads the rules in alerts/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.grafana.board import board
from tools.grafana.panels import GRAM, JOULE, LITRE, SHARE, TIMES, Column, Line, lines, listing, note, ranking
from tools.grafana.promql import CHOSEN_SERVICE, ENERGY, GWP, SERVICE, WCF

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

_DAYS = "30d"
_BUDGETS = {
    ENERGY: "service:genai_impact_energy_joules:budget30d",
    GWP: "service:genai_impact_gwp_grams:budget30d",
    WCF: "service:genai_impact_wcf_L:budget30d",
}
_SERVICE = f"{{{{{SERVICE}}}}}"
_HOW = """\
Budgets are series: `service:genai_impact_energy_joules:budget30d`, `service:genai_impact_gwp_grams:budget30d` and
`service:genai_impact_wcf_L:budget30d`, in J, g and L for 30 days, one a service. Set them in
`alerts/budgets.rules.yml` of otel-genai-impact; `alerts/recording.rules.yml` makes the burn rates.

A burn rate of 1 uses a budget up in exactly 30 days, 2 in 15. This page is by service: the other variables do nothing here.
"""


def budgets() -> Dashboard:
    """What is used, then how fast."""
    dashboard = board(
        "budgets",
        "budgets",
        "How much of the services' budgets is used, and how fast. Needs the recording rules in alerts/.",
        since="now-7d",
    )
    for title, metric in (("Emissions", GWP), ("Energy", ENERGY), ("Water", WCF)):
        dashboard.with_panel(
            ranking(
                f"{title}: used of the budget",
                Line(f"sort_desc({_used(metric)} / {_budget(metric)})", _SERVICE),
                SHARE,
                "In the last 30 days.",
                width=8,
            )
        )
    for panel in (
        lines(
            "Burn rate of an hour",
            [_burn("1h")],
            TIMES,
            "1 uses the budget up in 30 days. Above 14.4 somebody is paged.",
        ),
        lines("Burn rate of a day", [_burn("1d")], TIMES, "1 uses the budget up in 30 days."),
        listing("Services with a budget", {SERVICE: "Service"}, _columns(), "In the last 30 days.", width=16),
        note("How to set a budget", _HOW, width=8),
    ):
        dashboard.with_panel(panel)
    return dashboard


def _used(metric: str) -> str:
    return f"sum by ({SERVICE}) (increase({metric}{{{CHOSEN_SERVICE}}}[{_DAYS}]))"


def _budget(metric: str) -> str:
    """Where several sources set a budget, the lowest holds: as the rules have it."""
    return f"min by ({SERVICE}) ({_BUDGETS[metric]}{{{CHOSEN_SERVICE}}})"


def _burn(window: str) -> Line:
    rates = f"service:genai_impact_budget_burn:rate{window}{{{CHOSEN_SERVICE}}}"
    return Line(f"max by ({SERVICE}, criterion) ({rates})", f"{_SERVICE}: {{{{criterion}}}}")


def _columns() -> list[Column]:
    return [
        Column("Emissions", f"{_used(GWP)} and {_budget(GWP)}", GRAM),
        Column("Emissions budget", _budget(GWP), GRAM),
        Column("Energy", f"{_used(ENERGY)} and {_budget(ENERGY)}", JOULE),
        Column("Energy budget", _budget(ENERGY), JOULE),
        Column("Water", f"{_used(WCF)} and {_budget(WCF)}", LITRE),
        Column("Water budget", _budget(WCF), LITRE),
    ]

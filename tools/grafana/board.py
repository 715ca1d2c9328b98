"""What all dashboards share: variables, links to each other, refresh."""

from __future__ import annotations

from typing import Final

from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink, DatasourceVariable, QueryVariable
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from tools.grafana import promql
from tools.grafana.panels import PROMETHEUS

TAG: Final = "genai-impact"
ALL: Final = VariableOption(selected=True, text=["All"], value=["$__all"])

# Each variable offers what the ones before it leave.
_VARIABLES: Final = {
    "service": ("Service", promql.SERVICE, ""),
    "provider": ("Provider", promql.PROVIDER, f'{promql.SERVICE}=~"$service"'),
    "model": ("Model", promql.MODEL, f'{promql.SERVICE}=~"$service", {promql.PROVIDER}=~"$provider"'),
    "tenant": ("Tenant", promql.TENANT, f'{promql.SERVICE}=~"$service"'),
}


def board(name: str, title: str, description: str, *, since: str) -> Dashboard:
    """An empty dashboard."""
    dashboard = (
        Dashboard(f"GenAI impact: {title}")
        .uid(f"genai-impact-{name}")
        .description(description)
        .tags([TAG])
        .editable()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time(since, "now")
        .refresh("1m")
        .timezone("browser")
        .link(_the_other_dashboards())
        .with_variable(DatasourceVariable("datasource").label("Data source").type("prometheus"))
    )
    for variable, (label, prometheus_label, conditions) in _VARIABLES.items():
        dashboard.with_variable(_choice(variable, label, prometheus_label, conditions))
    return dashboard


def _choice(name: str, label: str, prometheus_label: str, conditions: str) -> QueryVariable:
    """Values of a label. "All" is everything, series without the label too: not every application has tenants."""
    return (
        QueryVariable(name)
        .label(label)
        .datasource(PROMETHEUS)
        .query(f"label_values({promql.REQUESTS}{{{conditions}}}, {prometheus_label})")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".*")
        .current(ALL)
    )


def _the_other_dashboards() -> DashboardLink:
    return (
        DashboardLink("GenAI impact")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(as_dropdown=True)
        .include_vars(include_vars=True)
        .keep_time(keep_time=True)
    )

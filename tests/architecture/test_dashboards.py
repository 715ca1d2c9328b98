"""The Grafana dashboards say what the telemetry contract says, and look alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from otel_genai_impact import semconv

FOLDER = Path(__file__).parents[2] / "dashboards" / "grafana" / "dashboards"
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
PANELS = [
    pytest.param(panel, id=f"{name}: {panel['title']}")
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
]
UNITS = {"joule", "watt", "massg", "litre", "s", "percentunit", "reqps", "short", "suffix:x", "suffix: g/kWh"}
SUFFIXES = {semconv.UNIT_ENERGY: "_joules", semconv.UNIT_MASS: "_grams", semconv.UNIT_WATER: "_L"}
COUNTERS = {
    semconv.ENERGY: semconv.UNIT_ENERGY,
    semconv.ENERGY_LOW: semconv.UNIT_ENERGY,
    semconv.ENERGY_HIGH: semconv.UNIT_ENERGY,
    semconv.GWP: semconv.UNIT_MASS,
    semconv.GWP_LOW: semconv.UNIT_MASS,
    semconv.GWP_HIGH: semconv.UNIT_MASS,
    semconv.WCF: semconv.UNIT_WATER,
    semconv.REQUESTS: "",
}
OURS = {f"{name.replace('.', '_')}{SUFFIXES.get(unit, '')}_total" for name, unit in COUNTERS.items()}
OUR_HISTOGRAM = f"{semconv.REQUEST_ENERGY.replace('.', '_')}_joules_bucket"
OF_THE_INSTRUMENTATIONS = {"gen_ai_client_token_usage_sum", "gen_ai_client_operation_duration_seconds_bucket"}
OF_THE_RULES = re.compile(r"service:genai_impact_\w+:(budget30d|rate\w+)|model:genai_server_\w+:ratio_rate5m")


def test_there_is_one_for_each_reader() -> None:
    """Leaders, operators, those who choose models, those who doubt the figures, those who keep a budget."""
    assert ["budgets", "coverage", "models", "overview", "service"] == list(DASHBOARDS)
    assert {f"genai-impact-{name}" for name in DASHBOARDS} == {board["uid"] for board in DASHBOARDS.values()}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_dashboard_has_the_same_variables(name: str) -> None:
    """Data source, service, provider, model, tenant: a link from one to another keeps what was chosen."""
    variables = [variable["name"] for variable in DASHBOARDS[name]["templating"]["list"]]
    assert ["datasource", "service", "provider", "model", "tenant"] == variables


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    """A description; for figures, a unit that Grafana knows."""
    if panel["type"] == "text":
        assert panel["options"]["content"].strip()
        return
    assert panel["description"].endswith((".", "`."))
    configured = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
    units = {configured["defaults"].get("unit"), panel.get("options", {}).get("yAxis", {}).get("unit")}
    for override in configured["overrides"]:
        units |= {one["value"] for one in override["properties"] if one["id"] == "unit"}
    units.discard(None)
    assert units
    assert units <= UNITS


def test_every_query_asks_for_metrics_that_exist() -> None:
    """The names are the contract's, the official instrumentations' or the recording rules'."""
    asked = {
        name
        for board in DASHBOARDS.values()
        for panel in board["panels"]
        for target in panel.get("targets", [])
        for name in re.findall(r"([A-Za-z_:][\w:]*)\{", target["expr"])
    }
    unknown = {name for name in asked if not OF_THE_RULES.fullmatch(name)} - OF_THE_INSTRUMENTATIONS
    assert OURS | {OUR_HISTOGRAM} == unknown


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_do_not_overlap(name: str) -> None:
    """Each has its place, within the 24 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells

"""The Grafana dashboards are what Grafana's own schema allows, down to the options of each panel."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.collector import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = ROOT / "dashboards" / "grafana" / "schema"
DASHBOARDS = ROOT / "dashboards" / "grafana" / "dashboards"


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js, with the schema installed."""
    program = shutil.which("node")
    if program is None or not (SCHEMA / "node_modules" / "@grafana" / "schema").is_dir():
        pytest.fail("Grafana's schema is not installed: `make e2e` does that, and needs Node.js with npm")
    return program


def checked(node: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([node, "check.mjs", str(folder)], cwd=SCHEMA, capture_output=True, text=True, check=False)


def test_the_shipped_dashboards_are_valid(node: str) -> None:
    """TypeScript finds each of them to satisfy `Dashboard` of @grafana/schema."""
    result = checked(node, DASHBOARDS)
    assert 0 == result.returncode, result.stderr
    assert f"{len(list(DASHBOARDS.glob('*.json')))} dashboards are" in result.stdout


def unknown_key(dashboard: dict[str, Any]) -> None:
    dashboard["panles"] = []


def wrong_type(dashboard: dict[str, Any]) -> None:
    dashboard["panels"][0]["gridPos"]["w"] = "4"


def value_out_of_an_enum(dashboard: dict[str, Any]) -> None:
    dashboard["graphTooltip"] = 7


def unknown_option_of_a_panel(dashboard: dict[str, Any]) -> None:
    dashboard["panels"][0]["options"]["graphModus"] = "none"


def test_the_check_finds_mistakes(node: str, tmp_path: Path) -> None:
    """It is no check that accepts everything: each kind of mistake in a dashboard makes it fail, and is named."""
    mistakes = (unknown_key, wrong_type, value_out_of_an_enum, unknown_option_of_a_panel)
    for make in mistakes:
        dashboard = json.loads((DASHBOARDS / "overview.json").read_text(encoding="utf-8"))
        make(dashboard)
        (tmp_path / f"{make.__name__}.json").write_text(json.dumps(dashboard), encoding="utf-8")
    result = checked(node, tmp_path)
    assert 1 == result.returncode
    assert {make.__name__ for make in mistakes} == set(re.findall(r"^(\w+)\.ts", result.stderr, re.MULTILINE))

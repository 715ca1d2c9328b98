"""The shipped rules by themselves: promtool finds them right, and each alert has cases in which it fires and is silent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.collector import ROOT
from tests.e2e.history import promtool
from tests.e2e.prometheus import ALERTS, CONFIGURATION

if TYPE_CHECKING:
    from tools.find_prometheus import Programs

CASES = sorted((ALERTS / "tests").glob("*.test.yml"))
ALERT_NAMES = re.findall(r"- alert: (\w+)", (ALERTS / "alerts.rules.yml").read_text())
_CASE = re.compile(r"alertname: (\w+)(\n +exp_alerts:)?")


def test_promtool_accepts_configuration_and_rules(prometheus_programs: Programs) -> None:
    """The configuration finds the rule files beside it, and all of them are valid."""
    assert "3 rule files found" in promtool(prometheus_programs, "check", "config", str(CONFIGURATION))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_promtool_cases(prometheus_programs: Programs, case: object) -> None:
    """Over made-up series, alerts fire with the text that is written there, and are silent where they should be."""
    promtool(prometheus_programs, "test", "rules", str(case))


@pytest.mark.parametrize("alert", ALERT_NAMES)
def test_each_alert_fires_in_one_case_and_is_silent_in_another(alert: str) -> None:
    """No alert is shipped of which only one half was tried."""
    outcomes = [fires for path in CASES for name, fires in _CASE.findall(path.read_text()) if name == alert]
    assert any(outcomes)
    assert not all(outcomes)


@pytest.mark.parametrize("alert", ALERT_NAMES)
def test_the_runbook_says_what_to_do(alert: str) -> None:
    """Each alert's link leads to a heading of the runbook."""
    assert f"runbook_url: docs/runbook.md#{alert.lower()}\n" in (ALERTS / "alerts.rules.yml").read_text()
    assert f"\n## {alert}\n" in (ROOT / "docs" / "runbook.md").read_text()

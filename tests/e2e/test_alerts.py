"""Each alert, from figures of a week through the shipped rules, a real Prometheus and Alertmanager, to a webhook.

The week is made up and written with promtool, one service for each alert and one that gives no cause for any. What a
service did lately decides; the rules are those that are shipped.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.history import Workload, write_history, write_recorded_history
from tests.e2e.prometheus import Prometheus, running_alertmanager, running_prometheus
from tests.e2e.webhook import Webhook, webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tools.find_prometheus import Programs

SMALL, LARGE = "gpt-4o-mini", "gpt-4.1"
ALERTMANAGER_LIMIT_S = 60


def lately(hours: float, then: float, before: float) -> Callable[[float], float]:
    """One value in the last hours, another before."""
    return lambda hours_ago: then if hours_ago < hours else before


# Everyone asks 100 times an hour, for 1 kJ each, which is 10 g CO2eq an hour: a budget of 7.2 kg in 30 days.
WORKLOADS = (
    Workload(service="steady", model=SMALL),
    Workload(service="steady", model="our-own-model", energy_j=None, requests_per_h=lambda _: 10.0),
    Workload(service="burst", model=SMALL, requests_per_h=lately(1.2, then=2000.0, before=100.0)),
    Workload(service="creep", model=SMALL, requests_per_h=lately(80, then=140.0, before=100.0)),
    Workload(service="drift", model=SMALL, energy_j=lately(1.2, then=2500.0, before=1000.0)),
    Workload(service="switcher", model=SMALL, requests_per_h=lately(1.2, then=50.0, before=100.0)),
    Workload(
        service="switcher",
        model=LARGE,
        requests_per_h=lately(1.2, then=50.0, before=0.0),
        energy_j=lambda _: 4000.0,
    ),
    Workload(service="blind", model=SMALL, requests_per_h=lately(1.2, then=40.0, before=100.0)),
    Workload(
        service="blind",
        model="our-own-model",
        energy_j=None,
        requests_per_h=lately(1.2, then=60.0, before=0.0),
    ),
    Workload(service="silent", model=SMALL, ended_h_ago=1.0),
)
EXPECTED = {
    ("GenAIImpactBudgetBurnFast", "burst"),
    ("GenAIImpactBudgetBurnSlow", "creep"),
    ("GenAIImpactRequestAnomaly", "drift"),
    ("GenAIImpactModelSwitch", "switcher"),
    ("GenAIImpactCoverageFalling", "blind"),
    ("GenAIImpactNoData", "silent"),
}
COMPARED_WITH_ITS_PAST = "service_model:genai_impact_energy_joules_per_request:ratio_rate1h"


class Scenario(NamedTuple):
    prometheus: Prometheus
    hook: Webhook


@pytest.fixture(scope="module")
def scenario(prometheus_programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Generator[Scenario]:
    folder = tmp_path_factory.mktemp("alerts")
    budgets = folder / "budgets.yml"
    budgets.write_text(_budgets({"steady": 7500, "burst": 7500, "creep": 7500}))
    write_history(prometheus_programs, folder, WORKLOADS)
    with running_prometheus(prometheus_programs, folder) as prometheus:
        write_recorded_history(prometheus_programs, prometheus, folder, COMPARED_WITH_ITS_PAST)
    with (
        webhook() as hook,
        running_alertmanager(prometheus_programs, folder, hook.url) as alertmanager,
        running_prometheus(prometheus_programs, folder, alertmanager=alertmanager, budgets=budgets) as prometheus,
    ):
        yield Scenario(prometheus, hook)


def _budgets(grams_by_service: dict[str, float]) -> str:
    rules = (
        f'      - {{record: "service:genai_impact_gwp_grams:budget30d", expr: vector({grams}), '
        f"labels: {{service_name: {service}}}}}"
        for service, grams in grams_by_service.items()
    )
    return "\n".join(["groups:", "  - name: budgets", "    rules:", *rules, ""])


def test_each_alert_reaches_the_webhook_and_no_other(scenario: Scenario) -> None:
    """Each service is reported for what it does and for nothing else, and the steady one not at all."""
    scenario.prometheus.wait_for(lambda it: it.firing() >= EXPECTED)
    _wait_until(lambda: scenario.hook.told() >= EXPECTED)
    time.sleep(5)  # for what should not come
    assert EXPECTED == scenario.hook.told()


def test_no_rule_fails(scenario: Scenario) -> None:
    """Every expression can be evaluated over a week of figures."""
    unhealthy = {rule["name"]: rule.get("lastError") for rule in scenario.prometheus.rules() if rule["health"] == "err"}
    assert not unhealthy


def test_a_notification_says_what_is_wrong_and_what_to_do(scenario: Scenario) -> None:
    """Each has a summary with the service's name and a line of the runbook; its figures are rendered."""
    _wait_until(lambda: scenario.hook.told() >= EXPECTED)
    for alert in scenario.hook.alerts:
        annotations, labels = alert["annotations"], alert["labels"]
        assert labels["service_name"] in annotations["summary"]
        assert f"docs/runbook.md#{labels['alertname'].lower()}" == annotations["runbook_url"]
        assert labels["severity"] in {"page", "ticket"}
        assert "error" not in " ".join(annotations.values()).lower()


def test_where_nothing_ever_came_one_alert_says_so(prometheus_programs: Programs, tmp_path: Path) -> None:
    """An empty Prometheus reports that at all, once, and no service's silence."""
    with (
        webhook() as hook,
        running_alertmanager(prometheus_programs, tmp_path, hook.url) as alertmanager,
        running_prometheus(prometheus_programs, tmp_path, alertmanager=alertmanager) as prometheus,
    ):
        prometheus.wait_for(lambda it: it.firing())
        _wait_until(lambda: bool(hook.told()))
    assert {("GenAIImpactNoDataAtAll", "")} == hook.told()


def _wait_until(holds: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + ALERTMANAGER_LIMIT_S
    while not holds():
        assert time.monotonic() < give_up_at, "Alertmanager did not tell the webhook"
        time.sleep(0.2)

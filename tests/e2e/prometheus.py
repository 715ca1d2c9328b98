"""Run Prometheus and Alertmanager with the shipped files; only addresses and intervals are those of a test."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.e2e.collector import ROOT
from tests.e2e.processes import free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from tools.find_prometheus import Programs

CONFIGURATION = ROOT / "deploy" / "prometheus.yml"
ALERTMANAGER_CONFIGURATION = ROOT / "deploy" / "alertmanager.yml"
ALERTS = ROOT / "alerts"
NOBODY = "127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of the answer to an instant query."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    url: str
    data: Path

    def query(self, expression: str) -> list[Series]:
        """What an expression comes to now; an error of the expression raises."""
        result = self._get("query", query=expression)["result"]
        return [Series(labels=row["metric"], value=float(row["value"][1])) for row in result]

    def rules(self) -> list[dict[str, Any]]:
        """Every rule with its state, health and last error."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def recording_rules(self) -> list[str]:
        return sorted({rule["name"] for rule in self.rules() if rule["type"] == "recording"})

    def firing(self) -> set[tuple[str, str]]:
        """Name and service of each alert that fires."""
        alerts = (alert for alert in self._get("alerts")["alerts"] if alert["state"] == "firing")
        return {(alert["labels"]["alertname"], alert["labels"].get("service_name", "")) for alert in alerts}

    def exemplars(self, expression: str) -> list[dict[str, Any]]:
        now = time.time()
        series = self._get("query_exemplars", query=expression, start=str(now - 3600), end=str(now + 60))
        return [exemplar for one in series for exemplar in one["exemplars"]]

    def _get(self, what: str, **parameters: str) -> Any:
        with urlopen(f"{self.url}/api/v1/{what}?{urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def wait_for(self, holds: Callable[[Prometheus], object], timeout_s: float = 90) -> None:
        give_up_at = time.monotonic() + timeout_s
        while not holds(self):
            assert time.monotonic() < give_up_at, f"Prometheus did not come to it in {timeout_s} s"
            time.sleep(0.3)


@contextlib.contextmanager
def running_prometheus(
    programs: Programs,
    folder: Path,
    *,
    scrape: str = NOBODY,
    alertmanager: str = NOBODY,
    budgets: Path | None = None,
) -> Generator[Prometheus]:
    """Prometheus with the shipped configuration and rules, evaluated every second.

    Args:
        programs: where the programs are.
        folder: for its configuration, log and data, which may be there already.
        scrape: the Collector's scrape endpoint.
        alertmanager: where alerts go.
        budgets: a rule file with budgets; None: the shipped one.
    """
    listen, data = f"127.0.0.1:{free_port()}", folder / "data"
    configuration = folder / "prometheus.yml"
    replacements = {
        "../alerts/budgets.rules.yml": str(budgets or ALERTS / "budgets.rules.yml"),
        "../alerts/": f"{ALERTS}/",
        "scrape_interval: 15s": "scrape_interval: 1s",
        "evaluation_interval: 1m": "evaluation_interval: 1s",
        "127.0.0.1:9464": scrape,
        "127.0.0.1:9093": alertmanager,
    }
    configuration.write_text(_replaced(CONFIGURATION.read_text(), replacements))
    command = [
        programs.prometheus,
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={listen}",
        "--web.enable-remote-write-receiver",
        "--enable-feature=exemplar-storage",
        "--rules.alert.resend-delay=2s",  # what fires before Alertmanager is discovered would wait for a minute
    ]
    with running(command, folder / "prometheus.log", f"http://{listen}/-/ready"):
        yield Prometheus(url=f"http://{listen}", data=data)


@contextlib.contextmanager
def running_alertmanager(programs: Programs, folder: Path, webhook_url: str) -> Generator[str]:
    """Alertmanager with the shipped routes, which tells the webhook at once; gives its address."""
    listen = f"127.0.0.1:{free_port()}"
    configuration = folder / "alertmanager.yml"
    replacements = {"http://127.0.0.1:9095/": webhook_url, "group_wait: 10s": "group_wait: 2s"}
    configuration.write_text(_replaced(ALERTMANAGER_CONFIGURATION.read_text(), replacements))
    command = [
        programs.alertmanager,
        f"--config.file={configuration}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={listen}",
        "--cluster.listen-address=",
    ]
    with running(command, folder / "alertmanager.log", f"http://{listen}/-/ready"):
        yield listen


def _replaced(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        assert old in text, f"the shipped file no longer says {old!r}"
        text = text.replace(old, new)
    return text

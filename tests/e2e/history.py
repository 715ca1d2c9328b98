"""A past for Prometheus: what services did over the last eight days, written by promtool as if it had been scraped."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from pathlib import Path

    from tests.e2e.prometheus import Prometheus
    from tools.find_prometheus import Programs

DAYS = 8
STEP_S, RECENT_STEP_S = 600, 60  # the last hours are finer, as rates over minutes need it
RECENT_H = 7
GWP_G_PER_J, WCF_L_PER_J = 1e-4, 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a service asked of one model. Functions take how many hours ago it was.

    Attributes:
        energy_j: of one request; None: its requests have no estimate.
        ended_h_ago: since when nothing has come from it any more.
    """

    service: str
    model: str
    requests_per_h: Callable[[float], float] = field(default=lambda _: 100.0)
    energy_j: Callable[[float], float] | None = field(default=lambda _: 1000.0)
    provider: str = "openai"
    tenant: str = "acme"
    ended_h_ago: float = 0.0

    @property
    def labels(self) -> str:
        estimated = {
            "tenant": self.tenant,
            "genai_impact_model": self.model,
            "genai_impact_zone": "USA",
            "genai_impact_method": "ecologits-0.11",
            "genai_impact_source": "modelled",
        }
        labels = {
            "job": self.service,
            "service_name": self.service,
            "instance": f"past-of-{self.service}",
            "gen_ai_provider_name": self.provider,
            "gen_ai_response_model": self.model,
            "gen_ai_operation_name": "chat",
            **(estimated if self.energy_j else {"genai_impact_not_estimated": "unknown_model"}),
        }
        return ",".join(f'{name}="{value}"' for name, value in labels.items())


def write_history(programs: Programs, folder: Path, workloads: Iterable[Workload]) -> None:
    """Puts the past of the workloads into the data folder of a Prometheus that is not running."""
    text = folder / "history.txt"
    with text.open("w") as file:
        file.writelines(_document(list(workloads), now_s=int(time.time())))
    duration = (
        f"--max-block-duration={DAYS * 24}h"  # one block instead of hundred: promtool reads the text once a block
    )
    promtool(programs, "tsdb", "create-blocks-from", "openmetrics", duration, str(text), str(folder / "data"))


def write_recorded_history(programs: Programs, prometheus: Prometheus, folder: Path, record: str) -> None:
    """What one of the recording rules would have recorded, had it been there; for the next start on the same data.

    One of them only: promtool writes a block for every rule and every two hours.
    """
    [expression] = {rule["query"] for rule in prometheus.rules() if rule["name"] == record}
    rules = folder / "history.rules.yml"
    rule = {"record": record, "expr": expression}
    rules.write_text(json.dumps({"groups": [{"name": "history", "rules": [rule]}]}))  # JSON is YAML
    now_s = int(time.time())
    window = [f"--start={now_s - DAYS * 86400}", f"--end={now_s}", "--eval-interval=4m"]
    command = ["tsdb", "create-blocks-from", "rules", f"--url={prometheus.url}", f"--output-dir={prometheus.data}"]
    promtool(programs, *command, *window, str(rules))


def promtool(programs: Programs, *arguments: str) -> str:
    result = subprocess.run([programs.promtool, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, f"promtool {' '.join(arguments)}\n{result.stdout}{result.stderr}"
    return result.stdout


def _document(workloads: list[Workload], now_s: int) -> Generator[str]:
    estimated = [workload for workload in workloads if workload.energy_j]
    yield from _family("genai_impact_requests", workloads, now_s, lambda _: 1.0)
    for name, per_j in (("energy_joules", 1.0), ("gwp_grams", GWP_G_PER_J), ("wcf_L", WCF_L_PER_J)):
        yield from _family(f"genai_impact_{name}", estimated, now_s, lambda energy_j, per_j=per_j: energy_j * per_j)
    yield "# EOF\n"


def _family(
    name: str, workloads: list[Workload], now_s: int, amount_of_request: Callable[[float], float]
) -> Generator[str]:
    yield f"# TYPE {name} counter\n"
    for workload in workloads:
        total, before_s = 0.0, now_s - DAYS * 86400
        for at_s in _times(now_s):
            hours_ago = (now_s - at_s) / 3600
            if hours_ago < workload.ended_h_ago:
                break
            energy_j = workload.energy_j(hours_ago) if workload.energy_j else 0.0
            requests = workload.requests_per_h(hours_ago) * (at_s - before_s) / 3600
            total, before_s = total + requests * amount_of_request(energy_j), at_s
            yield f"{name}_total{{{workload.labels}}} {total} {at_s}\n"


def _times(now_s: int) -> Generator[int]:
    start_s, recent_s = now_s - DAYS * 86400, now_s - RECENT_H * 3600
    yield from range(start_s, recent_s, STEP_S)
    yield from range(recent_s, now_s + 1, RECENT_STEP_S)

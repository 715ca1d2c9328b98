"""Write alerts/recording.rules.yml, the same sums over every level and window, so that none is forgotten or differs.

    python tools/recording_rules.py            # writes the file
    python tools/recording_rules.py --check    # 1 if the file is not what this writes

Names follow the convention of Prometheus, level:metric:operation.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
FILE: Final = ROOT / "alerts" / "recording.rules.yml"


class Level(NamedTuple):
    """Over what is summed: the first part of a rule's name, and the labels that stay."""

    name: str
    labels: str
    unestimated_known: bool = True  # whether requests without an estimate carry these labels, too


class Criterion(NamedTuple):
    """What is summed: its short name, and its counter less `_total`."""

    name: str
    metric: str


SERVICE: Final = Level("service", "service_name")
SERVICE_MODEL: Final = Level("service_model", "service_name, gen_ai_response_model")
LEVELS: Final = (
    SERVICE,
    Level("model", "gen_ai_response_model"),
    Level("provider", "gen_ai_provider_name"),
    Level("tenant", "tenant", unestimated_known=False),
)
ENERGY: Final = Criterion("energy", "genai_impact_energy_joules")
CRITERIA: Final = (ENERGY, Criterion("gwp", "genai_impact_gwp_grams"), Criterion("wcf", "genai_impact_wcf_L"))
REQUESTS: Final = "genai_impact_requests"
ESTIMATED: Final = "genai_impact_estimated_requests"
BURN_WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
BUDGET_DAYS: Final = 30

HEAD: Final = """\
# Written by tools/recording_rules.py; change that, and run it again.
#
# level:metric:operation. Levels: service, model, provider, tenant (by the label `tenant`, which the applications' setting
# GENAI_IMPACT_METRIC_ATTRIBUTES=tenant makes), service_model. Rates are a second: J/s are watts.
groups:"""


class Rule(NamedTuple):
    """One recording rule."""

    record: str
    expr: str
    labels: str = ""


def main() -> int:
    """Write the file, or compare it."""
    text = document()
    if "--check" not in sys.argv:
        FILE.write_text(text)
        return 0
    if FILE.exists() and FILE.read_text() == text:
        return 0
    print(f"{FILE.relative_to(ROOT)} is not what tools/recording_rules.py writes; run it", file=sys.stderr)
    return 1


def document() -> str:
    """The whole file."""
    groups = {
        "genai-impact-rates": _rates(),
        "genai-impact-per-request": _per_request(),
        "genai-impact-coverage": _coverage(),
        "genai-impact-history": _history(),
        "genai-impact-budget-burn": _budget_burn(),
    }
    return "\n".join([HEAD, *(line for name, rules in groups.items() for line in _group(name, rules)), ""])


def _group(name: str, rules: Iterable[Rule]) -> Iterator[str]:
    yield f"  - name: {name}"
    yield "    rules:"
    for rule in rules:
        yield f"      - record: {rule.record}"
        yield f"        expr: {rule.expr}"
        if rule.labels:
            yield f"        labels: {{{rule.labels}}}"


def rate(metric: str, level: Level, window: str) -> str:
    """The name under which a rate is recorded."""
    return f"{level.name}:{metric}:rate{window}"


def _sum_of_rate(counter: str, level: Level, window: str) -> str:
    """A window is a length of time, or a length and how long ago it ended: `1d before 1h`."""
    length, _, offset = window.partition(" before ")
    selected = f"{counter}[{length}] offset {offset}" if offset else f"{counter}[{length}]"
    return f"sum by ({level.labels}) (rate({selected}))"


def _estimated(level: Level, window: str) -> str:
    return _sum_of_rate(f'{REQUESTS}_total{{genai_impact_not_estimated=""}}', level, window)


def _rates() -> Iterator[Rule]:
    """Energy, CO2eq, water and requests by each level."""
    for level in LEVELS:
        for metric in (*(criterion.metric for criterion in CRITERIA), REQUESTS):
            yield Rule(rate(metric, level, "5m"), _sum_of_rate(f"{metric}_total", level, "5m"))
        yield Rule(rate(ESTIMATED, level, "5m"), _estimated(level, "5m"))


def _per_request() -> Iterator[Rule]:
    """What an estimated request comes to on average. Where there was none, there is no figure, and not 0."""
    for level in LEVELS:
        for criterion in CRITERIA:
            yield Rule(
                f"{level.name}:{criterion.metric}_per_request:ratio_rate5m",
                _ratio_per_request(criterion, level, "5m"),
            )


def _ratio_per_request(criterion: Criterion, level: Level, window: str) -> str:
    # From the counters, not from the rates above: so `promtool tsdb create-blocks-from rules` can fill in the past.
    return f"{_sum_of_rate(f'{criterion.metric}_total', level, window)} / ({_estimated(level, window)} > 0)"


def _coverage() -> Iterator[Rule]:
    """The share of requests that has an estimate: 0 where none of them has one, no figure where there was none."""
    for level in LEVELS:
        if level.unestimated_known:
            yield _coverage_rule(level, "5m")
    yield _coverage_rule(SERVICE, "1h")
    yield _coverage_rule(SERVICE, "1d before 1h")


def _coverage_rule(level: Level, window: str) -> Rule:
    operation = f"ratio_rate{window.replace(' before 1h', '_before')}"
    requests = _sum_of_rate(f"{REQUESTS}_total", level, window)
    share = f"({_estimated(level, window)} or {requests} * 0) / ({requests} > 0)"
    return Rule(f"{level.name}:genai_impact_coverage:{operation}", share)


def _history() -> Iterator[Rule]:
    """The last hour, and the day before it: what the alerts on changes compare."""
    for level in (SERVICE, SERVICE_MODEL):
        for operation, window in (("rate1h", "1h"), ("rate1d_before", "1d before 1h")):
            yield Rule(f"{level.name}:{ESTIMATED}:{operation}", _estimated(level, window))
            yield Rule(
                f"{level.name}:{ENERGY.metric}_per_request:ratio_{operation}", _ratio_per_request(ENERGY, level, window)
            )


def _budget_burn() -> Iterator[Rule]:
    """How many times faster than the budget allows it is spent: at 1, it is used up when its 30 days are."""
    for criterion in CRITERIA:
        allowed = f"min by (service_name) (service:{criterion.metric}:budget{BUDGET_DAYS}d) / ({BUDGET_DAYS} * 86400)"
        for window in BURN_WINDOWS:
            spent = _sum_of_rate(f"{criterion.metric}_total", SERVICE, window)
            yield Rule(
                f"service:genai_impact_budget_burn:rate{window}",
                f"{spent} / ({allowed})",
                f"criterion: {criterion.name}",
            )


if __name__ == "__main__":
    sys.exit(main())

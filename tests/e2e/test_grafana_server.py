"""The panel of what servers of one's own measured: its queries over the shipped rules, and made-up series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.e2e.history import promtool
from tests.e2e.prometheus import ALERTS
from tests.e2e.test_grafana_queries import ALL, DASHBOARDS, put_in

if TYPE_CHECKING:
    from pathlib import Path

    from tools.find_prometheus import Programs

_QUERIES = [
    target["expr"]
    for dashboard in DASHBOARDS.values()
    for panel in dashboard["panels"]
    for target in panel.get("targets", [])
    if "genai_server" in target["expr"]
]
_OF_APPLICATION = 'gen_ai_provider_name="vllm", service_name="chat", tenant="a"'


def test_the_panel_has_measured_beside_estimated(prometheus_programs: Programs, tmp_path: Path) -> None:
    """300 W of a GPU for 100 tokens a second are 3,000 J for 1,000; 420 W estimated are 4,200 J. Hosted models are not in the panel."""
    measured, estimated = (put_in(query, ALL | {"$__rate_interval": "5m"}) for query in _QUERIES)
    case = {
        "rule_files": [str(ALERTS / "server.rules.yml")],
        "evaluation_interval": "1m",
        "group_eval_order": ["genai-server-energy", "genai-server-per-token"],
        "tests": [
            {
                "interval": "15s",
                "input_series": [
                    _series('vllm:generation_tokens_total{namespace="llm", pod="0", model_name="qwen"}', 1500),
                    _series('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{namespace="llm", pod="0", gpu="0"}', 4_500_000),
                    *_estimated("qwen", joules=6300, tokens=1500),
                    *_estimated("gpt-4o-mini", joules=900, tokens=1500),
                ],
                "promql_expr_test": [_gives(measured, 3000), _gives(estimated, 4200)],
            }
        ],
    }
    path = tmp_path / "panel.test.yml"
    path.write_text(yaml.safe_dump(case), encoding="utf-8")
    promtool(prometheus_programs, "test", "rules", str(path))


def _estimated(model: str, *, joules: int, tokens: int) -> list[dict[str, str]]:
    labels = f'{_OF_APPLICATION}, gen_ai_response_model="{model}"'
    return [
        _series(f"genai_impact_energy_joules_total{{{labels}}}", joules),
        _series(f'gen_ai_client_token_usage_sum{{{labels}, gen_ai_token_type="output"}}', tokens),
        _series(f'gen_ai_client_token_usage_sum{{{labels}, gen_ai_token_type="input"}}', 7 * tokens),
    ]


def _series(name: str, each_15_s: int) -> dict[str, str]:
    return {"series": name, "values": f"0+{each_15_s}x80"}


def _gives(query: str, joules: int) -> dict[str, object]:
    sample = {"labels": '{gen_ai_response_model="qwen"}', "value": joules}
    return {"expr": f"round({query})", "eval_time": "15m", "exp_samples": [sample]}

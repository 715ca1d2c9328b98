"""From `attribute_to` in an application to a report by tenant: what the metrics say and what the report says is one thing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from opentelemetry import baggage, context

from otel_genai_impact import attribute_to
from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report.command import read_files
from tests.kit.otlp_json import line, lines, span
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from pathlib import Path

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact.cli.report.totals import Sums

MODELS = ("gpt-4o", "gpt-4o-mini", "nobody-knows-it")


def _as_json(ended: ReadableSpan) -> dict[str, object]:
    assert ended.context is not None
    assert ended.start_time is not None
    assert ended.end_time is not None
    said = {key: list(item) if isinstance(item, tuple) else item for key, item in (ended.attributes or {}).items()}
    return span(
        ended.context.span_id, said, trace=ended.context.trace_id, seconds=(ended.end_time - ended.start_time) / 1e9
    )


def _in_metrics(telemetry: Telemetry, tenant: str | None) -> dict[str, float]:
    """The sums of the counters over the estimated requests of a tenant."""
    found: dict[str, float] = {}
    for name, said, value in telemetry.points():
        if said.get("tenant") == tenant and "genai_impact.not_estimated" not in said:
            found[name] = found.get(name, 0.0) + value
    return {
        name: found[f"genai_impact.{name}"] for name in ("requests", "energy", "energy_low", "gwp", "gwp_high", "wcf")
    }


def _in_report(sums: Sums) -> dict[str, float]:
    return {
        "requests": sums.estimated,
        "energy": sums.energy.estimate,
        "energy_low": sums.energy.low,
        "gwp": sums.gwp.estimate,
        "gwp_high": sums.gwp.high,
        "wcf": sums.wcf.estimate,
    }


def test_the_report_by_tenant_is_the_metrics_by_tenant(tmp_path: Path) -> None:
    """400 requests of two tenants by block, one by baggage and some of nobody: the same requests, J, g and L for each."""
    telemetry = Telemetry({"metric_attributes": "tenant", "histograms": "none"})
    chosen = random.Random(9)
    for _ in range(400):
        tenant = chosen.choice(("acme", "globex", "of-baggage", None))
        changes = {
            "gen_ai.request.model": chosen.choice(MODELS),
            "gen_ai.usage.output_tokens": chosen.randrange(1, 900),
        }
        seconds = chosen.uniform(0.1, 9.0)
        if tenant == "of-baggage":
            token = context.attach(baggage.set_baggage("tenant", tenant))
            telemetry.request(changes, seconds=seconds)
            context.detach(token)
        elif tenant is None:
            telemetry.request(changes, seconds=seconds)
        else:
            with attribute_to(tenant=tenant):
                telemetry.request(changes, seconds=seconds)
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(*map(_as_json, telemetry.spans))]), encoding="utf-8")
    summary = read_files([str(path)], Settings(), ("tenant",)).summary
    report = dict(summary.by_dimension("tenant"))
    assert {"acme", "globex", "of-baggage", None} == set(report)
    assert 400 == sum(sums.requests for sums in report.values()) > summary.total.estimated > 200
    assert 0 == summary.total.recomputed
    for tenant, sums in report.items():
        assert pytest.approx(_in_metrics(telemetry, tenant), rel=1e-12) == _in_report(sums), tenant

"""The example application's figures in a real Prometheus, scraped and pushed: every shipped rule has data."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.e2e.browser import LARGEST_PICTURE_BYTES, open_page, take_picture
from tests.e2e.observed import SERVICE, Observed, observed

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.kit.otlp_sink import OtlpSink
    from tools.find_prometheus import Programs


@pytest.fixture(scope="module", params=["scrape", "remote_write"])
def installation(
    request: pytest.FixtureRequest,
    otelcol: Path,
    prometheus_with_pages: Programs,
    backend: OtlpSink,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Observed]:
    folder = tmp_path_factory.mktemp("prometheus")
    with observed(otelcol, prometheus_with_pages, folder, backend, way=request.param) as running:
        yield running


def test_every_recording_rule_has_data(installation: Observed) -> None:
    """Each of them has a figure within seconds, and none fails."""
    prometheus = installation.prometheus
    names = prometheus.recording_rules()
    assert len(names) > 40
    prometheus.wait_for(lambda it: not [name for name in names if not it.query(name)])
    unhealthy = {rule["name"]: rule.get("lastError") for rule in prometheus.rules() if rule["health"] == "err"}
    assert not unhealthy


def test_the_application_is_there_by_every_label(installation: Observed) -> None:
    """What comes from the application itself, and not from its past, is told apart by model, provider and tenant."""
    live = f'{{service_name="{SERVICE}", instance!~"past.*"}}'
    prometheus = installation.prometheus
    prometheus.wait_for(
        lambda it: len(it.query(f"count by (gen_ai_response_model) (genai_impact_requests_total{live})")) >= 4
    )
    by_label = {
        label: {
            series.labels.get(label)
            for series in prometheus.query(f"sum by ({label}) (genai_impact_energy_joules_total{live})")
        }
        for label in ("gen_ai_response_model", "gen_ai_provider_name", "tenant")
    }
    assert {
        "gen_ai_response_model": {"gpt-4o-mini", "gpt-4.1", "claude-haiku-4-5"},
        "gen_ai_provider_name": {"openai", "anthropic"},
        "tenant": {"acme", "globex"},
    } == by_label
    [reason] = prometheus.query(
        f"count by (gen_ai_response_model) (genai_impact_requests_total{live[:-1]}, genai_impact_not_estimated='unknown_model'}})"
    )
    assert {"gen_ai_response_model": "our-own-model"} == reason.labels


def test_recorded_figures_are_in_order(installation: Observed) -> None:
    """A model's joules a second over its requests a second are its joules a request; coverage is a share."""
    prometheus = installation.prometheus

    def of_service(rule: str) -> str:
        return f'service:genai_impact_{rule}{{service_name="{SERVICE}"}}'

    rates = of_service("energy_joules:rate5m"), of_service("estimated_requests:rate5m")
    rules = " / on () ".join((*rates, of_service("energy_joules_per_request:ratio_rate5m")))
    # Of one moment; and not of one at which the rules are worked out, when some are newer than others.
    prometheus.wait_for(lambda it: pytest.approx(1, rel=0.2) == it.query(rules)[0].value)
    [coverage] = prometheus.query(of_service("coverage:ratio_rate5m"))
    assert 0.5 < coverage.value < 1
    assert {"energy", "gwp", "wcf"} == {
        series.labels["criterion"] for series in prometheus.query(of_service("budget_burn:rate1h"))
    }


def test_exemplars_lead_to_traces(installation: Observed) -> None:
    """Prometheus keeps the trace ids that the histogram's buckets carry, however they came."""
    installation.prometheus.wait_for(lambda it: it.exemplars("genai_impact_request_energy_joules_bucket"))
    exemplars = installation.prometheus.exemplars("genai_impact_request_energy_joules_bucket")
    assert all(len(exemplar["labels"]["trace_id"]) == 32 for exemplar in exemplars)


def test_its_page_draws_the_power_of_each_model(installation: Observed, browser: Browser, tmp_path: Path) -> None:
    """The graph has an area for each model and tenant, named below it; docs/backends.md has the picture."""
    live = f"{{service_name='{SERVICE}', instance!~'past.*'}}"
    power_w = f"sum by (gen_ai_response_model, tenant) (rate(genai_impact_energy_joules_total{live}[20s]))"
    # Of most of the time that the page draws: an area of one point has no width, and there is nothing to see of it.
    installation.prometheus.wait_for(lambda it: len(it.query(f"count_over_time(({power_w})[12s:1s]) >= 10")) >= 4)
    question = {"g0.expr": power_w, "g0.tab": "0", "g0.range_input": "15s", "g0.stacked": "1"}
    url = f"{installation.prometheus.url}/graph?{urlencode(question)}"
    page = open_page(browser, url, width_px=1184, height_px=860)
    page.get_by_text('gen_ai_response_model="gpt-4o-mini"').first.wait_for()
    shown = page.locator("body").inner_text()
    drawn = {series.labels["gen_ai_response_model"] for series in installation.prometheus.query(power_w)}
    assert drawn == {model for model in drawn if f'gen_ai_response_model="{model}"' in shown}
    assert "genai_impact_energy_joules_total" in page.content() + shown
    page.locator("svg path:visible, canvas:visible").first.wait_for()
    assert 0 < take_picture(page, "prometheus.png", tmp_path) < LARGEST_PICTURE_BYTES

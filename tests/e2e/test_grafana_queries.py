"""Every query of every Grafana dashboard, asked of a real Prometheus that has a real application's telemetry."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.e2e.collector import ROOT
from tests.e2e.observed import SERVICE, Observed, observed

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.e2e.prometheus import Prometheus
    from tests.kit.otlp_sink import OtlpSink
    from tools.find_prometheus import Programs

DASHBOARDS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "dashboards" / "grafana" / "dashboards").glob("*.json"))
}
# What Grafana puts in for its variables. "All" is the `allValue` of the dashboards.
TIMES = {"$__range": "5m", "$__interval": "10s", "$__rate_interval": "10s"}
ALL = {"$service": ".*", "$provider": ".*", "$model": ".*", "$tenant": ".*"}
CHOSEN = {"$service": SERVICE, "$provider": "(openai|anthropic)", "$model": "gpt-4o-mini", "$tenant": "acme"}
SECONDS_FOR_THE_FIRST_FIGURES = 60


class Query(NamedTuple):
    """A query of a panel, as the dashboard has it."""

    dashboard: str
    panel: str
    expression: str


QUERIES = [
    Query(name, panel["title"], target["expr"])
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
    for target in panel.get("targets", [])
    if "genai_server" not in target["expr"]  # of servers of one's own: test_grafana_server.py
]


@pytest.fixture(scope="module")
def installation(
    otelcol: Path, prometheus_programs: Programs, backend: OtlpSink, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Observed]:
    folder = tmp_path_factory.mktemp("grafana")
    with observed(otelcol, prometheus_programs, folder, backend, way="scrape") as running:
        yield running


@pytest.fixture(scope="module")
def prometheus(installation: Observed) -> Prometheus:
    return installation.prometheus


def put_in(expression: str, variables: dict[str, str]) -> str:
    """The expression as Grafana sends it. The longest name first: `$__range` is the start of nothing else."""
    for name, value in sorted((TIMES | variables).items(), key=lambda variable: -len(variable[0])):
        expression = expression.replace(name, value)
    assert "$" not in expression
    return expression


def figures(prometheus: Prometheus, expression: str) -> list[float]:
    values = [series.value for series in prometheus.query(expression)]
    return [value for value in values if math.isfinite(value)]


def options_of(prometheus: Prometheus, variable: dict[str, Any]) -> list[str]:
    """What Grafana offers for a variable `label_values(selector, label)`."""
    found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"])
    assert found
    parameters = urlencode({"match[]": put_in(found[1], ALL)})
    with urlopen(f"{prometheus.url}/api/v1/label/{found[2]}/values?{parameters}", timeout=30) as answer:
        return json.load(answer)["data"]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.dashboard}: {query.panel}")
def test_every_query_returns_figures(prometheus: Prometheus, query: Query) -> None:
    """No panel stays empty while an application works: each query gives at least one finite figure."""
    expression = put_in(query.expression, ALL)
    prometheus.wait_for(lambda it: figures(it, expression), SECONDS_FOR_THE_FIRST_FIGURES)


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_every_variable_has_options(prometheus: Prometheus, dashboard: str) -> None:
    """The service, both providers, the models and both tenants can be chosen."""
    variables = {variable["name"]: variable for variable in DASHBOARDS[dashboard]["templating"]["list"]}
    assert "prometheus" == variables.pop("datasource")["query"]
    expected = {
        "service": {SERVICE},
        "provider": {"openai", "anthropic"},
        "model": {"gpt-4o-mini", "gpt-4.1", "our-own-model", "claude-haiku-4-5"},
        "tenant": {"acme", "globex"},
    }
    prometheus.wait_for(
        lambda it: all(set(options_of(it, variables[name])) >= options for name, options in expected.items())
    )
    assert set(expected) == set(variables)


def test_what_is_chosen_is_what_is_shown(prometheus: Prometheus) -> None:
    """With one model and one tenant chosen, tables and rankings have that model only, and totals get smaller."""
    [by_model] = [query for query in QUERIES if query[:2] == ("overview", "The ten models that emit most")]
    prometheus.wait_for(lambda it: len(figures(it, put_in(by_model.expression, ALL))) >= 3)
    models = {
        series.labels["gen_ai_response_model"] for series in prometheus.query(put_in(by_model.expression, CHOSEN))
    }
    assert {"gpt-4o-mini"} == models


def test_bounds_enclose_the_estimate(prometheus: Prometheus) -> None:
    """In the band of the energy of a request, low <= estimate <= high."""
    low, estimate, high = (
        put_in(query.expression, ALL)
        for query in QUERIES
        if query[:2] == ("models", "Energy of a request, with its bounds")
    )
    prometheus.wait_for(lambda it: figures(it, f"({low}) <= ({estimate}) <= ({high})"))


def test_exemplars_lead_to_traces_that_the_backend_has(prometheus: Prometheus, backend: OtlpSink) -> None:
    """The dots on the panel "Energy of a request" carry trace ids, and their traces have arrived."""
    quantiles = [query for query in QUERIES if query[:2] == ("service", "Energy of a request")]
    for query in quantiles:
        expression = put_in(query.expression, ALL)
        prometheus.wait_for(lambda it, asked=expression: it.exemplars(asked))
        trace_ids = {exemplar["labels"]["trace_id"] for exemplar in prometheus.exemplars(expression)}
        backend.wait_for(lambda sink, asked=trace_ids: asked <= {span.trace_id for span in sink.spans})
    assert 3 == len(quantiles)

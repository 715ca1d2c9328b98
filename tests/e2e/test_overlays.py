"""The files in collector/ that are loaded on top of the shipped configuration, each with a real Collector."""

from __future__ import annotations

import itertools
import os
import ssl
import subprocess
import time
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from opentelemetry.sdk.metrics.export import AggregationTemporality
from opentelemetry.trace import Status, StatusCode

from tests.e2e.collector import OVERLAYS, Ports, configuration, running_collector
from tests.e2e.credentials import TOKEN, make_credentials
from tests.e2e.openmetrics import scrape
from tests.e2e.sender import meter_provider, tracer_provider
from tests.kit.otlp_sink import OtlpSink

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.collector import Collector
    from tests.e2e.credentials import Credentials
    from tests.e2e.openmetrics import Sample

CUMULATIVE = AggregationTemporality.CUMULATIVE
NOT_BUILT_HERE = {"datadog", "builder"}
NAMES = sorted(path.stem for path in OVERLAYS.glob("*.yaml") if path.stem not in NOT_BUILT_HERE)
COMBINATIONS = [*((name,) for name in NAMES), *itertools.combinations(NAMES, 2), tuple(NAMES)]


@pytest.mark.parametrize("names", COMBINATIONS, ids="+".join)
def test_every_combination_is_valid(otelcol: Path, names: tuple[str, ...]) -> None:
    """Alone, in pairs and all together, without a warning."""
    result = subprocess.run(
        [otelcol, "validate", *configuration(*names)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.defpath},
        timeout=60,
    )
    assert (0, "", "") == (result.returncode, result.stdout, result.stderr)


def test_tail_sampling_keeps_what_matters(otelcol: Path, backend: OtlpSink, tmp_path: Path) -> None:
    """Kept whole: traces with a large request, or many small ones, an error, or an unknown model; nothing of the others."""
    settings = {
        "OTELCOL_BACKEND_ENDPOINT": backend.grpc_endpoint,
        "OTELCOL_DECISION_WAIT": "2s",
        "OTELCOL_KEEP_ENERGY_J": "1000",
        "OTELCOL_KEEP_PERCENT": "0",
    }
    traces = {
        "large": {"genai_impact.energy": 1000.5},
        "small": {"genai_impact.energy": 999.5},
        "many-small": {"genai_impact.rollup.energy": 2000.0},
        "no-model": {"genai_impact.not_estimated": "unknown_model"},
        "no-usage": {"genai_impact.not_estimated": "no_usage"},
        "failed": {"genai_impact.energy": 1.0},
        "other": {"http.request.method": "GET"},
    }
    with (
        running_collector(otelcol, tmp_path / "log.txt", settings, "tail-sampling") as collector,
        tracer_provider(collector, "grpc", service="sampled") as provider,
    ):
        tracer = provider.get_tracer("test")
        for name, attributes in traces.items():
            with (
                tracer.start_as_current_span(f"above {name}"),
                tracer.start_as_current_span(name, None, attributes=attributes) as span,
            ):
                if name == "failed":
                    span.set_status(Status(StatusCode.ERROR))
        kept = {"large", "many-small", "no-model", "failed"}
        backend.wait_for(lambda sink: len(of_service(sink, "sampled")) >= 2 * len(kept))
        time.sleep(1)  # for what should not come
    assert not collector.log
    assert kept | {f"above {name}" for name in kept} == of_service(backend, "sampled")


def of_service(sink: OtlpSink, service: str) -> set[str]:
    return {span.name for span in sink.spans if span.resource["service.name"] == service}


def test_span_metrics_stand_beside_ours(otelcol: Path, backend: OtlpSink, tmp_path: Path) -> None:
    """Calls by service and model, under the names that Jaeger's monitor reads; our counters and the traces go on."""
    settings = {"OTELCOL_BACKEND_ENDPOINT": backend.grpc_endpoint}
    with (
        running_collector(otelcol, tmp_path / "log.txt", settings, "span-metrics", "tail-sampling") as collector,
        tracer_provider(collector, "grpc", service="spans") as spans,
        meter_provider(collector, {"service.name": "spans"}, CUMULATIVE) as metrics,
    ):
        attributes = {"gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-4o-mini"}
        for _ in range(3):
            spans.get_tracer("test").start_span("chat gpt-4o-mini", attributes=attributes).end()
        metrics.get_meter("otel_genai_impact").create_counter("genai_impact.requests").add(3)
        assert metrics.force_flush()
        requests = _wait_for_sample(collector, "genai_impact_requests_total", value=3)
        calls = _wait_for_sample(collector, "traces_span_metrics_calls_total", value=3)  # they begin with a 0
    assert "spans" == requests.labels["service_name"]
    assert ("spans", "openai", "gpt-4o-mini") == (
        calls.labels["service_name"],
        calls.labels["gen_ai_provider_name"],
        calls.labels["gen_ai_response_model"],
    )


def _wait_for_sample(collector: Collector, name: str, value: float) -> Sample:
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        for sample in scrape(collector.prometheus_endpoint):
            if (sample.name, sample.value) == (name, value):
                return sample
        time.sleep(0.2)
    raise TimeoutError(f"{name} did not become {value}")


def test_production_takes_nothing_without_certificate_and_token(otelcol: Path, tmp_path: Path) -> None:
    """Plain text is refused, no token and a wrong one are answered 401; and the right token opens."""
    credentials, ports = make_credentials(tmp_path), Ports()
    with running_collector(otelcol, tmp_path / "log.txt", credentials.settings, "production", ports=ports):
        statuses = {
            "plain": _status(f"http://{ports.http}", TOKEN, credentials),
            "no token": _status(f"https://{ports.http}", "", credentials),
            "wrong token": _status(f"https://{ports.http}", "guessed", credentials),
            "right token": _status(f"https://{ports.http}", TOKEN, credentials),
        }
    assert {"plain": 400, "no token": 401, "wrong token": 401, "right token": 200} == statuses


def _status(url: str, token: str, credentials: Credentials) -> int:
    """What the receiver answers to an export of nothing."""
    headers = {"Content-Type": "application/x-protobuf"} | ({"Authorization": f"Bearer {token}"} if token else {})
    trusted = ssl.create_default_context(cafile=str(credentials.certificate))
    try:
        with urlopen(Request(f"{url}/v1/traces", b"", headers), timeout=10, context=trusted) as answer:
            return answer.status
    except HTTPError as error:
        error.close()
        return error.code


def test_honeycomb_gets_its_headers(otelcol: Path, tmp_path: Path) -> None:
    """Traces and metrics leave with the key, metrics with their data set; Honeycomb is played by a local receiver."""
    with OtlpSink() as sink:
        settings = {
            "HONEYCOMB_ENDPOINT": sink.grpc_endpoint,
            "HONEYCOMB_API_KEY": "hc-key",
            "HONEYCOMB_INSECURE": "true",
        }
        with (
            running_collector(otelcol, tmp_path / "log.txt", settings, "honeycomb") as collector,
            tracer_provider(collector, "grpc", service="shop") as spans,
            meter_provider(collector, {"service.name": "shop"}, CUMULATIVE) as metrics,
        ):
            spans.get_tracer("test").start_span("chat").end()
            metrics.get_meter("otel_genai_impact").create_counter("genai_impact.requests").add(1)
            assert metrics.force_flush()
            sink.wait_for(lambda it: bool(it.spans) and bool(it.points))
    headers = {export.signal: export.headers for export in sink.exports}
    assert "hc-key" == headers["traces"]["x-honeycomb-team"] == headers["metrics"]["x-honeycomb-team"]
    assert "x-honeycomb-dataset" not in headers["traces"]
    assert "genai-impact-metrics" == headers["metrics"]["x-honeycomb-dataset"]

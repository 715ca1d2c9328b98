"""The support chatbot that hands over: what it does, what its trace shows, and the alert in a real Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.e2e.collector import ROOT, Collector
from tests.e2e.prometheus import Prometheus, running_prometheus
from tests.kit.answers import Answer
from tests.kit.app import run_app
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.kit.otlp_records import SpanRecord
    from tests.kit.otlp_sink import OtlpSink
    from tools.find_prometheus import Programs

SERVICE = "support"
BUDGET_G = 0.5


class Ran(NamedTuple):
    """What a user has after the chatbot ran."""

    said: list[str]
    asked: int
    spans: list[SpanRecord]
    prometheus: Prometheus


@pytest.fixture(scope="module")
def ran(
    collector: Collector,
    backend: OtlpSink,
    prometheus_programs: Programs,
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[Ran]:
    """The model never solves it, and says 300 tokens each time."""
    folder = tmp_path_factory.mktemp("chatbot")
    with (
        ProviderServer(Answer(output_tokens=300, delay_s=0.3)) as model,
        running_prometheus(prometheus_programs, folder, scrape=collector.prometheus_endpoint) as prometheus,
    ):
        environment = {
            "CHAT_MODEL": "gpt-4o",
            "BUDGET_G": str(BUDGET_G),
            "OTEL_SERVICE_NAME": SERVICE,
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{collector.grpc_endpoint}",
        }
        example = ROOT / "examples" / "support_chatbot.py"
        result = run_app(example, provider=model, environment=environment).checked()
        asked = len(model.requests)
        backend.wait_for(lambda sink: len(sink.spans) >= asked)
        yield Ran(result.stdout.strip().splitlines(), asked, backend.spans, prometheus)


def _high_g(span: SpanRecord) -> float:
    high = span.attributes["genai_impact.gwp_high"]
    assert isinstance(high, float)
    return high


def test_it_hands_over_after_the_call_that_crosses(ran: Ran) -> None:
    """Up to the call before, even the upper bounds were within the budget; with it they are not, and nothing more is asked."""
    spans = sorted(ran.spans, key=lambda span: span.start_ns)
    bounds_g = [_high_g(span) for span in spans]
    assert sum(bounds_g[:-1]) < BUDGET_G <= sum(bounds_g)
    assert ran.asked == len(spans) > 1
    assert [f"call {call}" for call in range(1, ran.asked + 1)] == [
        line.partition(":")[0] for line in ran.said if line.startswith("call")
    ]
    (ticket,) = [line for line in ran.said if line.startswith("TICKET")]
    assert f"support-answer has used {_used_g(spans):.3g} of {BUDGET_G:g} g CO2eq" in ticket
    assert spans[-1].trace_id in ticket
    assert "A colleague will be with you shortly." == ran.said[-1]


def _used_g(spans: list[SpanRecord]) -> float:
    return sum(float(str(span.attributes["genai_impact.gwp"])) for span in spans)


def test_the_trace_shows_event_and_attributes(ran: Ran) -> None:
    """On the span of the call that crosses, as it arrived behind the Collector; the ones before it have neither."""
    spans = sorted(ran.spans, key=lambda span: span.start_ns)
    assert [0] * (ran.asked - 1) + [1] == [len(span.events) for span in spans]
    (event,) = spans[-1].events
    assert "genai_impact.budget.exceeded" == event.name
    assert {
        "genai_impact.budget.name": "support-answer",
        "genai_impact.budget.criterion": "gwp",
        "genai_impact.budget.action": "hand_over",
        "genai_impact.budget.gwp.limit": BUDGET_G,
        "genai_impact.budget.gwp.used": pytest.approx(_used_g(spans)),
        "genai_impact.budget.gwp.used_high": pytest.approx(sum(map(_high_g, spans))),
    } == event.attributes
    assert ("support-answer",) == spans[-1].attributes["genai_impact.budget.exceeded"]


def test_the_alert_fires(ran: Ran) -> None:
    """By the shipped rules, of this service; and the figures in Prometheus are those of the trace."""
    ran.prometheus.wait_for(lambda it: ("GenAIImpactBudgetUsedUp", SERVICE) in it.firing())
    of = '{genai_impact_budget_name="support-answer",genai_impact_budget_criterion="gwp"}'
    (used,) = ran.prometheus.query(f"genai_impact_budget_gwp_used_grams_total{of}")
    (limit,) = ran.prometheus.query(f"genai_impact_budget_gwp_limit_grams{of}")
    assert pytest.approx(_used_g(ran.spans)) == used.value
    assert BUDGET_G == limit.value

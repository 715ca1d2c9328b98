"""The example of a service whose tenants have a budget each, with the real SDK and web framework."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.kit.app import run_app
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink

_APP: Final = Path(__file__).parent / "apps" / "tenants_calling.py"


def test_a_tenant_whose_budget_is_used_up(sink: OtlpSink) -> None:
    """Ada's second question uses her day up, her third gets 429 and is not sent; Bob has his own day; a stranger none."""
    # The answers of the local server take at most 0.0174 g each.
    environment = {"BUDGET_G": "0.03", "CHAT_MODEL": "gpt-4o", "GENAI_IMPACT_METRIC_ATTRIBUTES": "tenant"}
    with ProviderServer() as provider:
        result = run_app(_APP, provider=provider, sink=sink, environment=environment).checked()
        sent = len(provider.requests)
    answers: list[tuple[int, dict[str, Any]]] = json.loads(result.stdout)
    assert [200, 200, 429, 200, 401] == [status for status, _ in answers]
    assert 3 == sent
    ada_first, ada_second, ada_third, bob = (said for _, said in answers[:4])
    assert 0 == ada_second["gwp_left_g"] < ada_first["gwp_left_g"] < 0.03
    assert 0 < bob["gwp_left_g"] < 0.03
    assert "the gwp budget of this day is used up: 0.03 g" == ada_third["detail"]
    sink.wait_for(lambda it: bool(it.points_of("genai_impact.requests")))
    assert (2, 1) == tuple(sink.sum_of("genai_impact.requests", tenant=tenant) for tenant in ("ada", "bob"))

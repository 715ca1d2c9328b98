"""What is left of a budget, from one service to the one behind it, over HTTP and with a real SDK."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.kit.app import run_app
from tests.kit.provider_server import ProviderServer

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink

_APP: Final = Path(__file__).parent / "apps" / "travelling_budget.py"


def test_the_service_behind_stops_with_what_is_left(sink: OtlpSink) -> None:
    """Of three, one was used before: two are left behind. Where one side did not ask for it, or lies, its own six hold."""
    with ProviderServer() as provider:
        result = run_app(_APP, provider=provider, sink=sink).checked()
        sent = len(provider.requests)
    assert {"/": "2", "/silent": "6", "/doubts": "6", "liar": "6", "stingy": "0"} == json.loads(result.stdout)
    assert 3 + 2 + 6 + 6 + 6 + 0 == sent

"""What is read of Together's answers beyond what its documentation says that they have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.util.genai.handler import TelemetryHandler

from otel_genai_impact.instrumentation.together import TogetherInstrumentor

_ENDPOINT: Final = TogetherInstrumentor.endpoints[0]
_USAGE: Final = ("input_tokens", "output_tokens", "cache_read_input_tokens", "thinking_tokens")
_DETAILS: Final = {"prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2}}


def _read(given: object) -> Any:
    handler = TelemetryHandler(tracer_provider=TracerProvider(shutdown_on_exit=False))
    invocation = handler.inference("together", request_model="openai/gpt-oss-20b", operation_name="chat")
    _ENDPOINT.read(invocation, given)
    invocation.stop()
    return invocation


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        (None, [None, None, None, None]),
        ({"prompt_tokens": 7}, [7, None, None, None]),
        (SimpleNamespace(prompt_tokens=7, completion_tokens=9, cached_tokens=3), [7, 9, 3, None]),
        (SimpleNamespace(prompt_tokens=7, completion_tokens=9, **_DETAILS), [7, 9, 4, 2]),
    ],
)
def test_usage_is_read_whether_the_sdk_knows_its_fields_or_not(usage: object, counts: list[int | None]) -> None:
    """What an SDK has no class for, it gives as a mapping; what is not there is not reported."""
    invocation = _read(SimpleNamespace(usage=usage))
    assert counts == [getattr(invocation, name) for name in _USAGE]


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (SimpleNamespace(choices=[SimpleNamespace(finish_reason="stop")], finish_reason="stop"), ["stop"]),
        (SimpleNamespace(choices=[SimpleNamespace(finish_reason="")], finish_reason=None), None),
        (SimpleNamespace(choices=[SimpleNamespace()], finish_reason="eos"), ["eos"]),
        (b"a sound", None),
    ],
)
def test_a_reason_is_read_once(given: object, reasons: list[str] | None) -> None:
    """It stands in a choice, or in the chunk itself, or in both; until the end it may be empty."""
    assert reasons == _read(given).finish_reasons

"""A real gevent that has patched everything, with the real OpenAI SDK."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from tests.kit.answers import Answer
from tests.kit.app import run_app

if TYPE_CHECKING:
    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

_GREENLETS: Final = 200


def test_greenlets_that_ask_at_once_are_counted_once(provider: ProviderServer, sink: OtlpSink) -> None:
    """Calls and streams in two hundred greenlets of one thread: all are answered, none blocks, each is counted once."""
    provider.answer_to("gpt-4o", Answer(delay_s=0.02))  # so that greenlets give way to each other
    app = run_app(
        Path(__file__).parent / "greenlets.py", str(_GREENLETS),
        provider=provider, sink=sink, protocol="http/protobuf", launcher=(), timeout_s=90,
    ).checked()  # fmt: skip
    assert f"{_GREENLETS}\n" == app.stdout
    assert _GREENLETS == len(provider.requests) == len(sink.spans) == sink.sum_of(semconv.REQUESTS)
    assert 0 < sink.sum_of(semconv.ENERGY)

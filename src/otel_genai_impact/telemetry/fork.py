"""In a forked child: what the parent counted is the parent's.

The ledger starts anew, with a new lock. The SDK, too, keeps what our counters and histograms had when the process
forked, and would export it a second time from the child; its streams of our own instruments are dropped, and made again
with the next measurement. Everything private to the SDK's metrics that we touch is in this module.
"""

from __future__ import annotations

import os
from typing import Any

from opentelemetry import metrics as metrics_api

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained
from otel_genai_impact.telemetry import metrics
from otel_genai_impact.telemetry.ledger import LEDGER

_prepared = False


def prepare() -> None:
    """See to it that children of this process start with nothing counted. Once is enough."""
    global _prepared  # noqa: PLW0603
    if not _prepared and hasattr(os, "register_at_fork"):
        _prepared = True
        os.register_at_fork(after_in_child=_start_anew)


def _start_anew() -> None:
    with contained("starting anew in a forked process"):
        LEDGER.start_anew()
        for ours in metrics.ALL:
            ours.start_anew()
            _drop_streams(metrics_api.get_meter_provider() if ours.provider is None else ours.provider)


def _drop_streams(provider: Any) -> None:
    consumer = getattr(provider, "_measurement_consumer", None)
    storages: dict[Any, Any] = getattr(consumer, "_reader_storages", {})
    for storage in storages.values():
        streams: dict[Any, Any] = storage._instrument_view_instrument_matches  # noqa: SLF001
        for instrument in [known for known in streams if known.instrumentation_scope.name == semconv.SCOPE]:
            del streams[instrument]

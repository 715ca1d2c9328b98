"""In a forked child: what the parent counted is the parent's, and nothing that it was doing is waited for.

The ledger starts anew, with a new lock. The SDK, too, keeps what our counters and histograms had when the process
forked, and would export it a second time from the child; its streams of our own instruments are dropped, and made again
with the next measurement. Locks that a thread of the parent held while it collected are replaced. Everything private to the SDK's metrics that we touch is in this module.
"""

from __future__ import annotations

import os
from threading import Lock, RLock
from typing import Any

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained
from otel_genai_impact.inventory.hosts import services
from otel_genai_impact.telemetry import callers, metrics
from otel_genai_impact.telemetry.ledger import LEDGER

_prepared = False


def prepare() -> None:
    """See to it that children of this process start with nothing counted, and can count. Once is enough."""
    global _prepared  # noqa: PLW0603
    if not _prepared and hasattr(os, "register_at_fork"):
        _prepared = True
        # Where one thread forks while another imports, the child waits for that import for ever, as soon as it needs the module,
        # too. So no request imports anything; that of the file of hosts is the only one left.
        services()
        os.register_at_fork(after_in_child=_start_anew)


def _start_anew() -> None:
    with contained("starting anew in a forked process"):
        from otel_genai_impact.telemetry.budgets.book import BOOK  # the metrics have brought it by now

        LEDGER.start_anew()
        BOOK.start_anew()
        callers.start_anew()
        for ours in metrics.all_metrics():
            ours.start_anew()
            _drop_streams(ours.provider)


def _drop_streams(provider: Any) -> None:
    consumer = getattr(provider, "_measurement_consumer", None)
    storages: dict[Any, Any] = getattr(consumer, "_reader_storages", {})
    if consumer is not None and hasattr(consumer, "_lock"):
        # A thread that collected while the process forked holds these for ever: it is not in the child.
        consumer._lock = Lock()  # noqa: SLF001
    for storage in storages.values():
        storage._lock = RLock()  # noqa: SLF001
        streams: dict[Any, Any] = storage._instrument_view_instrument_matches  # noqa: SLF001
        for instrument in [known for known in streams if known.instrumentation_scope.name == semconv.SCOPE]:
            del streams[instrument]

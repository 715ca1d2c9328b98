"""Which requests run on this machine, and what the meter says of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.trace import StatusCode

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained
from otel_genai_impact.inventory.hosts import is_loopback
from otel_genai_impact.telemetry import dialects, energy_counters
from otel_genai_impact.telemetry.meter import Meter
from otel_genai_impact.telemetry.metered import Metered
from otel_genai_impact.telemetry.operations import starts_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan, Span

    from otel_genai_impact.telemetry.plans import Plans
    from otel_genai_impact.telemetry.request import Request
    from otel_genai_impact.telemetry.sharing import Used

LOCAL: Final = "local"
"""In the setting: models at loopback addresses, and frameworks that run models in the process, or beside it."""

_LOCAL_PROVIDERS: Final = frozenset({"ollama", "llama_cpp", "llama-cpp", "llama.cpp", "transformers", "vllm"})

_meter: Meter | None = None


def meter(powercap: str | None = None) -> Meter | None:
    """The meter of this process, which reads where the first who asks for it says; None where CodeCarbon is not installed."""
    global _meter  # noqa: PLW0603 -- one for the process: a second would count the same joules
    if _meter is None and energy_counters.prepare():
        _meter = Meter(partial(energy_counters.open_counters, powercap or energy_counters.POWERCAP_FOLDER))
    return _meter


class MeasuredRequests:
    """Finds the requests that a user wants to be measured.

    Args:
        meter: of this process.
        wanted: `local`, names of providers, addresses of servers.
    """

    def __init__(self, meter: Meter, wanted: tuple[str, ...]) -> None:
        self._meter = meter
        self._wanted = frozenset(wanted)

    def began(self, span: Span, parent_context: Context | None) -> None:
        """A span begins, of a request or not."""
        attributes: Mapping[str, Any] = span.attributes or {}
        if self._is_wanted(attributes) and starts_request(span.name, attributes):
            self._meter.began(span, parent_context)

    def ended(self, span: ReadableSpan) -> Used | None:
        """What the request used that ends with this span. Where that cannot be told, it is still counted."""
        with contained("measuring the energy of a request"):
            return self._meter.ended(span)
        return None

    def metered(self, used: Used, span: ReadableSpan, request: Request, plans: Plans) -> Metered | None:
        """The energy of a request as measured; None where it ran elsewhere, or failed and used nothing of its own."""
        if span.status.status_code is StatusCode.ERROR and not request.output_tokens:
            return None
        served = plans.served(request)
        # Nobody but its maker runs a model whose parameters are not published: what answers here only passed it on.
        if served is not None and semconv.MODEL_PARAMETERS_UNDISCLOSED in served.assumptions:
            return None
        return Metered(
            source=semconv.SOURCE_MEASURED,
            energy_j=used.energy_j,
            machine_s=used.machine_s,
            is_facility=False,
            codes=(),
        )

    def _is_wanted(self, attributes: Mapping[str, Any]) -> bool:
        provider = attributes.get(semconv.GEN_AI_PROVIDER_NAME) or attributes.get(semconv.GEN_AI_SYSTEM)
        address = attributes.get(semconv.SERVER_ADDRESS) or attributes.get(dialects.BASE_URL)
        if provider in self._wanted or address in self._wanted:
            return True
        if LOCAL not in self._wanted:
            return False
        return provider in _LOCAL_PROVIDERS if address is None else is_loopback(address)

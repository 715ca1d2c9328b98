"""Plans for requests of vectors, images and videos, where the method covers these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.trace import StatusCode

from otel_genai_impact import semconv
from otel_genai_impact.impacts.methods import MEDIA_METHODS
from otel_genai_impact.inventory.hosts import serve
from otel_genai_impact.inventory.media import MediaCatalog
from otel_genai_impact.telemetry.media import MODALITIES, asked_by, defaults_taken
from otel_genai_impact.telemetry.plans import Plan, Plans
from otel_genai_impact.telemetry.request import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact._config import Detail
    from otel_genai_impact.impacts.media import Asked, Modality
    from otel_genai_impact.impacts.method import MediaMethod, Method
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.inventory.resolved import Served
    from otel_genai_impact.telemetry.ledger import Account
    from otel_genai_impact.telemetry.plans import ExtraAttributes
    from otel_genai_impact.telemetry.request import Request


class MediaPlans(Plans):
    """Makes plans for one modality and keeps them. Which defaults were taken is part of a plan: its span says so."""

    def __init__(
        self,
        catalog: Catalog,
        method: Method,
        detail: Detail,
        account: Account,
        *,
        modality: Modality,
        media_method: MediaMethod,
    ) -> None:
        super().__init__(catalog, method, detail, account)
        self._modality: Modality = modality
        self._media_method = media_method
        self._media_catalog = MediaCatalog(catalog, modality)

    def planned(
        self, request: Request, attributes: Mapping[str, Any], extra: ExtraAttributes
    ) -> tuple[Plan | None, Asked]:
        """The plan for a request, None if the inventory has no numbers of its model; and what it asked for."""
        asked = asked_by(request, attributes, self._modality)
        defaults = defaults_taken(asked, self._modality)
        key = (request[NAMES], (defaults, extra))
        return self._kept(key, request.provider, lambda: self._make(request, extra, asked, defaults)), asked

    def why_no_plan(self, request: Request) -> str:
        """A model that is known without its numbers is not covered; any other is unknown."""
        names = (request.response_model, request.request_model)
        known = any(name is not None and self._catalog.identify(request.provider, name) for name in names)
        return semconv.UNSUPPORTED_OPERATION if known else semconv.UNKNOWN_MODEL

    def why_not(self, span: ReadableSpan, request: Request) -> str | None:
        """The reason why a request cannot be estimated, whatever its model; None if there is none."""
        if self._modality != "embedding":
            return semconv.ERROR if span.status.status_code is StatusCode.ERROR else None
        if not request.input_tokens:
            return semconv.ERROR if span.status.status_code is StatusCode.ERROR else semconv.NO_USAGE
        return semconv.INVALID_USAGE if request.input_tokens < 0 else None

    def _make(self, request: Request, extra: ExtraAttributes, asked: Asked, defaults: tuple[str, ...]) -> Plan | None:
        served = self._served(request)
        if served is None:
            if self.why_no_plan(request) == semconv.UNKNOWN_MODEL:
                self._tell_of_unknown(request)
            return None
        model = self._media_catalog.model(served.entry.id)
        system = self._media_method.compile(model, served.data_center.data_center, served.zone.electricity_mix)
        errors = system.energy_errors(asked)
        return self._plan(
            request,
            extra,
            served,
            estimate=system.estimate,
            bounds=system.bounds,
            # The same for all requests of a plan: they lack the same, and tokens make no difference.
            energy_errors=lambda _output, _input, _cached: errors,
            assumptions={*served.assumptions, *defaults},
        )

    def _served(self, request: Request) -> Served | None:
        catalog = self._media_catalog
        return serve(catalog, request.provider, request.served_by, request.response_model, request.request_model)


def media_plans(catalog: Catalog, method: Method, detail: Detail, account: Account) -> dict[str, MediaPlans]:
    """Plans by operation; none where the method covers text alone."""
    media_method = MEDIA_METHODS.get(method.name)
    if media_method is None:
        return {}
    of_modality = {
        modality: MediaPlans(catalog, method, detail, account, modality=modality, media_method=media_method)
        for modality in sorted(set(MODALITIES.values()))
    }
    return {operation: of_modality[modality] for operation, modality in MODALITIES.items()}

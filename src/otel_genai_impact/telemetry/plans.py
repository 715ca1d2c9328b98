"""Plans: everything about a request that depends on its names alone, worked out once and kept.

The hot path looks a plan up by the names on the span, and adds the request's tokens and duration.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeVar

from otel_genai_impact import semconv
from otel_genai_impact._contain import log_once
from otel_genai_impact._room import make_room
from otel_genai_impact.inventory.hosts import serve
from otel_genai_impact.telemetry.attributes import template
from otel_genai_impact.telemetry.request import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_genai_impact._config import Detail
    from otel_genai_impact.impacts.estimate import Bounds, Estimate
    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.impacts.uncertainty import Errors
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.inventory.resolved import Served
    from otel_genai_impact.telemetry.attributes import Attributes
    from otel_genai_impact.telemetry.ledger import Account, MetricAttributes, Row
    from otel_genai_impact.telemetry.request import Request

_MOST_PLANS: Final = 2048
# Of names that nobody knows there is no end, where users or agents make them up: few are kept, so that what this takes is
# reached soon, and does not grow for days.
_MOST_WITHOUT_PLAN: Final = 1024
# With the name of a real model, each name of a provider makes a plan: after so many they are taken to be made up, too.
_MOST_PROVIDERS: Final = 64
_MOST_OF_STRANGERS: Final = 256
_LONGEST_NAME: Final = 200
_Kept = TypeVar("_Kept")

_Key = tuple[tuple[Any, ...], object]
_Names = tuple[tuple[Any, ...]]
ExtraAttributes = tuple[tuple[str, str | bool | int | float], ...]


class Plan:
    """What is known of all requests with the same names, to a model that the inventory has.

    Attributes:
        estimate: the compiled product system's: from output tokens, latency (s), input and cached tokens to what is
            counted; the last two where the method counts input.
        bounds: the same for the bounds that an estimate leaves out.
        row: the ledger's row.
        attributes: template of the span's attributes if the span says all that the method asks.
        attributes_if_lacking: the same if it does not: the latency, or where the method counts input that.
    """

    # No dataclass: to make one takes a millisecond, of every process that imports us.
    __slots__ = ("attributes", "attributes_if_lacking", "bounds", "estimate", "row")

    def __init__(
        self,
        *,
        estimate: Callable[..., Estimate],
        bounds: Callable[..., Bounds],
        row: Row,
        attributes: Attributes,
        attributes_if_lacking: Attributes,
    ) -> None:
        self.estimate: Final = estimate
        self.bounds: Final = bounds
        self.row: Final = row
        self.attributes: Final = attributes
        self.attributes_if_lacking: Final = attributes_if_lacking


class Plans:
    """Makes plans and keeps them: hits and misses, bounded.

    Attributes:
        known: the plans, by names and what else they depend on.
        without: the names that have none.
    """

    def __init__(self, catalog: Catalog, method: Method, detail: Detail, account: Account) -> None:
        self._catalog = catalog
        self._method = method
        self._detail: Detail = detail
        self._account = account
        self._lacking = semconv.INPUT_UNKNOWN if method.counts_input else semconv.LATENCY_UNKNOWN
        self.known: Final[dict[_Key, Plan]] = {}
        self.without: Final[dict[_Names, None]] = {}
        self._rows: dict[_Key, Row] = {}
        self._providers = set[str | None]()
        self._of_strangers: deque[_Key] = deque(maxlen=_MOST_OF_STRANGERS)

    def plan(self, request: Request, extra: ExtraAttributes, tier: str | None = None) -> Plan | None:
        """The plan for a request, of a service tier if the method knows one; None if the inventory does not have its model."""
        key = (request[NAMES], extra if tier is None else (tier, extra))
        return self._kept(key, request.provider, lambda: self._make_plan(request, extra, tier))

    def _kept(self, key: _Key, provider: str | None, make: Callable[[], Plan | None]) -> Plan | None:
        """The plan of before, or else this one, kept. That there is none depends on the names alone."""
        plan = self.known.get(key)
        names: _Names = (key[0],)
        if plan is not None or names in self.without:
            return plan
        plan = make()
        if plan is None:
            return keep(self.without, names, None, _MOST_WITHOUT_PLAN)
        keep(self.known, key, plan)
        # What is too long was not kept.
        if provider not in self._providers and key in self.known:
            if len(self._providers) < _MOST_PROVIDERS:
                self._providers.add(provider)
            else:
                self._note_stranger(key)
        return plan

    def _note_stranger(self, key: _Key) -> None:
        """A plan of a provider whose name may be made up was kept: the oldest one of such goes."""
        strangers = self._of_strangers
        if len(strangers) == _MOST_OF_STRANGERS:
            self.known.pop(strangers[0], None)
        strangers.append(key)

    def why_no_plan(self, request: Request) -> str:
        """The reason why there is no plan: a model that makes no text is known, but no method covers what it makes."""
        return semconv.UNSUPPORTED_OPERATION if self._makes_no_text(request) else semconv.UNKNOWN_MODEL

    def row_without_estimate(self, request: Request, status: str) -> Row:
        """The ledger's row for a request without an estimate."""
        key = (request[NAMES], status)
        try:
            return self._rows[key]
        except KeyError:
            attributes = self.names(request, is_known=not self._is_unknown(request))
            attributes[semconv.NOT_ESTIMATED] = status
            return keep(self._rows, key, self._account.row(attributes), _MOST_WITHOUT_PLAN)

    def _make_plan(self, request: Request, extra: ExtraAttributes, tier: str | None) -> Plan | None:
        # With the model, which those who only import us do without.
        from otel_genai_impact.impacts.serving import Serving

        served = self.served(request)
        if served is None:
            if not self._makes_no_text(request):
                self._tell_of_unknown(request)
            return None
        model, data_center, mix = served.entry.model, served.data_center.data_center, served.zone.electricity_mix
        system = self._method.compile(model, data_center, mix, Serving(tier=tier).known_from(served.serving))
        return self._plan(
            request,
            extra,
            served,
            estimate=system.estimate,
            bounds=system.bounds,
            energy_errors=system.energy_errors,
            assumptions={*served.assumptions, *self._method.assumptions(model)},
        )

    def _plan(
        self,
        request: Request,
        extra: ExtraAttributes,
        served: Served,
        *,
        estimate: Callable[..., Estimate],
        bounds: Callable[..., Bounds],
        energy_errors: Callable[[float, float, float], Errors | None],
        assumptions: set[str],
    ) -> Plan:
        attributes = self.names(request, is_known=semconv.MODEL_FROM_REQUEST not in served.assumptions)
        attributes[semconv.MODEL] = served.entry.id
        attributes[semconv.ZONE] = served.zone.code
        attributes[semconv.SOURCE] = semconv.SOURCE_MODELLED
        attributes[semconv.METHOD] = self._method.name
        attributes.update(extra)
        row = self._account.row(attributes)
        row.energy_errors = energy_errors
        return Plan(
            estimate=estimate,
            bounds=bounds,
            row=row,
            attributes=self._template(served, assumptions),
            attributes_if_lacking=self._template(served, {*assumptions, self._lacking}),
        )

    def _template(self, served: Served, assumptions: set[str]) -> Attributes:
        texts: Attributes = {
            semconv.METHOD: self._method.name,
            semconv.MODEL: served.entry.id,
            semconv.SOURCE: semconv.SOURCE_MODELLED,
            semconv.ZONE: served.zone.code,
            semconv.DATA_VERSION: self._catalog.data_version,
            semconv.ASSUMPTIONS: tuple(sorted(assumptions)),
        }
        return template(self._detail, texts)

    def _is_unknown(self, request: Request) -> bool:
        return self.served(request) is None and not self._makes_no_text(request)

    def _makes_no_text(self, request: Request) -> bool:
        """Whether the first of its names that is known is that of a model for embeddings, images or the like."""
        for name in (request.response_model, request.request_model):
            found = None if name is None else self._catalog.identify(request.provider, name)
            if found is not None:
                return found.entry is None
        return False

    def served(self, request: Request) -> Served | None:
        """What serves a request; None if the inventory does not have its model."""
        return serve(self._catalog, request.provider, request.served_by, request.response_model, request.request_model)

    def _tell_of_unknown(self, request: Request) -> None:
        name = request.response_model or request.request_model
        if name is None:
            log_once(logging.WARNING, "a GenAI request names no model; it is counted, but not estimated")
            return
        # The nearest names take milliseconds to find: only for a line that will be written.
        log_once(
            logging.WARNING,
            f"unknown model {request.provider} {name}",
            lambda: (
                f"the inventory has no model {name[:_LONGEST_NAME]!r} of provider {request.provider!r:.{_LONGEST_NAME}}"
                f"{self._catalog.nearest(request.provider, name)}; its requests are counted, but not estimated"
            ),
            about="names",
        )

    def names(self, request: Request, *, is_known: bool) -> MetricAttributes:
        """The metric attributes that say what was requested of whom; what was not reported is not there.

        Names that the inventory knows are a bounded number; of others only so many are kept.
        """
        attributes: MetricAttributes = {}
        model = request.response_model or request.request_model
        if request.provider is not None:
            attributes[semconv.GEN_AI_PROVIDER_NAME] = short(request.provider)
        if model is not None:
            attributes[semconv.GEN_AI_RESPONSE_MODEL] = (
                short(model) if is_known else self._account.unknown_model(short(model))
            )
        if request.operation is not None:
            attributes[semconv.GEN_AI_OPERATION_NAME] = short(request.operation)
        return attributes


def short(name: str) -> str:
    """Names come from strangers: what is too long to be one is not kept."""
    return name if len(name) <= _LONGEST_NAME else semconv.OTHER


def keep(memory: dict[Any, _Kept], key: tuple[Any, ...], value: _Kept, most: int = _MOST_PLANS) -> _Kept:
    """Keep a value for the next request with the same names. Names come from strangers: bounded in length and number."""
    names: tuple[str | None, ...] = key[0]
    if any(name is not None and len(name) > _LONGEST_NAME for name in names):
        return value
    make_room(memory, most)
    memory[key] = value
    return value

"""One assessment by names: what `genai-impact estimate` and `otel_genai_impact.estimate` give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from otel_genai_impact import semconv
from otel_genai_impact._config import DEFAULT_METHOD
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.impacts.product_system import FunctionalUnit
from otel_genai_impact.impacts.serving import UNKNOWN, Serving
from otel_genai_impact.impacts.uncertainty import Scope, scoped
from otel_genai_impact.inventory.catalog import Catalog, ModelError

if TYPE_CHECKING:
    import datetime as dt

    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.method import Method
    from otel_genai_impact.impacts.native_1_facility import Uncertainties
    from otel_genai_impact.impacts.uncertainty import Uncertain
    from otel_genai_impact.inventory.resolved import Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The impacts of one request, and everything that they rest on.

    Attributes:
        model: the inventory's entry, `maker/name`.
        zone: the electricity zone.
        method: the method's name.
        data_version: the inventory's version.
        assumptions: codes of what was assumed, sorted.
        impacts: usage and embodied phase, in kWh, kgCO2eq, kgSbeq, MJ and L.
        market_gwp_kgco2eq: greenhouse gases with the electricity of a contract of the user's, to be shown beside the others,
            which are location-based; None if there is no contract.
        energy_j, gwp_kgco2eq, wcf_l: these with their sources of error, for sums and ratios; None if the method names none.
    """

    model: str
    zone: str
    method: str
    data_version: str
    assumptions: tuple[str, ...]
    impacts: Impacts
    market_gwp_kgco2eq: Interval | None = None
    energy_j: Uncertain | None = None
    gwp_kgco2eq: Uncertain | None = None
    wcf_l: Uncertain | None = None


def estimate(
    provider: str | None,
    model: str,
    *,
    output_tokens: float,
    latency_s: float | None = None,
    input_tokens: float | None = None,
    cached_tokens: float | None = None,
    serving: Serving = UNKNOWN,
    zone: str | None = None,
    host: str | None = None,
    at: dt.date | None = None,
    method: str = DEFAULT_METHOD,
    config: str | None = None,
    data_version: str | None = None,
) -> Assessment:
    """Estimate the impacts of one request.

    Args:
        provider: who serves it, as in `gen_ai.provider.name`; None if unknown.
        model: the model's name.
        output_tokens: tokens that it generated.
        latency_s: how long the caller waited, s; None if unknown.
        input_tokens: tokens that it read, those from a cache included; None if unknown. Not every method counts them.
        cached_tokens: of these, tokens read from a cache.
        serving: service tier, batch and GPU, as far as known.
        zone: electricity zone, ISO 3166-1 alpha-3 or WOR; the provider's own if not given.
        host: which is called, as in `server.address`; that of a cloud's service says the region.
        at: the day of the request, on which the name may have meant another model; today if not given.
        method: name of the method.
        config: a file of data of the user's own, as `GENAI_IMPACT_CONFIG` names it for a running program.
        data_version: of the shipped data, one that was kept, such as `2026.11`; today's if not given.

    Raises:
        ModelError: the inventory has no such model (a LookupError).
        ZoneError: it has no such zone (a LookupError).
        DataVersionError: there are no data of that version (a LookupError).
        ValueError: there is no such method, or a quantity is negative or not a number.
    """
    unit = FunctionalUnit(
        output_tokens=output_tokens, latency_s=latency_s, input_tokens=input_tokens, cached_tokens=cached_tokens
    )
    catalog = catalog_for(method, zone=zone, config=config, data_version=data_version)
    return assess(unit, serve(catalog, provider, model, at=at, host=host), serving, method, catalog.data_version)


def catalog_for(method: str, *, zone: str | None, config: str | None, data_version: str | None) -> Catalog:
    """The inventory as a method takes it: with its electricity data.

    Raises:
        ValueError: there is no such method.
    """
    if method not in METHODS:
        raise ValueError(f"there is no method {method!r}; the methods are {', '.join(METHODS)}")
    return Catalog.with_file(zone, config, electricity=METHODS[method].electricity, data_version=data_version)


def serve(
    catalog: Catalog, provider: str | None, model: str, *, at: dt.date | None = None, host: str | None = None
) -> Served:
    """What serves a model.

    Raises:
        ModelError: the inventory has no such model.
    """
    served = catalog.serve(provider, model, at=at, host=host)
    if served is None:
        raise ModelError(f"{provider!r} has no model {model!r} in the inventory{catalog.nearest(provider, model)}")
    return served


def assess(unit: FunctionalUnit, served: Served, serving: Serving, method: str, data_version: str) -> Assessment:
    """The impacts of one request to what serves it."""
    chosen = METHODS[method]
    place = (served.data_center.data_center, served.zone.electricity_mix)
    system = (served.entry.model, *place, serving.known_from(served.serving))
    impacts = chosen.assess(unit, *system)
    codes = {*served.assumptions, *chosen.assumptions(served.entry.model), *_lacking(chosen, unit)}
    return Assessment(
        model=served.entry.id,
        zone=served.zone.code,
        method=method,
        data_version=data_version,
        assumptions=tuple(sorted(codes)),
        impacts=impacts,
        market_gwp_kgco2eq=_market_based(impacts, served),
        **_with_sources(chosen.uncertainties(unit, *system), served),
    )


def _market_based(impacts: Impacts, served: Served) -> Interval | None:
    """What the same electricity takes by the contract for it, and the hardware; None without a contract."""
    if served.market_gwp_kgco2eq_per_kwh is None:
        return None
    return impacts.usage.energy_kwh * Interval.exactly(served.market_gwp_kgco2eq_per_kwh) + impacts.embodied.gwp_kgco2eq


def _with_sources(known: Uncertainties | None, served: Served) -> dict[str, Uncertain]:
    """What sums and ratios are made of: errors that say which other requests share them."""
    if known is None:
        return {}
    scope = Scope(model=served.entry.id, provider=served.data_center.provider, zone=served.zone.code)
    found = {"energy_j": known.energy_j, "gwp_kgco2eq": known.gwp_kgco2eq, "wcf_l": known.wcf_l}
    return {name: scoped(quantity, scope) for name, quantity in found.items()}


def _lacking(method: Method, unit: FunctionalUnit) -> tuple[str, ...]:
    """The code of what the method asks and nobody says."""
    if method.counts_input:
        return (semconv.INPUT_UNKNOWN,) if unit.input_tokens is None else ()
    return (semconv.LATENCY_UNKNOWN,) if unit.latency_s is None else ()

"""The factors behind the estimates of a report: each with what was used, what the inventory has, and who says so."""

from __future__ import annotations

from itertools import product
from math import isclose
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact import semconv
from otel_genai_impact.cli import provenance
from otel_genai_impact.cli.report.sci import J_PER_KWH
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.archive import DataVersionError
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.electricity import ELECTRICITY_SETS
from otel_genai_impact.inventory.hosts import serve

if TYPE_CHECKING:
    from otel_genai_impact.cli.provenance import Origin
    from otel_genai_impact.cli.report.records import Evidence
    from otel_genai_impact.cli.report.totals import Sums

_SAME: Final = 1e-6
_G_PER_KG: Final = 1000.0
_FACTOR: Final = "gwp_kgco2eq_per_kwh"

REGIONS: Final = {
    semconv.DATA_CENTER_CLOUD: "the model's name or the host that was called says the region",
    semconv.ZONE_PROVIDER_DEFAULT: "not known: the provider's usual country",
    semconv.ZONE_WORLD: "not known: the world",
}
_SET: Final = "set: GENAI_IMPACT_ZONE, --zone, or data of your own"
_NOT_RECORDED: Final = "not recorded"


def region_known(evidence: Evidence) -> str:
    """How it is known where a request ran, in words."""
    if evidence.zone is None:
        return _NOT_RECORDED
    return next((REGIONS[code] for code in evidence.region), _SET)


def electricity(evidence: Evidence, sums: Sums, catalog: Catalog) -> dict[str, Any]:
    """The greenhouse gases of one kWh: what the requests' own figures come to, and the inventory's factor if it is that.

    Of requests that another version of the data estimated the figures say what was used, but not who says so.
    """
    gwp, embodied, energy = sums.gwp, sums.gwp_embodied, sums.energy
    split = gwp.reported == embodied.reported == energy.reported and energy.estimate > 0
    used = (gwp.estimate - embodied.estimate) / (energy.estimate / J_PER_KWH) if split else None
    known, origin = _factor_of(evidence, used, catalog)
    return {
        "zone": evidence.zone,
        "how_the_zone_is_known": region_known(evidence),
        "used_gco2eq_per_kwh": used,
        "basis": "location-based",
        "inventory_gco2eq_per_kwh": known,
        **_origin(origin),
    }


def _factor_of(evidence: Evidence, used: float | None, catalog: Catalog) -> tuple[float | None, Origin | None]:
    """The factor that was used, as a set of electricity data has it, the method's own first; else data of the user's."""
    if used is None or evidence.zone is None:
        return None, None
    method = METHODS.get(evidence.method or "")
    sets = ELECTRICITY_SETS if method is None else dict.fromkeys((method.electricity, *ELECTRICITY_SETS))
    for version, electricity_set in product(dict.fromkeys((evidence.data_version, None)), sets):
        shipped = _shipped(electricity_set, version)
        known = None if shipped is None else _gwp(shipped, evidence.zone)
        if shipped is not None and known is not None and isclose(used, known, rel_tol=_SAME):
            return known, provenance.of_zone(evidence.zone, _FACTOR, electricity_set, shipped.archive)
    known = _gwp(catalog, evidence.zone)
    if known is not None and isclose(used, known, rel_tol=_SAME):
        return known, provenance.OWN_DATA
    return None, None


def _shipped(electricity: str, data_version: str | None) -> Catalog | None:
    """What was shipped as a version of the data; None if that was not kept, or had no such electricity data."""
    try:
        return Catalog(electricity=electricity, data_version=data_version)
    except DataVersionError:
        return None


def _gwp(catalog: Catalog, zone: str) -> float | None:
    try:
        return catalog.zone(zone).electricity_mix.gwp_kgco2eq_per_kwh * _G_PER_KG
    except LookupError:
        return None


def data_center(evidence: Evidence, catalog: Catalog) -> dict[str, Any]:
    """The PUE and the WUE of who served the requests, by the names on their spans; if this is the version that was used."""
    provider, *models = evidence.names
    served = None
    if evidence.data_version == catalog.data_version and evidence.source == semconv.SOURCE_MODELLED:
        served = serve(catalog, provider, evidence.served_by, *models)
    if served is None:
        return {"name": None, "pue": None, "onsite_wue_l_per_kwh": None, **_origin(None)}
    center = served.data_center.data_center
    return {
        "name": served.data_center.provider,
        "pue": [center.pue.low, center.pue.high],
        "onsite_wue_l_per_kwh": [center.onsite_wue_l_per_kwh.low, center.onsite_wue_l_per_kwh.high],
        **_origin(provenance.of_data_center(served.data_center, catalog.archive)),
    }


def model(evidence: Evidence, catalog: Catalog) -> dict[str, Any]:
    """The model that was assumed: how large it is taken to be, and who says so."""
    provider, *models = evidence.names
    served = serve(catalog, provider, evidence.served_by, *models)
    if served is None or served.entry.id != evidence.model or evidence.data_version != catalog.data_version:
        return {"name": evidence.model, "active_parameters_b": None, "total_parameters_b": None, **_origin(None)}
    active, total = served.entry.model.active_parameters_b, served.entry.model.total_parameters_b
    return {
        "name": evidence.model,
        "active_parameters_b": [active.low, active.high],
        "total_parameters_b": [total.low, total.high],
        **_origin(provenance.of_model(served, catalog.archive)),
    }


def _origin(origin: Origin | None) -> dict[str, Any]:
    if origin is None:
        return {"sources": [], "reference": None, "years": None, "checked": None, "unchecked": False}
    return {
        "sources": list(origin.sources),
        "reference": origin.reference,
        "years": origin.years,
        "checked": origin.checked,
        "unchecked": origin.unchecked,
    }

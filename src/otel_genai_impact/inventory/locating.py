"""From which data centre a model is served, and with the electricity of which zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_genai_impact import semconv
from otel_genai_impact.inventory.compiled import DATA_CENTER_DEFAULT, OPEN_WEIGHTS
from otel_genai_impact.inventory.hints import did_you_mean
from otel_genai_impact.inventory.providers import is_marketplace, table_of
from otel_genai_impact.inventory.resolved import Served

if TYPE_CHECKING:
    from otel_genai_impact.inventory.compiled import DataCenterEntry, Inventory, ModelEntry, ZoneEntry
    from otel_genai_impact.inventory.places import Place


class ZoneError(LookupError):
    """There is no such electricity zone."""


class Locations:
    """The data centres and electricity zones of an inventory.

    Args:
        zone: electricity zone for all requests, instead of each provider's own.

    Attributes:
        for_all: this zone; None if it was not given.

    Raises:
        ZoneError: the inventory has no such zone.
    """

    def __init__(self, inventory: Inventory, zone: str | None = None) -> None:
        self._inventory = inventory
        self.for_all = None if zone is None else self.zone(zone)

    def zone(self, code: str) -> ZoneEntry:
        """The electricity zone of this code, in either case; WLD and WORLD are other names of WOR.

        Raises:
            ZoneError: there is none.
        """
        wanted = code.strip().upper()
        entry = self._inventory.zone(semconv.WORLD if wanted in {"WLD", "WORLD"} else wanted)
        if entry is None:
            near = did_you_mean(wanted, self._inventory.zone_codes)
            country = wanted.partition("-")[0]
            if country != wanted and self._inventory.zone(country) is not None:
                near = f"; this method's electricity data have {country!r} and no part of it of that name"
            raise ZoneError(f"there is no electricity zone {code!r}; ISO 3166-1 alpha-3 codes such as FRA{near}")
        return entry

    def zone_around(self, code: str) -> ZoneEntry:
        """The zone of this code; its country where the set of electricity data has no parts of countries."""
        return self._inventory.zone(code) or self.zone(code.partition("-")[0])

    def served(
        self, provider: str | None, entry: ModelEntry, assumptions: tuple[str, ...], place: Place | None = None
    ) -> Served:
        """Where this provider serves a model from, be it in the tables of this inventory or not."""
        codes = [*assumptions, *entry.assumptions]
        data_center = None if place is None else self._inventory.region(*place)
        in_a_region = data_center is not None
        if data_center is None:
            data_center = self._data_center(provider, entry)
        if in_a_region:
            codes.append(semconv.DATA_CENTER_CLOUD)
        elif data_center.provider == DATA_CENTER_DEFAULT:
            codes.append(semconv.DATA_CENTER_DEFAULT)
        zone = self.for_all
        if zone is None:
            zone = self.zone_around(data_center.zone)
            if not in_a_region:
                codes.append(semconv.ZONE_WORLD if zone.code == semconv.WORLD else semconv.ZONE_PROVIDER_DEFAULT)
        codes.extend(zone.assumptions)
        return Served(entry=entry, data_center=data_center, zone=zone, assumptions=tuple(sorted(codes)))

    def of_provider(self, provider: str | None) -> tuple[DataCenterEntry, ZoneEntry, tuple[str, ...]]:
        """Where a provider's models run, whatever their names; and what was assumed for that."""
        table = table_of(provider)
        known = None if table is None else self._inventory.data_center(table)
        center = known or self._default_data_center()
        codes = [] if known is not None else [semconv.DATA_CENTER_DEFAULT]
        zone = self.for_all
        if zone is None:
            zone = self.zone(center.zone)
            codes.append(semconv.ZONE_WORLD if zone.code == semconv.WORLD else semconv.ZONE_PROVIDER_DEFAULT)
        return center, zone, tuple(sorted((*codes, *zone.assumptions)))

    def _data_center(self, provider: str | None, entry: ModelEntry) -> DataCenterEntry:
        """The provider's data centre. Who serves another maker's model does not do so from that maker's."""
        of_a_maker = is_marketplace(provider) and entry.provider != OPEN_WEIGHTS
        its_own = table_of(provider) == entry.provider or of_a_maker
        known = self._inventory.data_center(entry.provider) if its_own else None
        return known or self._default_data_center()

    def _default_data_center(self) -> DataCenterEntry:
        fallback = self._inventory.data_center(DATA_CENTER_DEFAULT)
        if fallback is None:
            raise LookupError("the inventory has no default data centre")
        return fallback

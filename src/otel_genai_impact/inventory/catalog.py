"""From the names that telemetry contains to entries of the inventory: which model, which data centre, which zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from otel_genai_impact import semconv
from otel_genai_impact._config import complain
from otel_genai_impact.impacts.electricity import REFERENCE_ELECTRICITY
from otel_genai_impact.inventory.electricity import inventory_with
from otel_genai_impact.inventory.identifying import ModelNames
from otel_genai_impact.inventory.locating import Locations, ZoneError
from otel_genai_impact.inventory.places import place_of_host
from otel_genai_impact.inventory.resolved import NOTHING_OWN, OwnWords, Served

if TYPE_CHECKING:
    import datetime as dt

    from otel_genai_impact.inventory.compiled import DataCenterEntry, Inventory, ModelEntry, ZoneEntry
    from otel_genai_impact.inventory.places import Place
    from otel_genai_impact.inventory.resolved import Deployment, Resolution


def _place_of(host: str | None) -> Place | None:
    if host is None:
        return None

    return place_of_host(host)


def _own_data(config: str | None, shipped: Inventory) -> tuple[Inventory, OwnWords]:
    """The inventory with the data of a user's file.

    Raises:
        InventoryError: there is something wrong with the file (a ValueError).
    """
    if config is None:
        return shipped, NOTHING_OWN
    from pathlib import Path

    from otel_genai_impact.inventory.custom import read_custom, with_custom

    custom = read_custom(Path(config), shipped)
    return with_custom(shipped, custom), OwnWords(custom.deployments, custom.machine, custom.budgets)


def _usable_data(config: str | None, shipped: Inventory) -> tuple[Inventory, OwnWords]:
    """The same; as if there were no file if it cannot be used."""
    if config is None:
        return shipped, NOTHING_OWN
    from otel_genai_impact.inventory.fields import InventoryError

    try:
        return _own_data(config, shipped)
    except InventoryError as error:
        expected = f"a file that `genai-impact check` finds nothing wrong with: {error}"
        complain("config (GENAI_IMPACT_CONFIG)", config, expected)
        return shipped, NOTHING_OWN


class ModelError(LookupError):
    """There is no such model."""


class Catalog:
    """Resolves names in an inventory, exactly or in declared steps (`resolution.py`), never by likeness.

    Who knows the names is `identifying.py`, who knows the places `locating.py`.

    Args:
        zone: electricity zone for all requests, instead of each provider's own.
        entries: the inventory; the shipped one if not given.
        own: what a file of the user's says beside that.
        electricity: the method's set of electricity data; that of the inventory, if one is given.
        data_version: of the shipped inventory, one that was kept; today's if not given.

    Attributes:
        electricity: the same.
        machine: what the user says of the machine that this process runs on.
        budgets: limits that the user's file gives, by name of the budget and keyword.

    Raises:
        ZoneError: the inventory has no such zone.
        DataVersionError: there are no data of that version.
    """

    def __init__(
        self,
        *,
        zone: str | None = None,
        entries: Inventory | None = None,
        own: OwnWords = NOTHING_OWN,
        electricity: str = REFERENCE_ELECTRICITY,
        data_version: str | None = None,
    ) -> None:
        self._inventory = inventory_with(electricity, data_version) if entries is None else entries
        self.electricity = electricity
        self._names = ModelNames(self._inventory)
        self._locations = Locations(self._inventory, zone)
        self.machine = own.machine
        self.budgets = own.budgets
        self._deployments = {(deployment.name, deployment.provider): deployment for deployment in own.deployments}

    @classmethod
    def of_setting(
        cls,
        zone: str | None,
        config: str | None = None,
        *,
        electricity: str = REFERENCE_ELECTRICITY,
        data_version: str | None = None,
    ) -> Catalog:
        """The catalogue for a zone and a file of data that a user set: what cannot be used is a line in the log, and ignored."""
        entries, own = _usable_data(config, inventory_with(electricity, data_version))
        try:
            return cls(zone=zone, entries=entries, own=own, electricity=electricity)
        except ZoneError as error:
            complain("zone (GENAI_IMPACT_ZONE)", zone, f"a zone of the inventory: {error}")
            return cls(entries=entries, own=own, electricity=electricity)

    @classmethod
    def with_file(
        cls, zone: str | None, config: str | None, *, electricity: str, data_version: str | None = None
    ) -> Catalog:
        """The catalogue for a zone and a file that a person names now: what cannot be used is an error.

        Raises:
            ZoneError: there is no such zone.
            DataVersionError: there are no data of that version.
            InventoryError: there is something wrong with the file (a ValueError).
        """
        entries, own = _own_data(config, inventory_with(electricity, data_version))
        return cls(zone=zone, entries=entries, own=own, electricity=electricity)

    @property
    def data_version(self) -> str:
        """Version of the inventory."""
        return self._inventory.data_version

    @property
    def archive(self) -> str | None:
        """The version in the archive that the inventory is from; None for today's."""
        return self._inventory.archive

    @property
    def has_zone_for_all(self) -> bool:
        """Whether one electricity zone was set for all requests."""
        return self._locations.for_all is not None

    def serve(
        self,
        provider: str | None,
        *names: str | None,
        at: dt.date | None = None,
        host: str | None = None,
        place: Place | None = None,
    ) -> Served | None:
        """What serves a request to this provider for the model of one of these names, the best name first.

        With a day, names mean what they meant then. A host of a cloud says the region, or the place does. None if the inventory has no model of any of these names that makes text.
        """
        # What the user says of the request's name is said on purpose, and comes before what the response calls the model.
        for name in reversed(names):
            deployment = self._deployment(provider, name)
            if deployment is not None:
                return self._deployed(provider, deployment, place or _place_of(host))
        for position, name in enumerate(names):
            found = None if name is None else self.identify(provider, name, at=at)
            if found is not None and found.entry is not None:
                # Where the first name, the response's, is unknown, that of the request says it less exactly.
                from_request = position > 0 and names[0] is not None
                codes = (*found.codes, semconv.MODEL_FROM_REQUEST) if from_request else found.codes
                return self._locations.served(provider, found.entry, codes, found.place or place or _place_of(host))
        return None

    def identify(self, provider: str | None, name: str, *, at: dt.date | None = None) -> Resolution | None:
        """Which model a provider means by a name, also if it makes no text and has no numbers; None if that is not known."""
        return self._names.identify(provider, name, at=at)

    def nearest(self, provider: str | None, name: str) -> str:
        """A hint with the names most like this one, for messages; empty if there are none."""
        return self._names.nearest(provider, name)

    def located(
        self, provider: str | None, entry: ModelEntry, assumptions: tuple[str, ...], place: Place | None = None
    ) -> Served:
        """Where this provider serves a model from, be it in the tables of this inventory or not."""
        return self._locations.served(provider, entry, assumptions, place)

    def place(self, provider: str | None) -> tuple[DataCenterEntry, ZoneEntry, tuple[str, ...]]:
        """Where a provider's models run, whatever their names; and what was assumed for that."""
        return self._locations.of_provider(provider)

    def zone(self, code: str) -> ZoneEntry:
        """The electricity zone of this code, in either case; WLD and WORLD are other names of WOR.

        Raises:
            ZoneError: there is none.
        """
        return self._locations.zone(code)

    def _deployment(self, provider: str | None, name: str | None) -> Deployment | None:
        if not self._deployments or name is None:
            return None
        return self._deployments.get((name, (provider or "").lower())) or self._deployments.get((name, None))

    def _deployed(self, provider: str | None, deployment: Deployment, place: Place | None) -> Served | None:
        """What serves a deployment: nothing is assumed of which the user says how it is."""
        entry = self._inventory.model(deployment.table, deployment.model)
        if entry is None:
            return None
        served = self._locations.served(provider, entry, (), place)
        center, zone = served.data_center, served.zone
        codes = {*served.assumptions}
        if deployment.data_center is not None:
            center = self._inventory.data_center(deployment.data_center) or center
            codes -= {semconv.DATA_CENTER_DEFAULT}
        said = deployment.zone or (center.zone if deployment.data_center is not None else None)
        if said is not None and self._locations.for_all is None:
            codes -= {semconv.ZONE_PROVIDER_DEFAULT, semconv.ZONE_WORLD, *zone.assumptions}
            zone = self._locations.zone_around(said)
            codes |= {*zone.assumptions}
        if deployment.weight_bytes is not None:
            entry = entry._replace(model=replace(entry.model, weight_bytes=deployment.weight_bytes))
        return Served(
            entry=entry,
            data_center=center,
            zone=zone,
            assumptions=tuple(sorted(codes)),
            serving=deployment.serving,
            market_gwp_kgco2eq_per_kwh=deployment.market_gwp_kgco2eq_per_kwh,
        )

"""From the names that telemetry contains to entries of the inventory: which model, which data centre, which zone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from otel_genai_impact import semconv
from otel_genai_impact._config import complain
from otel_genai_impact.impacts.electricity import REFERENCE_ELECTRICITY
from otel_genai_impact.impacts.serving import UNKNOWN
from otel_genai_impact.inventory.compiled import DATA_CENTER_DEFAULT, OPEN_WEIGHTS
from otel_genai_impact.inventory.electricity import inventory_with
from otel_genai_impact.inventory.resolved import TEXT, Deployment, Resolution

if TYPE_CHECKING:
    import datetime as dt

    from otel_genai_impact.impacts.serving import Serving
    from otel_genai_impact.inventory.compiled import DataCenterEntry, Inventory, ModelEntry, ZoneEntry
    from otel_genai_impact.inventory.places import Place
    from otel_genai_impact.inventory.resolved import Machine


# Spellings of a provider, in lower case, to the inventory's table of its models.
TABLES: Final = {
    "openai": "openai",
    "anthropic": "anthropic",
    "mistral": "mistralai",
    "mistral_ai": "mistralai",
    "mistralai": "mistralai",
    "gcp.gemini": "google_genai",
    "gcp.vertex_ai": "google_genai",
    "gcp.gen_ai": "google_genai",
    "google_genai": "google_genai",
    "gemini": "google_genai",
    "google": "google_genai",
    "cohere": "cohere",
    "huggingface": "huggingface_hub",
    "huggingface_hub": "huggingface_hub",
}
_AZURE: Final = ("azure.", "az.")

# Clouds that serve other makers' models from data centres of which the maker's figures are the best ones known.
MARKETPLACES: Final = frozenset({"aws.bedrock", "aws_bedrock", "bedrock", "gcp.vertex_ai", "vertex_ai", "vertexai"})

_OLLAMA: Final = "ollama"

_Name = tuple["str | None", str, "dt.date | None"]
_Kept = TypeVar("_Kept")

_NEAREST_NAMES: Final = 3
_MOST_KEPT: Final = 2048
_MOST_UNKNOWN: Final = 1024  # of which there is no end: what this takes is reached soon, and does not grow for days
_LONGEST_KEPT: Final = 200


def _keep(memory: dict[_Name, _Kept], key: _Name, value: _Kept, most: int) -> None:
    if len(memory) >= most:
        memory.clear()  # rare: what is needed comes back at once
    memory[key] = value


def _place_of(host: str | None) -> Place | None:
    if host is None:
        return None
    from otel_genai_impact.inventory.places import place_of_host

    return place_of_host(host)


def _own_data(config: str | None, shipped: Inventory) -> tuple[Inventory, tuple[Deployment, ...], Machine | None]:
    """The inventory with the data of a user's file; as if there were no file if it cannot be used."""
    if config is None:
        return shipped, (), None
    from pathlib import Path

    from otel_genai_impact.inventory.custom import read_custom, with_custom
    from otel_genai_impact.inventory.fields import InventoryError

    try:
        custom = read_custom(Path(config), shipped)
    except InventoryError as error:
        complain(
            "config (GENAI_IMPACT_CONFIG)",
            config,
            f"a file that `genai-impact check` finds nothing wrong with: {error}",
        )
        return shipped, (), None
    return with_custom(shipped, custom), custom.deployments, custom.machine


class ZoneError(LookupError):
    """There is no such electricity zone."""


class ModelError(LookupError):
    """There is no such model."""


class Served(NamedTuple):
    """Which model serves a request, from which data centre, with which electricity; and what was assumed for it.

    Attributes:
        serving: GPUs and batch, if the user says them of a deployment.
        market_gwp_kgco2eq_per_kwh: of the contract for its electricity, to be shown beside the zone's; None without one.
    """

    entry: ModelEntry
    data_center: DataCenterEntry
    zone: ZoneEntry
    assumptions: tuple[str, ...]
    serving: Serving = UNKNOWN
    market_gwp_kgco2eq_per_kwh: float | None = None


class Catalog:
    """Resolves names in an inventory, exactly or in declared steps (`resolution.py`), never by likeness.

    What a name led to is kept, misses too, up to a bound.

    Args:
        zone: electricity zone for all requests, instead of each provider's own.
        entries: the inventory; the shipped one if not given.
        deployments: what names mean that the user gave.
        machine: what the user says of the machine that this process runs on.
        electricity: the method's set of electricity data; that of the inventory, if one is given.
        data_version: of the shipped inventory, one that was kept; today's if not given.

    Attributes:
        electricity: the same.

    Raises:
        ZoneError: the inventory has no such zone.
        DataVersionError: there are no data of that version.
    """

    def __init__(
        self,
        *,
        zone: str | None = None,
        entries: Inventory | None = None,
        deployments: tuple[Deployment, ...] = (),
        electricity: str = REFERENCE_ELECTRICITY,
        machine: Machine | None = None,
        data_version: str | None = None,
    ) -> None:
        self._inventory = inventory_with(electricity, data_version) if entries is None else entries
        self.electricity = electricity
        self._zone = None if zone is None else self.zone(zone)
        self.machine = machine
        self._deployments = {(deployment.name, deployment.provider): deployment for deployment in deployments}
        self._kept: dict[_Name, Resolution] = {}
        self._unknown: dict[_Name, None] = {}

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
        entries, deployments, machine = _own_data(config, inventory_with(electricity, data_version))
        try:
            return cls(zone=zone, entries=entries, deployments=deployments, electricity=electricity, machine=machine)
        except ZoneError as error:
            complain("zone (GENAI_IMPACT_ZONE)", zone, f"a zone of the inventory: {error}")
            return cls(entries=entries, deployments=deployments, electricity=electricity, machine=machine)

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
        if config is None:
            return cls(zone=zone, electricity=electricity, data_version=data_version)
        from pathlib import Path

        from otel_genai_impact.inventory.custom import read_custom, with_custom

        shipped = inventory_with(electricity, data_version)
        custom = read_custom(Path(config), shipped)
        return cls(
            zone=zone,
            entries=with_custom(shipped, custom),
            deployments=custom.deployments,
            electricity=electricity,
            machine=custom.machine,
        )

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
        return self._zone is not None

    def zone(self, code: str) -> ZoneEntry:
        """The electricity zone of this code, in either case; WLD and WORLD are other names of WOR.

        Raises:
            ZoneError: there is none.
        """
        wanted = code.strip().upper()
        entry = self._inventory.zone(semconv.WORLD if wanted in {"WLD", "WORLD"} else wanted)
        if entry is None:
            near = self._near(wanted, self._inventory.zone_codes)
            country = wanted.partition("-")[0]
            if country != wanted and self._inventory.zone(country) is not None:
                near = f"; this method's electricity data have {country!r} and no part of it of that name"
            raise ZoneError(f"there is no electricity zone {code!r}; ISO 3166-1 alpha-3 codes such as FRA{near}")
        return entry

    def _zone_around(self, code: str) -> ZoneEntry:
        """The zone of this code; its country where the set of electricity data has no parts of countries."""
        return self._inventory.zone(code) or self.zone(code.partition("-")[0])

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
                return self._served(provider, found.entry, codes, found.place or place or _place_of(host))
        return None

    def place(self, provider: str | None) -> tuple[DataCenterEntry, ZoneEntry, tuple[str, ...]]:
        """Where a provider's models run, whatever their names; and what was assumed for that."""
        table = self._table(provider)
        known = None if table is None else self._inventory.data_center(table)
        center = known or self._default_data_center()
        codes = [] if known is not None else [semconv.DATA_CENTER_DEFAULT]
        zone = self._zone
        if zone is None:
            zone = self.zone(center.zone)
            codes.append(semconv.ZONE_WORLD if zone.code == semconv.WORLD else semconv.ZONE_PROVIDER_DEFAULT)
        return center, zone, tuple(sorted((*codes, *zone.assumptions)))

    def _deployment(self, provider: str | None, name: str | None) -> Deployment | None:
        if not self._deployments or name is None:
            return None
        return self._deployments.get((name, (provider or "").lower())) or self._deployments.get((name, None))

    def _deployed(self, provider: str | None, deployment: Deployment, place: Place | None) -> Served | None:
        """What serves a deployment: nothing is assumed of which the user says how it is."""
        entry = self._inventory.model(deployment.table, deployment.model)
        if entry is None:
            return None
        served = self._served(provider, entry, (), place)
        center, zone = served.data_center, served.zone
        codes = {*served.assumptions}
        if deployment.data_center is not None:
            center = self._inventory.data_center(deployment.data_center) or center
            codes -= {semconv.DATA_CENTER_DEFAULT}
        said = deployment.zone or (center.zone if deployment.data_center is not None else None)
        if said is not None and self._zone is None:
            codes -= {semconv.ZONE_PROVIDER_DEFAULT, semconv.ZONE_WORLD, *zone.assumptions}
            zone = self._zone_around(said)
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

    def identify(self, provider: str | None, name: str, *, at: dt.date | None = None) -> Resolution | None:
        """Which model a provider means by a name, also if it makes no text and has no numbers; None if that is not known."""
        key = (provider, name, at)
        found = self._kept.get(key)
        if found is not None or key in self._unknown:
            return found
        found = self._identify(provider, name, at)
        if len(name) <= _LONGEST_KEPT:
            if found is None:
                _keep(self._unknown, key, None, _MOST_UNKNOWN)
            else:
                _keep(self._kept, key, found, _MOST_KEPT)
        return found

    def _identify(self, provider: str | None, name: str, at: dt.date | None) -> Resolution | None:
        table = self._table(provider)
        if at is None:
            entry = self._inventory.exact(table, name)
            if entry is not None and entry.name == name:
                return Resolution(id=entry.id, modality=TEXT, entry=entry, codes=())
        from otel_genai_impact.inventory.resolution import resolve  # names that are known as they stand need none of it

        return resolve(self._inventory, table, name, at=at, ollama=(provider or "").lower() == _OLLAMA)

    def nearest(self, provider: str | None, name: str) -> str:
        """A hint with the names most like this one, for messages; empty if there are none."""
        from otel_genai_impact.inventory.spelling import read

        reading = read(name)
        table = self._table(provider)
        tables = self._inventory.tables if table is None else (table,)
        known = [other for each in tables for other in self._inventory.model_names(each)]
        asked = name.rpartition("/")[2] if reading is None else reading.name
        return self._near(asked[:_LONGEST_KEPT], tuple(known))

    def _served(
        self, provider: str | None, entry: ModelEntry, assumptions: tuple[str, ...], place: Place | None = None
    ) -> Served:
        codes = [*assumptions, *entry.assumptions]
        data_center = None if place is None else self._inventory.region(*place)
        in_a_region = data_center is not None
        if data_center is None:
            data_center = self._data_center(provider, entry)
        if in_a_region:
            codes.append(semconv.DATA_CENTER_CLOUD)
        elif data_center.provider == DATA_CENTER_DEFAULT:
            codes.append(semconv.DATA_CENTER_DEFAULT)
        zone = self._zone
        if zone is None:
            zone = self._zone_around(data_center.zone)
            if not in_a_region:
                codes.append(semconv.ZONE_WORLD if zone.code == semconv.WORLD else semconv.ZONE_PROVIDER_DEFAULT)
        codes.extend(zone.assumptions)
        return Served(entry=entry, data_center=data_center, zone=zone, assumptions=tuple(sorted(codes)))

    def located(
        self, provider: str | None, entry: ModelEntry, assumptions: tuple[str, ...], place: Place | None = None
    ) -> Served:
        """Where this provider serves a model from, be it in the tables of this inventory or not."""
        return self._served(provider, entry, assumptions, place)

    def _data_center(self, provider: str | None, entry: ModelEntry) -> DataCenterEntry:
        """The provider's data centre. Who serves another maker's model does not do so from that maker's."""
        of_a_maker = (provider or "").lower() in MARKETPLACES and entry.provider != OPEN_WEIGHTS
        its_own = self._table(provider) == entry.provider or of_a_maker
        known = self._inventory.data_center(entry.provider) if its_own else None
        return known or self._default_data_center()

    def _default_data_center(self) -> DataCenterEntry:
        fallback = self._inventory.data_center(DATA_CENTER_DEFAULT)
        if fallback is None:
            raise LookupError("the inventory has no default data centre")
        return fallback

    def _table(self, provider: str | None) -> str | None:
        spelling = (provider or "").lower()
        return "openai" if spelling.startswith(_AZURE) else TABLES.get(spelling)

    def _near(self, name: str, names: tuple[str, ...]) -> str:
        from difflib import get_close_matches

        near = get_close_matches(name, names, n=_NEAREST_NAMES)
        return f"; did you mean {' or '.join(repr(other) for other in near)}?" if near else ""

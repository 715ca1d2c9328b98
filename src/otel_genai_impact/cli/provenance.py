"""Where the numbers of an estimate come from: sources and check dates, as the data files of the inventory have them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact import semconv
from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY, REFERENCE_ELECTRICITY
from otel_genai_impact.inventory.archive import ORIGINS_FILE, archived, archived_path, archived_tables, has_archived
from otel_genai_impact.inventory.compiled import DATA_CENTER_DEFAULT, DATA_FOLDER
from otel_genai_impact.inventory.electricity import inventory_with
from otel_genai_impact.inventory.electricity_loader import FACTORS, OWN_FILE, ElectricityRecords, load_electricity
from otel_genai_impact.inventory.fields import read_toml
from otel_genai_impact.inventory.loader import InventoryRecords, load_inventory
from otel_genai_impact.inventory.media import MEDIA_FOLDER, media_models
from otel_genai_impact.inventory.provenance import Provenance, read_provenance

if TYPE_CHECKING:
    from pathlib import Path

    from otel_genai_impact.impacts.media import Modality
    from otel_genai_impact.inventory.catalog import Served
    from otel_genai_impact.inventory.compiled import DataCenterEntry, ModelEntry
    from otel_genai_impact.inventory.weights import WeightsGroup


class Origin(NamedTuple):
    """Where a number comes from.

    Attributes:
        sources: links, or names of documents.
        checked: the day on which it was last compared with them, ISO 8601; None if that is not known.
        reference: the release of a data set that it was taken from, if it was.
        years: what years the numbers are for; None if nobody says.
        unchecked: nobody has compared the number with its sources yet.
    """

    sources: tuple[str, ...]
    checked: str | None = None
    reference: str | None = None
    years: str | None = None
    unchecked: bool = False

    @property
    def check(self) -> str | None:
        """In words; None where there is nothing to check, such as a number of the user's own."""
        if self.unchecked:
            return "not checked yet"
        return None if self.checked is None else f"checked {self.checked}"


OWN_DATA: Final = Origin(("data of your own: not in the inventory that is shipped",))
METHOD: Final = Origin(
    ("https://ecologits.ai", "https://pypi.org/project/ecologits/0.11.3/"), "2026-11-22", "EcoLogits 0.11.3"
)
YOURS: Final = Origin(("given on the command line",))


@cache
def _folder(archive: str | None) -> Path:
    """Where the tables with the sources are: today's, or those of a version that was kept."""
    return DATA_FOLDER if archive is None else archived_tables(archive)


@cache
def _of_reference(archive: str | None, what: str) -> Origin | None:
    """The one origin of all `models`, or all `places`, of a version that a release of the reference is; None for our own."""
    if archive is None or not has_archived(archive, ORIGINS_FILE):
        return None
    known = archived(archive, ORIGINS_FILE)[what]
    return Origin(tuple(known["sources"]), known["checked"], known["reference"])


def electricity_data(electricity: str, archive: str | None = None) -> str:
    """Which electricity data a method uses: its set, or what stood for it in a release of the reference."""
    of_all = _of_reference(archive, "places")
    return electricity if of_all is None else str(of_all.reference).lower().replace(" ", "-")


@cache
def _records(archive: str | None) -> InventoryRecords:
    return load_inventory(_folder(archive))


def of_model(served: Served, archive: str | None = None) -> Origin:
    """Where the size and the speed of a model come from; of a member of a family, where the family's range does."""
    if semconv.MODEL_FALLBACK in served.assumptions:
        return _of_family(served.entry.name, archive)
    about = about_model(served.entry, archive)
    return OWN_DATA if about is None else about.origin


def _of_family(name: str, archive: str | None) -> Origin:
    """A range over members of a family: who says that the name is one of its members, and how large these are."""
    families = dict(read_toml(_folder(archive) / "families.toml").tables("families"))
    return _origin(read_provenance(families[name]))._replace(reference=f"range of the family {name}")


def of_media_model(model_id: str, modality: str, archive: str | None = None) -> Origin:
    """Where the numbers of a model that makes no text come from."""
    name = f"{MEDIA_FOLDER.name}/{modality}.toml"
    path = DATA_FOLDER / name if archive is None else archived_path(archive, name)
    return _origin(read_provenance(dict(read_toml(path).tables("models"))[model_id]))


class AboutModel(NamedTuple):
    """What is known of a model beside its numbers; None: not known.

    Attributes:
        evidence: A, the maker publishes its parameters; B, a third party estimates them; C, nobody says, a range by a rule.
        basis: what that range was made from, in words.
        origin: where its parameters are from.
        precision: the format of the weights, and where that is from.
        licence: of the weights, and where that is from.
    """

    evidence: str
    basis: str | None
    origin: Origin
    precision: tuple[str, Origin] | None
    licence: tuple[str, Origin] | None


EVIDENCE: Final = {
    "A": "its maker publishes its parameters",
    "B": "its parameters are a third party's estimate",
    "C": "its parameters are not published: a range by a declared rule, or of its family",
}


def about_model(entry: ModelEntry, archive: str | None = None) -> AboutModel | None:
    """What is known of a model of the inventory; None for the user's own, and for a family."""
    of_all = _of_reference(archive, "models")
    if of_all is not None:
        known = inventory_with(REFERENCE_ELECTRICITY, archive).model(entry.provider, entry.name)
        return None if known is None else AboutModel("A" if known.model.is_disclosed else "B", None, of_all, None, None)
    records = _records(archive)
    for provider in records.providers.values():
        record = provider.models.get(entry.name)
        if record is not None and record.entry.id == entry.id:
            return AboutModel(
                record.evidence,
                None if record.basis is None else str(record.basis),
                _origin(record.provenance),
                _named(records.weights.precision(entry.id), entry),
                _named(records.weights.licence(entry.id), entry),
            )
    return None


def about_media_model(entry: ModelEntry, modality: Modality, archive: str | None = None) -> AboutModel | None:
    """The same of a model that makes no text, of whose weights the inventory says no more than their number."""
    known = media_models(modality, archive).get(entry.id)
    if known is None:
        return None
    evidence, basis = "A" if known.model.is_disclosed else "C", None if known.basis is None else str(known.basis)
    return AboutModel(evidence, basis, of_media_model(entry.id, modality, archive), None, None)


def _named(group: WeightsGroup | None, entry: ModelEntry) -> tuple[str, Origin] | None:
    """What a group says of a model: with the sources that are of its maker, if the group has many makers."""
    if group is None:
        return None
    origin = _origin(group.provenance)
    of_maker = tuple(source for source in origin.sources if f"/{entry.id.partition('/')[0]}/" in source)
    return group.name, origin._replace(sources=of_maker or origin.sources)


def of_data_center(entry: DataCenterEntry, archive: str | None = None) -> Origin:
    """Where the PUE, the WUE and the zone of a data centre come from."""
    of_all = _of_reference(archive, "places")
    if of_all is not None and entry.provider != DATA_CENTER_DEFAULT:
        return of_all
    # The reference knew no data centre of providers that it did not know: today's stands for them.
    folder = _folder(None if of_all is not None else archive)
    cloud, _, region = entry.provider.partition("/")
    if region:
        return _of_cloud(cloud, folder)
    centers = dict(read_toml(folder / "data_centers.toml").tables("data_centers"))
    table = centers.get(entry.provider)
    return OWN_DATA if table is None else _origin(read_provenance(table))


def _of_cloud(name: str, folder: Path) -> Origin:
    """A region has the figures of all data centres of its cloud together, for the years that the cloud says."""
    table = dict(read_toml(folder / "clouds.toml").tables("clouds")).get(name)
    if table is None:
        return OWN_DATA
    years = f"PUE {table.values['pue_year']}, WUE {table.values['wue_year']}"
    return _origin(read_provenance(table))._replace(years=years)


def of_zone(code: str, factor: str, electricity: str, archive: str | None = None) -> Origin:
    """Where a factor of an electricity zone comes from: the reference's set has one origin, ours has one a factor."""
    if electricity == OWN_ELECTRICITY:
        return _of_own_zone(code, factor, archive)
    of_all = _of_reference(archive, "places")
    if of_all is not None:
        return of_all if inventory_with(electricity, archive).zone(code) is not None else OWN_DATA
    file = read_toml(_folder(archive) / "zones.toml")
    return _origin(read_provenance(file)) if code in file.table("zones").values else OWN_DATA


@cache
def _electricity(archive: str | None) -> ElectricityRecords:
    return load_electricity(_folder(archive) / OWN_FILE.name)


def zone_origins(code: str, electricity: str) -> tuple[str, ...]:
    """Short names of where the factors of a zone come from, in the order of greenhouse gases, metals, energy, water."""
    if electricity == OWN_ELECTRICITY:
        return _electricity(None).origins_of[code]
    return (electricity,)


def _of_own_zone(code: str, factor: str, archive: str | None) -> Origin:
    known = _electricity(archive)
    origins = known.origins_of.get(code)
    if origins is None:
        return OWN_DATA
    origin = known.origins[origins[FACTORS.index(factor)]]
    year = "" if origin.year is None else f" {origin.year}"
    years = None if origin.year is None else str(origin.year)
    return _origin(origin.provenance)._replace(reference=f"{origin.what}{year}", years=years)


def _origin(provenance: Provenance) -> Origin:
    day = provenance.checked
    return Origin(
        provenance.sources, None if day is None else day.isoformat(), provenance.reference, unchecked=day is None
    )

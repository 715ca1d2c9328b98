"""Reads the TOML files that people edit, strictly: what is wrong is one InventoryError, never a silent default.

The running program reads `compiled.py` instead; this is for compiling, for tests and for files of the user's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, Model
from otel_genai_impact.inventory.basis import BASIS_KEY, Basis, read_basis
from otel_genai_impact.inventory.compiled import (
    DATA_CENTER_DEFAULT,
    DATA_FOLDER,
    WITHOUT_SERVICE,
    DataCenterEntry,
    ModelEntry,
    ZoneEntry,
)
from otel_genai_impact.inventory.fields import (
    AT_LEAST_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    InventoryError,
    Table,
    read_toml,
    shown,
)
from otel_genai_impact.inventory.provenance import PROVENANCE_KEYS, SOURCE_KEYS, Provenance, read_provenance
from otel_genai_impact.inventory.weights import WEIGHTS_FILE, WeightsRecords, load_weights, read_precision

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.impacts.interval import Interval

ZONE_PATTERN: Final = re.compile(r"[A-Z]{3}(-[A-Z0-9]{1,3})?")
ZONE_FORM: Final = "a zone such as FRA, USA-CA or WOR"
_DATA_VERSION: Final = re.compile(r"\d{4}\.(0[1-9]|1[0-2])(\.\d+)?")
_OPTIONAL_MODEL_KEYS: Final = (
    "parameters_disclosed",
    "multimodal",
    "output_tokens_per_s",
    "time_to_first_token_s",
    "precision",
)
_WORLD_FACTORS: Final = ("adpe", "pe", "wue")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecord:
    """A model and where its numbers come from; a basis, if its size follows from one of our rules."""

    entry: ModelEntry
    provenance: Provenance
    basis: Basis | None = None

    @property
    def evidence(self) -> str:
        """How good its parameters are: A, the maker says them; B, a third party estimates them; C, nobody says anything."""
        if semconv.MODEL_PARAMETERS_UNDISCLOSED not in self.entry.assumptions:
            return "A"
        return "C" if self.provenance.reference is None else "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRecord:
    """Another name of a model of the same provider."""

    model: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord:
    """The models of one provider by name, and the other names that they go by."""

    provider: str
    maker: str | None
    models: Mapping[str, ModelRecord]
    aliases: Mapping[str, AliasRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudRecord:
    """What a cloud reports of its data centres, and the electricity zone of each of its regions."""

    data_center: DataCenter
    zones: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryRecords:
    """Everything that the folder of TOML files says."""

    data_version: str
    providers: Mapping[str, ProviderRecord]
    zones: Mapping[str, ZoneEntry]
    data_centers: Mapping[str, DataCenterEntry]
    clouds: Mapping[str, CloudRecord]
    weights: WeightsRecords


def load_inventory(folder: Path = DATA_FOLDER) -> InventoryRecords:
    """Read the whole folder, and check that its files agree with each other.

    Raises:
        InventoryError: on the first problem.
    """
    providers = _load_providers(folder / "models")
    _add_makers(providers, folder / "makers")
    ids = [record.entry.id for provider in providers.values() for record in provider.models.values()]
    weights = load_weights(folder / WEIGHTS_FILE, ids)
    providers = {name: _with_weights(provider, weights) for name, provider in providers.items()}
    zones_file = read_toml(folder / "zones.toml")
    zones_file.allow("zones", *PROVENANCE_KEYS)
    read_provenance(zones_file)
    zones = read_zones(zones_file)
    centers_file = read_toml(folder / "data_centers.toml")
    centers_file.allow("data_centers")
    centers = read_data_centers(centers_file)
    for provider in (*(known for known in providers if known != WITHOUT_SERVICE), DATA_CENTER_DEFAULT):
        if provider not in centers:
            raise centers_file.error(f'data_centers."{provider}"', "missing, every provider has a data centre")
    for center in centers.values():
        if center.zone not in zones:
            where = f'data_centers."{center.provider}": zone'
            raise centers_file.error(where, f"expected a zone of zones.toml, got {shown(center.zone)}")
    return InventoryRecords(
        data_version=_read_data_version(folder / "meta.toml"),
        providers=providers,
        zones=zones,
        data_centers=centers,
        clouds=_load_clouds(folder / "clouds.toml", zones),
        weights=weights,
    )


def _with_weights(provider: ProviderRecord, weights: WeightsRecords) -> ProviderRecord:
    """The models with the precision of their weights, where that is known."""

    def with_precision(record: ModelRecord) -> ModelRecord:
        if record.entry.model.weight_bytes is not None:
            return record  # the entry says it itself
        model = replace(record.entry.model, weight_bytes=weights.weight_bytes(record.entry.id))
        return replace(record, entry=record.entry._replace(model=model))

    return replace(provider, models={name: with_precision(record) for name, record in provider.models.items()})


def _load_clouds(path: Path, zones: Mapping[str, ZoneEntry]) -> dict[str, CloudRecord]:
    """The file of clouds, which may be missing: regions are then unknown."""
    if not path.exists():
        return {}
    top = read_toml(path)
    top.allow("clouds")
    return {name: _read_cloud(table, zones) for name, table in top.tables("clouds")}


def _read_cloud(table: Table, zones: Mapping[str, ZoneEntry]) -> CloudRecord:
    table.allow("pue", "pue_year", "onsite_wue_l_per_kwh", "wue_year", "zones", *SOURCE_KEYS)
    read_provenance(table)
    for year in ("pue_year", "wue_year"):
        table.number(year, POSITIVE)
    regions = table.table("zones")
    for region in regions.values:
        # A part of a country is in our own electricity data; in the reference's its country stands for it.
        if regions.text(region).partition("-")[0] not in zones:
            raise regions.expected(region, "a zone of zones.toml, or a part of one")
    return CloudRecord(
        data_center=DataCenter(
            pue=table.interval("pue", AT_LEAST_ONE),
            onsite_wue_l_per_kwh=table.interval("onsite_wue_l_per_kwh", NOT_NEGATIVE),
        ),
        zones={region: regions.text(region) for region in regions.values},
    )


def _load_providers(folder: Path) -> dict[str, ProviderRecord]:
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise InventoryError(f"{folder.name}: expected at least one TOML file of models, found none")
    providers: dict[str, ProviderRecord] = {}
    for path in paths:
        top = read_toml(path)
        top.allow("provider", "maker", "models", "aliases")
        provider = top.choice("provider", (path.stem,))
        providers[provider] = read_models(top, provider=provider, maker=top.optional_text("maker"))
    return providers


def _add_makers(providers: dict[str, ProviderRecord], folder: Path) -> None:
    """Models that the reference does not know, one file a maker. In tables of many makers, names are `maker/name`."""
    for path in sorted(folder.glob("*.toml")):
        top = read_toml(path)
        top.allow("provider", "maker", "models")
        provider = top.choice("provider", (*providers, WITHOUT_SERVICE))
        maker = top.text("maker")
        known = providers.get(provider)
        own = None if known is None else known.maker
        if own not in {None, maker}:
            raise top.expected("maker", f"{shown(own)}, as in {provider}.toml")
        models = dict(read_models(top, provider=provider, maker=maker).models)
        if own is None:
            models = {
                f"{maker}/{name}": replace(record, entry=record.entry._replace(name=f"{maker}/{name}"))
                for name, record in models.items()
            }
        have: dict[str, ModelRecord] = {} if known is None else dict(known.models)
        for name in models.keys() & have.keys():
            raise top.error(f"models.{shown(name)}", "duplicate, another file has this model")
        aliases: Mapping[str, AliasRecord] = {} if known is None else known.aliases
        providers[provider] = ProviderRecord(provider=provider, maker=own, models={**have, **models}, aliases=aliases)


def _read_data_version(path: Path) -> str:
    meta = read_toml(path)
    meta.allow("data_version", "licence", "attribution")
    meta.text("licence")
    meta.text("attribution")
    return meta.matching("data_version", _DATA_VERSION, 'a year and a month such as "2026.11"')


def read_models(top: Table, *, provider: str, maker: str | None) -> ProviderRecord:
    """The tables `models` and `aliases`. Without a maker, each name is `maker/name` already."""
    models = {name: _read_model(table, provider, maker, name) for name, table in top.tables("models")}
    aliases: dict[str, AliasRecord] = {}
    for name, table in top.tables("aliases"):
        if name in models:
            raise table.error("", "duplicate, a model of this file has the same name")
        aliases[name] = _read_alias(table, models)
    return ProviderRecord(provider=provider, maker=maker, models=models, aliases=aliases)


def _read_model(table: Table, provider: str, maker: str | None, name: str) -> ModelRecord:
    """A model and where its numbers come from."""
    entry = read_model(table, provider, maker, name, BASIS_KEY)
    return ModelRecord(entry=entry, provenance=read_provenance(table), basis=read_basis(table))


def read_model(table: Table, provider: str, maker: str | None, name: str, *more_keys: str) -> ModelEntry:
    """One model's numbers; `more_keys` are those that somebody else reads."""
    if maker is None and not re.fullmatch(r"[^/\s]+/\S+", name):
        raise table.error("", "expected a name of the form maker/name, since the file names no maker")
    architecture = table.choice("architecture", ("dense", "moe"))
    parameter_keys = ("parameters_b",) if architecture == "dense" else ("total_parameters_b", "active_parameters_b")
    table.allow("architecture", *parameter_keys, *_OPTIONAL_MODEL_KEYS, *more_keys, *PROVENANCE_KEYS)
    active, total = _read_parameters(table, dense=architecture == "dense")
    is_disclosed = table.flag("parameters_disclosed", default=True)
    assumptions = (
        (semconv.MODEL_MULTIMODAL, table.flag("multimodal", default=False)),
        (semconv.MODEL_PARAMETERS_UNDISCLOSED, not is_disclosed),
    )
    return ModelEntry(
        id=name if maker is None else f"{maker}/{name}",
        provider=provider,
        name=name,
        model=Model(
            active_parameters_b=active,
            total_parameters_b=total,
            output_tokens_per_s=table.optional_number("output_tokens_per_s", POSITIVE),
            time_to_first_token_s=table.optional_number("time_to_first_token_s", NOT_NEGATIVE),
            weight_bytes=read_precision(table),
            is_disclosed=is_disclosed,
        ),
        assumptions=tuple(code for code, holds in assumptions if holds),
    )


def _read_parameters(table: Table, *, dense: bool) -> tuple[Interval, Interval]:
    """Active and total parameters; in a dense model all are active."""
    if dense:
        parameters = table.interval("parameters_b", POSITIVE)
        return parameters, parameters
    active = table.interval("active_parameters_b", POSITIVE)
    total = table.interval("total_parameters_b", POSITIVE)
    if active.low > total.low or active.high > total.high:
        raise table.expected(
            "active_parameters_b", f"at most total_parameters_b ({shown(table.values['total_parameters_b'])})"
        )
    return active, total


def _read_alias(table: Table, models: Mapping[str, ModelRecord]) -> AliasRecord:
    table.allow("model", *PROVENANCE_KEYS)
    model = table.text("model")
    if model not in models:
        raise table.expected("model", "the name of a model of this file")
    return AliasRecord(model=model, provenance=read_provenance(table, reference_is_source=True))


def read_zones(top: Table) -> dict[str, ZoneEntry]:
    """The table `zones`: one row of factors a zone."""
    return {code: _read_zone(table, code) for code, table in top.tables("zones")}


def _read_zone(table: Table, code: str) -> ZoneEntry:
    if not ZONE_PATTERN.fullmatch(code):
        raise table.error("", f"expected {ZONE_FORM}")
    table.allow("gwp_kgco2eq_per_kwh", "adpe_kgsbeq_per_kwh", "pe_mj_per_kwh", "wue_l_per_kwh", "from_world")
    from_world = table.choices("from_world", _WORLD_FACTORS)
    return ZoneEntry(
        code=code,
        electricity_mix=ElectricityMix(
            gwp_kgco2eq_per_kwh=table.number("gwp_kgco2eq_per_kwh", NOT_NEGATIVE),
            adpe_kgsbeq_per_kwh=table.number("adpe_kgsbeq_per_kwh", NOT_NEGATIVE),
            pe_mj_per_kwh=table.number("pe_mj_per_kwh", NOT_NEGATIVE),
            wue_l_per_kwh=table.number("wue_l_per_kwh", NOT_NEGATIVE),
        ),
        assumptions=tuple(f"grid.{factor}.world" for factor in _WORLD_FACTORS if factor in from_world),
    )


def read_data_centers(top: Table) -> dict[str, DataCenterEntry]:
    """The table `data_centers`: one entry a provider."""
    centers: dict[str, DataCenterEntry] = {}
    for provider, table in top.tables("data_centers"):
        centers[provider] = read_data_center(table, provider)
        read_provenance(table)
    return centers


def read_data_center(table: Table, provider: str) -> DataCenterEntry:
    """One data centre's numbers."""
    table.allow("pue", "onsite_wue_l_per_kwh", "zone", *PROVENANCE_KEYS)
    return DataCenterEntry(
        provider=provider,
        data_center=DataCenter(
            pue=table.interval("pue", AT_LEAST_ONE),
            onsite_wue_l_per_kwh=table.interval("onsite_wue_l_per_kwh", NOT_NEGATIVE),
        ),
        zone=table.matching("zone", ZONE_PATTERN, ZONE_FORM),
    )

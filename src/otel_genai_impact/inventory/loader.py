"""Reads the TOML files that people edit, strictly: what is wrong is one InventoryError, never a silent default.

The running program reads `compiled.py` instead; this is for compiling, for tests and for files of the user's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact.inventory.compiled import DATA_CENTER_DEFAULT, DATA_FOLDER, WITHOUT_SERVICE
from otel_genai_impact.inventory.fields import read_toml, shown
from otel_genai_impact.inventory.models_loader import add_makers, load_providers, with_weights
from otel_genai_impact.inventory.places_loader import load_clouds, read_data_centers, read_zones
from otel_genai_impact.inventory.provenance import PROVENANCE_KEYS, read_provenance
from otel_genai_impact.inventory.weights import WEIGHTS_FILE, load_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.compiled import DataCenterEntry, ZoneEntry
    from otel_genai_impact.inventory.models_loader import ProviderRecord
    from otel_genai_impact.inventory.places_loader import CloudRecord
    from otel_genai_impact.inventory.weights import WeightsRecords

_DATA_VERSION: Final = re.compile(r"\d{4}\.(0[1-9]|1[0-2])(\.\d+)?")


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
    providers = load_providers(folder / "models")
    add_makers(providers, folder / "makers")
    ids = [record.entry.id for provider in providers.values() for record in provider.models.values()]
    weights = load_weights(folder / WEIGHTS_FILE, ids)
    providers = {name: with_weights(provider, weights) for name, provider in providers.items()}
    zones = _load_zones(folder / "zones.toml")
    return InventoryRecords(
        data_version=_read_data_version(folder / "meta.toml"),
        providers=providers,
        zones=zones,
        data_centers=_load_data_centers(folder / "data_centers.toml", providers, zones),
        clouds=load_clouds(folder / "clouds.toml", zones),
        weights=weights,
    )


def _load_zones(path: Path) -> dict[str, ZoneEntry]:
    top = read_toml(path)
    top.allow("zones", *PROVENANCE_KEYS)
    read_provenance(top)
    return read_zones(top)


def _load_data_centers(
    path: Path, providers: Mapping[str, ProviderRecord], zones: Mapping[str, ZoneEntry]
) -> dict[str, DataCenterEntry]:
    """One for every provider and one for the unknown, each in a zone that there is."""
    top = read_toml(path)
    top.allow("data_centers")
    centers = read_data_centers(top)
    for provider in (*(known for known in providers if known != WITHOUT_SERVICE), DATA_CENTER_DEFAULT):
        if provider not in centers:
            raise top.error(f'data_centers."{provider}"', "missing, every provider has a data centre")
    for center in centers.values():
        if center.zone not in zones:
            where = f'data_centers."{center.provider}": zone'
            raise top.error(where, f"expected a zone of zones.toml, got {shown(center.zone)}")
    return centers


def _read_data_version(path: Path) -> str:
    meta = read_toml(path)
    meta.allow("data_version", "licence", "attribution")
    meta.text("licence")
    meta.text("attribution")
    return meta.matching("data_version", _DATA_VERSION, 'a year and a month such as "2026.11"')

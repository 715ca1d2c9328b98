"""Reads `electricity.toml` strictly, as `loader.py` reads the other numbers; for compiling, for tests and for `explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from otel_genai_impact.impacts.product_system import ElectricityMix
from otel_genai_impact.inventory.compiled import DATA_FOLDER, ZoneEntry
from otel_genai_impact.inventory.fields import NOT_NEGATIVE, POSITIVE, Table, read_toml
from otel_genai_impact.inventory.places_loader import ZONE_FORM, ZONE_PATTERN
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.provenance import Provenance

OWN_FILE: Final = DATA_FOLDER / "electricity.toml"
FACTORS: Final = ("gwp_kgco2eq_per_kwh", "adpe_kgsbeq_per_kwh", "pe_mj_per_kwh", "wue_l_per_kwh")
_WORLD: Final = "world"
_CODE_IF_WORLD: Final = (None, semconv.GRID_ADPE_WORLD, semconv.GRID_PE_WORLD, semconv.GRID_WUE_WORLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityOrigin:
    """Where figures come from: in words, for which year (None: it does not say), under which licence."""

    what: str
    year: int | None
    licence: str
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityRecords:
    """Zones, and for each the keys of its four factors' origins, in the order of `FACTORS`."""

    zones: Mapping[str, ZoneEntry]
    origins: Mapping[str, ElectricityOrigin]
    origins_of: Mapping[str, tuple[str, ...]]


def load_electricity(path: Path = OWN_FILE) -> ElectricityRecords:
    """Read the file.

    Raises:
        InventoryError: on the first problem.
    """
    top = read_toml(path)
    top.allow(*SOURCE_KEYS, "origins", "zones")
    read_provenance(top)
    origins = {name: _read_origin(table) for name, table in top.tables("origins")}
    origins_of: dict[str, tuple[str, ...]] = {}
    zones: dict[str, ZoneEntry] = {}
    for code, table in top.tables("zones"):
        origins_of[code] = _read_origins_of(table, origins)
        zones[code] = _read_zone(table, code, origins_of[code])
    return ElectricityRecords(zones=zones, origins=origins, origins_of=origins_of)


def _read_origin(table: Table) -> ElectricityOrigin:
    table.allow("what", "year", "licence", *SOURCE_KEYS)
    year = table.optional_number("year", POSITIVE)
    return ElectricityOrigin(
        what=table.text("what"),
        year=None if year is None else int(year),
        licence=table.text("licence"),
        provenance=read_provenance(table),
    )


def _read_origins_of(table: Table, origins: Mapping[str, ElectricityOrigin]) -> tuple[str, ...]:
    keys = table.values.get("origins")
    if not isinstance(keys, list) or len(keys) != len(FACTORS) or not all(key in origins for key in keys):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        raise table.expected("origins", f"{len(FACTORS)} keys of the file's origins, one a factor")
    return tuple(map(str, keys))  # pyright: ignore[reportUnknownArgumentType]


def _read_zone(table: Table, code: str, origins: tuple[str, ...]) -> ZoneEntry:
    if not ZONE_PATTERN.fullmatch(code):
        raise table.error("", f"expected {ZONE_FORM}")
    table.allow(*FACTORS, "origins")
    gwp, adpe, pe, wue = (table.number(factor, NOT_NEGATIVE) for factor in FACTORS)
    worlds = zip(_CODE_IF_WORLD, origins, strict=True)
    return ZoneEntry(
        code=code,
        electricity_mix=ElectricityMix(
            gwp_kgco2eq_per_kwh=gwp, adpe_kgsbeq_per_kwh=adpe, pe_mj_per_kwh=pe, wue_l_per_kwh=wue
        ),
        assumptions=tuple(
            factor for factor, origin in worlds if factor is not None and origin == _WORLD and code != semconv.WORLD
        ),
    )

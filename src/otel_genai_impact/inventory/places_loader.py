"""Reads the TOML files of places: electricity zones, data centres and the regions of clouds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix
from otel_genai_impact.inventory.compiled import DataCenterEntry, ZoneEntry
from otel_genai_impact.inventory.fields import AT_LEAST_ONE, NOT_NEGATIVE, POSITIVE, Table, read_toml
from otel_genai_impact.inventory.provenance import PROVENANCE_KEYS, SOURCE_KEYS, read_provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ZONE_PATTERN: Final = re.compile(r"[A-Z]{3}(-[A-Z0-9]{1,3})?")
ZONE_FORM: Final = "a zone such as FRA, USA-CA or WOR"
_WORLD_FACTORS: Final = ("adpe", "pe", "wue")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudRecord:
    """What a cloud reports of its data centres, and the electricity zone of each of its regions."""

    data_center: DataCenter
    zones: Mapping[str, str]


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


def load_clouds(path: Path, zones: Mapping[str, ZoneEntry]) -> dict[str, CloudRecord]:
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

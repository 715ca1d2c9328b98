"""The user's own data: models, deployments, data centres and electricity zones, from one TOML file.

Imported where a file is given alone. Everything in it is checked, and the first problem is one error with file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from otel_genai_impact.impacts.criteria import ADPE, GWP, PE
from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY
from otel_genai_impact.impacts.serving import Serving
from otel_genai_impact.inventory.compiled import CompiledInventory, Inventory
from otel_genai_impact.inventory.electricity import inventory_with
from otel_genai_impact.inventory.fields import AT_LEAST_ONE, NOT_NEGATIVE, POSITIVE, Table, read_toml
from otel_genai_impact.inventory.models_loader import read_model
from otel_genai_impact.inventory.places_loader import read_data_center, read_zones
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance
from otel_genai_impact.inventory.resolved import Deployment, Machine
from otel_genai_impact.inventory.rows import data_center_row, model_row, zone_row
from otel_genai_impact.inventory.weights import read_precision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.compiled import DataCenterEntry, ModelEntry, ZoneEntry

OWN: Final = "own"
"""The table of the user's own models."""

SECTIONS: Final = ("models", "deployments", "data_centers", "zones", "contracts", "budgets", "machine")
DEPLOYMENT_KEYS: Final = ("model", "provider", "data_center", "zone", "gpu", "precision", "batch_size", "contract")
CONTRACT_KEYS: Final = ("gwp_kgco2eq_per_kwh", "instrument", "year", "sources", "checked")
BUDGET_KEYS: Final = ("energy_j", "gwp_g", "wcf_l", "requests")
GPUS: Final = ("H100", "H200", "B200")
"""Those that a method has figures for."""
MACHINE_EMBODIED: Final = {
    "embodied_gwp_kgco2eq": GWP,
    "embodied_adpe_kgsbeq": ADPE,
    "embodied_pe_mj": PE,
}
"""What making a machine cost, in the units of Boavizta's figures."""
MACHINE_KEYS: Final = ("pue", "zone", "lifetime_years", *MACHINE_EMBODIED, *SOURCE_KEYS)
_S_PER_YEAR: Final = 365 * 24 * 3600.0
_HEADER: Final = re.compile(r"\s*\[(?P<path>[^\[\]]+)\]\s*(?:#.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomData:
    """What a file says.

    Attributes:
        models: by `maker/name`.
        deployments: names that telemetry has, and what they mean.
        data_centers: the user's own, or other figures for one of the inventory.
        zones: the same for electricity zones.
        contracts: market-based greenhouse gases of one kWh, kgCO2eq.
        budgets: limits by the name of the budget and the keyword of `budget()`.
        machine: that which this process runs on; None: nothing is said of it.
    """

    models: Mapping[str, ModelEntry]
    deployments: tuple[Deployment, ...]
    data_centers: Mapping[str, DataCenterEntry]
    zones: Mapping[str, ZoneEntry]
    contracts: Mapping[str, float]
    budgets: Mapping[str, Mapping[str, float]]
    machine: Machine | None = None


def read_custom(path: Path, shipped: Inventory) -> CustomData:
    """Read a file, and check that what it refers to is in it or in the inventory.

    Raises:
        InventoryError: on the first problem.
    """
    read = read_toml(path)
    top = Table(read.file, "", read.values, (), _lines_of(path))
    top.allow(*SECTIONS)
    zones = read_zones(top)
    centers = {name: _read_data_center(table, name, zones, shipped) for name, table in top.tables("data_centers")}
    models = {name: _read_model(table, name) for name, table in top.tables("models")}
    contracts = {name: _read_contract(table) for name, table in top.tables("contracts")}
    budgets = {name: _read_budget(table) for name, table in top.tables("budgets")}
    own = CustomData(
        models=models, deployments=(), data_centers=centers, zones=zones, contracts=contracts, budgets=budgets
    )
    deployments = tuple(_read_deployment(table, name, own, shipped) for name, table in top.tables("deployments"))
    machine = _read_machine(top.table("machine"), zones, shipped) if "machine" in top.values else None
    return replace(own, deployments=deployments, machine=machine)


def with_custom(shipped: Inventory, custom: CustomData) -> Inventory:
    """The inventory with the user's own data, which comes first where both say something."""
    content = shipped.content
    own = {name: model_row(entry) for name, entry in custom.models.items()}
    merged: CompiledInventory = {
        **content,
        "makers": {OWN: None, **content["makers"]},
        "models": {OWN: own, **content["models"]},
        "aliases": {OWN: {}, **content["aliases"]},
        "zones": {**content["zones"], **{code: zone_row(zone) for code, zone in custom.zones.items()}},
        "data_centers": {
            **content["data_centers"],
            **{name: data_center_row(center) for name, center in custom.data_centers.items()},
        },
    }
    return Inventory(merged)


def _read_model(table: Table, name: str) -> ModelEntry:
    """A model of the user's own; unlike ours it need not say where its numbers come from."""
    if any(key in table.values for key in SOURCE_KEYS):
        read_provenance(table)
    return read_model(table, OWN, None, name)


def _read_data_center(table: Table, name: str, zones: Mapping[str, ZoneEntry], shipped: Inventory) -> DataCenterEntry:
    center = read_data_center(table, name)
    if not _is_zone(center.zone, zones, shipped):
        raise table.expected("zone", "a zone of this file or of the inventory")
    return center


def _read_contract(table: Table) -> float:
    """What is bought, and what its seller says that one kWh of it takes."""
    table.allow(*CONTRACT_KEYS)
    table.text("instrument")
    table.optional_number("year", POSITIVE)
    return table.number("gwp_kgco2eq_per_kwh", NOT_NEGATIVE)


def _read_deployment(table: Table, name: str, own: CustomData, shipped: Inventory) -> Deployment:
    """What a name in telemetry means: a model of this file or of the inventory, and where and how it runs if that is known."""
    table.allow(*DEPLOYMENT_KEYS)
    model = table.text("model")
    place = (OWN, model) if model in own.models else shipped.place(model)
    if place is None:
        raise table.expected("model", "the maker/name of a model of this file or of the inventory")
    center, zone = table.optional_text("data_center"), table.optional_text("zone")
    if center is not None and center not in own.data_centers and shipped.data_center(center) is None:
        raise table.expected("data_center", "a data centre of this file or of the inventory")
    if zone is not None and not _is_zone(zone, own.zones, shipped):
        raise table.expected("zone", "a zone of this file or of the inventory")
    contract = table.optional_text("contract")
    if contract is not None and contract not in own.contracts:
        raise table.expected("contract", "a contract of this file")
    provider = table.optional_text("provider")
    return Deployment(
        name=name,
        provider=provider and provider.lower(),
        table=place[0],
        model=place[1],
        data_center=center,
        zone=zone,
        weight_bytes=read_precision(table),
        serving=Serving(
            gpu=table.choice("gpu", GPUS) if "gpu" in table.values else None,
            batch_size=table.optional_number("batch_size", AT_LEAST_ONE),
        ),
        market_gwp_kgco2eq_per_kwh=None if contract is None else own.contracts[contract],
    )


def _is_zone(code: str, zones: Mapping[str, ZoneEntry], shipped: Inventory) -> bool:
    """Whether this file or any set of electricity data has it: a file serves every method."""
    return code in zones or shipped.zone(code) is not None or inventory_with(OWN_ELECTRICITY).zone(code) is not None


def _read_budget(table: Table) -> dict[str, float]:
    """The limits of a budget, whatever its code says of them."""
    table.allow(*BUDGET_KEYS)
    if not table.values:
        raise table.error("", f"no limit, allowed are {', '.join(BUDGET_KEYS)}")
    return {key: table.number(key, NOT_NEGATIVE) for key in BUDGET_KEYS if key in table.values}


def _read_machine(table: Table, zones: Mapping[str, ZoneEntry], shipped: Inventory) -> Machine:
    """The machine that is measured. What making it cost needs all three figures, and how long it is used."""
    table.allow(*MACHINE_KEYS)
    if any(key in table.values for key in SOURCE_KEYS):
        read_provenance(table)
    zone = table.optional_text("zone")
    if zone is not None and not _is_zone(zone, zones, shipped):
        raise table.expected("zone", "a zone of this file or of the inventory")
    embodied = None
    if any(key in table.values for key in ("lifetime_years", *MACHINE_EMBODIED)):
        lifetime_s = table.number("lifetime_years", POSITIVE) * _S_PER_YEAR
        gwp, adpe, pe = (
            table.number(key, NOT_NEGATIVE) * criterion.reported_per_model_unit / lifetime_s
            for key, criterion in MACHINE_EMBODIED.items()
        )
        embodied = (gwp, adpe, pe)
    pue = table.interval("pue", AT_LEAST_ONE) if "pue" in table.values else None
    return Machine(pue=pue, zone=zone, embodied_per_s=embodied)


def _lines_of(path: Path) -> Callable[[tuple[str, ...], str], int | None]:
    """Finds the line of a key, or of the header of its table, in the text of a TOML file that is well formed."""
    lines = path.read_text(encoding="utf-8").splitlines()

    def line_of(table: tuple[str, ...], key: str) -> int | None:
        header: tuple[str, ...] = ()
        found = None
        for number, line in enumerate(lines, start=1):
            if _HEADER.fullmatch(line):
                header = _path_in(line)
                if header == table:
                    found = number
                elif not table and header[:1] == (key,):
                    return number
            elif key and header == table and re.match(rf'\s*(["\']?){re.escape(key)}\1\s*[=.]', line):
                return number
            elif header == table[:-1] and table and re.match(rf'\s*(["\']?){re.escape(table[-1])}\1\s*=', line):
                found = number
        return found

    return line_of


def _path_in(header: str) -> tuple[str, ...]:
    """The names in the header of a table, which is a TOML file of its own."""
    import tomllib

    path: list[str] = []
    content: object = tomllib.loads(header)
    while isinstance(content, dict) and content:
        name = next(iter(content))  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        path.append(str(name))  # pyright: ignore[reportUnknownArgumentType]
        content = content[name]  # pyright: ignore[reportUnknownVariableType]
    return tuple(path)

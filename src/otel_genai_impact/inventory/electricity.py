"""The electricity data of our own, for methods that are not bound to their reference's table.

Read when a method first asks for it: who stays with the default method never does.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final, TypedDict

from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY, REFERENCE_ELECTRICITY
from otel_genai_impact.inventory.compiled import COMPILED_FILE, DATA_FOLDER, Inventory, inventory

if TYPE_CHECKING:
    from otel_genai_impact.inventory.compiled import CompiledInventory, ZoneRow

ELECTRICITY_FILE: Final = DATA_FOLDER / "electricity.json"
ELECTRICITY_SETS: Final = (REFERENCE_ELECTRICITY, OWN_ELECTRICITY)


class CompiledElectricity(TypedDict):
    """What the generated file holds."""

    zones: dict[str, ZoneRow]


@cache
def inventory_with(electricity: str, data_version: str | None = None) -> Inventory:
    """The inventory with the zones of one set of electricity data: today's, or that of a version that was kept.

    Raises:
        ValueError: there is no such set.
        DataVersionError: there are no data of that version.
    """
    if electricity not in ELECTRICITY_SETS:
        raise ValueError(f"there are no electricity data {electricity!r}; there are {', '.join(ELECTRICITY_SETS)}")
    entries = _of_version(data_version)
    if electricity == REFERENCE_ELECTRICITY:
        return entries
    own: CompiledElectricity
    if entries.archive is None:
        own = json.loads(ELECTRICITY_FILE.read_bytes())
    else:
        from otel_genai_impact.inventory.archive import archived

        own = archived(entries.archive, ELECTRICITY_FILE.name)
    return Inventory({**entries.content, "zones": own["zones"]})


def _of_version(data_version: str | None) -> Inventory:
    if data_version is None or data_version == inventory().data_version:
        return inventory()
    from otel_genai_impact.inventory.archive import archived

    kept: CompiledInventory = archived(data_version, COMPILED_FILE.name)
    kept["archive"] = data_version
    return Inventory(kept)

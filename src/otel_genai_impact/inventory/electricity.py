"""The electricity data of our own, for methods that are not bound to their reference's table.

Read when a method first asks for it: who stays with the default method never does.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Final, TypedDict

from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY, REFERENCE_ELECTRICITY
from otel_genai_impact.inventory.compiled import DATA_FOLDER, Inventory, inventory

if TYPE_CHECKING:
    from otel_genai_impact.inventory.compiled import ZoneRow

ELECTRICITY_FILE: Final = DATA_FOLDER / "electricity.json"
ELECTRICITY_SETS: Final = (REFERENCE_ELECTRICITY, OWN_ELECTRICITY)


class CompiledElectricity(TypedDict):
    """What the generated file holds."""

    zones: dict[str, ZoneRow]


@cache
def inventory_with(electricity: str) -> Inventory:
    """The shipped inventory with the zones of one set of electricity data.

    Raises:
        ValueError: there is no such set.
    """
    if electricity == REFERENCE_ELECTRICITY:
        return inventory()
    if electricity != OWN_ELECTRICITY:
        raise ValueError(f"there are no electricity data {electricity!r}; there are {', '.join(ELECTRICITY_SETS)}")
    own: CompiledElectricity = json.loads(ELECTRICITY_FILE.read_bytes())
    return Inventory({**inventory().content, "zones": own["zones"]})

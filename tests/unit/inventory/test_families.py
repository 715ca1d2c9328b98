"""What the families' patterns claim is true of all models that the inventory knows."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from otel_genai_impact.inventory.loader import load_inventory
from otel_genai_impact.inventory.names_loader import FamilyRecord, load_names
from otel_genai_impact.inventory.spelling import read, spellings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_genai_impact.inventory.models_loader import ModelRecord

RECORDS = load_inventory()
FAMILIES = load_names(RECORDS).families


def _members() -> Iterator[tuple[FamilyRecord, ModelRecord, re.Match[str]]]:
    """Each model with a published size whose name says a size, in the words of its maker's family."""
    families = [family for family in FAMILIES if family.total_parameters_b is None]
    models = [record for provider in RECORDS.providers.values() for record in provider.models.values()]
    for record in models:
        reading = read(record.entry.id)
        for spelling in () if reading is None or record.evidence != "A" else spellings(reading):
            for family in families:
                found = re.fullmatch(family.pattern, spelling.key)
                if found and record.entry.id.lower().startswith(f"{family.maker.lower()}/"):
                    yield family, record, found


def _size_b(text: str) -> float:
    return float(text[:-1]) * {"b": 1, "t": 1000}[text[-1]]


def test_a_size_in_a_name_is_0_85_to_1_35_times_that_of_the_model() -> None:
    """Of every model with a published size, in total and in active parameters; each such family has members to show it."""
    seen: Counter[str] = Counter()
    for family, record, found in _members():
        total = _size_b(found["total"])
        active = found.groupdict().get("active")
        active_b = total if active is None else _size_b(active)
        model = record.entry.model
        assert 0.85 * total <= model.total_parameters_b.low <= 1.35 * total, record.entry.id
        assert 0.85 * active_b <= model.active_parameters_b.low <= 1.35 * active_b, record.entry.id
        seen[family.name] += 1
    assert {family.name for family in FAMILIES if family.total_parameters_b is None} == set(seen)

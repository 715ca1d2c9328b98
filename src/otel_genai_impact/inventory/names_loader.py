"""Reads the TOML files about names strictly, as `loader.py` reads those about numbers; for compiling and for tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.inventory.compiled import DATA_FOLDER, OPEN_WEIGHTS
from otel_genai_impact.inventory.fields import Table, read_toml, shown
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.loader import InventoryRecords
    from otel_genai_impact.inventory.models_loader import ModelRecord
    from otel_genai_impact.inventory.names import Place

MODALITIES: Final = ("embedding", "image", "video", "audio", "ranking")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRecord:
    """A family: what its members' names match, and the range that its known members span, or none if names say sizes."""

    pattern: str
    table: str
    maker: str
    name: str
    active_parameters_b: Interval | None
    total_parameters_b: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRecords:
    """Everything that the TOML files say about names."""

    aliases: Mapping[str, Place]
    earlier: Mapping[str, tuple[tuple[str, str, str], ...]]
    families: tuple[FamilyRecord, ...]
    others: Mapping[str, str]


def load_names(records: InventoryRecords, folder: Path = DATA_FOLDER) -> NameRecords:
    """Read the files about names, and check them against the models that there are.

    Raises:
        InventoryError: on the first problem.
    """
    places = {
        model.entry.id: (provider, name)
        for provider, record in records.providers.items()
        for name, model in record.models.items()
    }
    return NameRecords(
        aliases=_read_aliases(read_toml(folder / "aliases.toml"), places),
        earlier=_read_earlier(read_toml(folder / "earlier.toml"), places),
        families=_read_families(read_toml(folder / "families.toml"), records),
        others=_read_others(read_toml(folder / "other_modalities.toml")),
    )


def _read_aliases(top: Table, places: Mapping[str, Place]) -> dict[str, Place]:
    """Groups of aliases that have a source in common: `[who.names]` with `alias = "maker/model"`."""
    aliases: dict[str, Place] = {}
    for group in _groups(top, "names"):
        for name in group.values:
            model = group.text(name)
            if model not in places:
                raise group.expected(name, "the maker/name of a model of the inventory")
            if name in aliases:
                raise group.error(name, "duplicate, another group has this alias")
            aliases[name] = places[model]
    return aliases


def _read_earlier(top: Table, places: Mapping[str, Place]) -> dict[str, tuple[tuple[str, str, str], ...]]:
    """What a name meant until a day: `[maker.names."x-latest"]` with `"2025-12-02" = "maker/model"`, days in order."""
    earlier: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for group in _groups(top, "names"):
        for name in group.values:
            meanings = group.table(name)
            days: list[tuple[str, str, str]] = []
            for day in meanings.values:
                model = meanings.text(day)
                if not _DAY.fullmatch(day) or model not in places:
                    raise meanings.expected(
                        day, "a day such as 2025-12-02 = the maker/name of a model of the inventory"
                    )
                days.append((day, *places[model]))
            if days != sorted(days):
                raise meanings.error("", "expected the days in order")
            earlier[name] = tuple(days)
    return earlier


def _read_others(top: Table) -> dict[str, str]:
    """Models that make no text: `[maker.embedding]` with `names = [...]`."""
    others: dict[str, str] = {}
    for maker in top.values:
        table = top.table(maker)
        table.allow(*MODALITIES, *SOURCE_KEYS)
        read_provenance(table)
        for modality in MODALITIES:
            listed = table.values.get(modality, [])
            if not isinstance(listed, list) or not all(isinstance(name, str) and name for name in listed):  # pyright: ignore[reportUnknownVariableType]
                raise table.expected(modality, "a list of names")
            others.update({f"{maker}/{name}": modality for name in listed})  # pyright: ignore[reportUnknownVariableType]
    return others


def _groups(top: Table, key: str) -> list[Table]:
    """Each group's table of that key; the group itself says where it comes from."""
    groups: list[Table] = []
    for name in top.values:
        group = top.table(name)
        group.allow(key, *SOURCE_KEYS)
        read_provenance(group)
        groups.append(group.table(key))
    return groups


def _read_families(top: Table, records: InventoryRecords) -> tuple[FamilyRecord, ...]:
    return tuple(_read_family(table, name, records) for name, table in top.tables("families"))


def _read_family(table: Table, name: str, records: InventoryRecords) -> FamilyRecord:
    """A family with its members, whose envelope is its range; or one that writes sizes into its names."""
    table.allow("pattern", "maker", "table", "members", "size_in_name", *SOURCE_KEYS)
    read_provenance(table)
    pattern, maker, provider = (
        table.text("pattern"),
        table.text("maker"),
        table.choice("table", tuple(records.providers)),
    )
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise table.expected("pattern", f"a regular expression ({error})") from error
    if table.flag("size_in_name", default=False):
        if "total" not in groups or provider != OPEN_WEIGHTS:
            raise table.expected("pattern", f"a group called total, in the table {shown(OPEN_WEIGHTS)}")
        active = total = None
    else:
        members = [_member(table, records.providers[provider].models, member) for member in _names_of(table)]
        active = _widened([member.entry.model.active_parameters_b for member in members])
        total = _widened([member.entry.model.total_parameters_b for member in members])
    return FamilyRecord(
        pattern=pattern, table=provider, maker=maker, name=name, active_parameters_b=active, total_parameters_b=total
    )


def _names_of(table: Table) -> list[str]:
    names = table.values.get("members")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):  # pyright: ignore[reportUnknownVariableType]
        raise table.expected("members", "a list of at least one model of its table")
    return [str(name) for name in names]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _member(table: Table, models: Mapping[str, ModelRecord], name: str) -> ModelRecord:
    if name not in models:
        raise table.expected("members", f"models of its table, which has no {shown(name)}")
    return models[name]


WIDENING: Final = 1.5
"""A new member may be smaller or larger than all that are known: by half as much again. Our choice."""


def _widened(intervals: list[Interval]) -> Interval:
    """From the lowest to the highest of the known members, and half as much again on both sides."""
    low = min(interval.low for interval in intervals) / WIDENING
    return Interval(low, max(interval.high for interval in intervals) * WIDENING)

"""Makes the index of names from the models and the TOML files about names. `tools/compile_inventory.py` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_genai_impact import semconv
from otel_genai_impact.inventory.compiled import OPEN_WEIGHTS
from otel_genai_impact.inventory.fields import InventoryError
from otel_genai_impact.inventory.spelling import key, without_date, without_tuning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_genai_impact.inventory.compiled import ModelEntry
    from otel_genai_impact.inventory.loader import InventoryRecords
    from otel_genai_impact.inventory.names import Family, Names, Place
    from otel_genai_impact.inventory.names_loader import FamilyRecord, NameRecords

# Two models that are written alike must be alike: their parameters may differ by this factor at most.
_ALIKE = 1.1

# Mistral's name of another maker's model, which has its own entry: only Mistral means its own by it.
_OF_ITS_SERVICE_ALONE = frozenset({"glm-5-2"})
_COMMUNITY = "-community/"


def compiled_names(records: InventoryRecords, names: NameRecords) -> Names:
    """The index, sorted.

    Raises:
        InventoryError: two models that differ are written alike.
    """
    spellings, hyphened = _index(records)
    aliases = dict(names.aliases)
    for provider, record in records.providers.items():
        aliases.update({key(name): (provider, alias.model) for name, alias in record.aliases.items()})
    others = {key(model_id.partition("/")[2]): (model_id, kind) for model_id, kind in sorted(names.others.items())}
    clash = sorted({*others} & {*spellings})
    if clash:
        raise InventoryError(f"other_modalities.toml: {clash[0]}: a model that makes text is written so, too")
    return {
        "spellings": spellings,
        "hyphened": hyphened,
        "aliases": dict(sorted(aliases.items())),
        "earlier": {name: list(days) for name, days in sorted(names.earlier.items())},
        "families": [_family(family) for family in names.families],
        "others": others,
    }


def _index(records: InventoryRecords) -> tuple[dict[str, list[Place]], dict[str, list[Place]]]:
    """Keys of all models: as they are written; and those with dots, written without."""
    written: dict[str, list[tuple[int, ModelEntry]]] = {}
    for provider in sorted(records.providers, key=lambda provider: (provider == OPEN_WEIGHTS, provider)):
        entries = _entries(records, provider)
        for entry in entries:
            for rank, spelling in enumerate(_keys(entry)):
                written.setdefault(spelling, []).append((rank, entry))
    for provider in records.providers:
        _add_undated(written, _entries(records, provider))
    spellings = {spelling: _places(spelling, entries) for spelling, entries in sorted(written.items())}
    hyphened: dict[str, list[Place]] = {}
    for spelling, places in spellings.items():
        plain = spelling.replace(".", "-")
        if plain != spelling and plain not in spellings:
            hyphened.setdefault(plain, []).extend(places)
    return spellings, hyphened


def _entries(records: InventoryRecords, provider: str) -> list[ModelEntry]:
    """A provider's models by name; what a community published again comes after what the maker did."""
    models = records.providers[provider].models
    names = sorted(models.keys() - _OF_ITS_SERVICE_ALONE, key=lambda name: (_COMMUNITY in name, name))
    return [models[name].entry for name in names]


def _keys(entry: ModelEntry) -> Iterator[str]:
    """How a model's own name is written, and for open weights without the words that tell tuned models apart."""
    name = entry.name.partition("/")[2] or entry.name
    spelling = key(name)
    yield spelling
    if (
        semconv.MODEL_PARAMETERS_UNDISCLOSED not in entry.assumptions
        and (tuned := without_tuning(spelling)) != spelling
    ):
        yield tuned


def _add_undated(written: dict[str, list[tuple[int, ModelEntry]]], entries: list[ModelEntry]) -> None:
    """A name without a date means the newest snapshot, where all snapshots have the same parameters."""
    snapshots: dict[str, list[ModelEntry]] = {}
    for entry in entries:
        spelling = key(entry.name.partition("/")[2] or entry.name)
        if (undated := without_date(spelling)) != spelling:
            snapshots.setdefault(undated, []).append(entry)
    for undated, dated in snapshots.items():
        if undated not in written and all(_are_alike(entry, dated[0]) for entry in dated):
            written[undated] = [(len(dated), dated[-1])]


def _places(spelling: str, entries: list[tuple[int, ModelEntry]]) -> list[Place]:
    """The models that are written so: those of that very name first, and of the others one, since they are alike."""
    own = [entry for rank, entry in entries if rank == 0]
    chosen = own or [entry for _, entry in entries][:1]
    first = chosen[0]
    for _, entry in entries:
        if not _are_alike(entry, first) and entry.id.partition("/")[0].lower() == first.id.partition("/")[0].lower():
            raise InventoryError(f"{first.id} and {entry.id} differ, and both are written {spelling!r}")
    return [(entry.provider, entry.name) for entry in chosen]


def _are_alike(one: ModelEntry, other: ModelEntry) -> bool:
    sizes = [
        (one.model.total_parameters_b.high, other.model.total_parameters_b.high),
        (one.model.active_parameters_b.high, other.model.active_parameters_b.high),
    ]
    return all(max(pair) <= _ALIKE * min(pair) for pair in sizes)


def _family(record: FamilyRecord) -> Family:
    active, total = record.active_parameters_b, record.total_parameters_b
    row = (
        None
        if active is None or total is None
        else (active.low, active.high, total.low, total.high, None, None, 0, None)
    )
    return {"pattern": record.pattern, "table": record.table, "maker": record.maker, "name": record.name, "row": row}

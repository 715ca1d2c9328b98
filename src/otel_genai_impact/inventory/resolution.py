"""From a name to the model that it means, in declared steps. Each step that is no exact name leaves its code.

1. the very name, in the provider's table, then in all;
2. an alias, valid at the time of the request;
3. the name in the inventory's spelling, without what gateways, clouds and SDKs put around it;
4. the family that declares the name as one of its members, with the family's wider range;
5. nothing: the name is unknown. What is only like a known name is never taken for it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import Model
from otel_genai_impact.inventory.compiled import OPEN_WEIGHTS, ModelEntry
from otel_genai_impact.inventory.names import names
from otel_genai_impact.inventory.resolved import TEXT, Resolution
from otel_genai_impact.inventory.spelling import Spelling, read, spellings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from otel_genai_impact.inventory.compiled import Inventory
    from otel_genai_impact.inventory.names import Family, Names, Place


_DIGIT: Final = re.compile(r"\d")

# Where a name without a version is the latest. At Google `gemini-pro` is the first of its name.
_BARE_IS_LATEST: Final = frozenset({"mistralai"})

# A size in a name is rounded: Qwen2.5-7B has 7.6e9 parameters, gemma-2-2b has 2.6e9.
_SIZE_IN_NAME_LOW: Final = 0.85
_SIZE_IN_NAME_HIGH: Final = 1.35
_SIZE_UNITS_B: Final = {"b": 1.0, "t": 1000.0, "m": 0.001}


def resolve(
    inventory: Inventory, table: str | None, name: str, *, at: dt.date | None = None, ollama: bool = False
) -> Resolution | None:
    """What this name means at a provider with this table of models, at a day; without a day, as of the inventory."""
    known = names(inventory.archive)
    if at is not None and (place := _earlier(known, name, at)) is not None:
        return _of_place(inventory, place, (semconv.MODEL_ALIAS,))
    if (entry := inventory.exact(table, name)) is not None:
        return _of_entry(entry, () if name == entry.name else (semconv.MODEL_ALIAS,))
    reading = read(name, ollama=ollama)
    if reading is None:
        return None
    forms = tuple(spellings(reading))
    for form in forms:
        found = _spelled(inventory, known, table, form, at)
        if found is not None:
            return found._replace(place=reading.place)
    family = _of_family(known, forms)
    return family and family._replace(place=reading.place)


def _earlier(known: Names, name: str, at: dt.date) -> Place | None:
    """What a name meant before the first day on which it meant something else."""
    day = at.isoformat()
    for until, table, model in known["earlier"].get(name, ()):
        if day < until:
            return table, model
    return None


def _spelled(
    inventory: Inventory, known: Names, table: str | None, form: Spelling, at: dt.date | None
) -> Resolution | None:
    """The model that is written so, if it may be meant."""
    if at is not None and (place := _earlier(known, form.key, at)) is not None:
        return _of_place(inventory, place, (semconv.MODEL_ALIAS, semconv.MODEL_NORMALIZED))
    places = list(known["spellings"].get(form.key, ()))
    if not places and "." not in form.key:
        places = known["hyphened"].get(form.key, [])
    for place in sorted(places, key=lambda place: place[0] != table):
        entry = inventory.model(*place)
        if entry is not None and _may_be(entry, form, table):
            return _of_entry(entry, (semconv.MODEL_NORMALIZED,))
    alias = known["aliases"].get(form.key)
    if alias is not None and (entry := inventory.model(*alias)) is not None and _may_be(entry, form, table):
        return _of_entry(entry, (semconv.MODEL_ALIAS,))
    other = known["others"].get(form.key)
    if other is not None and _is_by(other[0], form.makers):
        return Resolution(id=other[0], modality=other[1], entry=None, codes=(semconv.MODEL_NORMALIZED,))
    return None


def _may_be(entry: ModelEntry, form: Spelling, table: str | None) -> bool:
    """Whether the maker is the one that the name says, and what only open weights or the maker's service say is of those."""
    if form.own_service and (entry.provider != table or not (_DIGIT.search(form.key) or table in _BARE_IS_LATEST)):
        return False
    if form.open_weights and semconv.MODEL_PARAMETERS_UNDISCLOSED in entry.assumptions:
        return False
    return _is_by(entry.id, form.makers)


def _is_by(model_id: str, makers: tuple[str, ...] | None) -> bool:
    return makers is None or model_id.partition("/")[0].lower() in makers


def _of_place(inventory: Inventory, place: Place, codes: tuple[str, ...]) -> Resolution | None:
    entry = inventory.model(*place)
    return None if entry is None else _of_entry(entry, codes)


def _of_entry(entry: ModelEntry, codes: tuple[str, ...]) -> Resolution:
    return Resolution(id=entry.id, modality=TEXT, entry=entry, codes=codes)


def _of_family(known: Names, forms: tuple[Spelling, ...]) -> Resolution | None:
    """The declared family of the closest spelling, if one names it as its own."""
    for form in forms:
        for pattern, family in _families(known):
            found = pattern.fullmatch(form.key)
            if found is None or not _is_by(f"{family['maker']}/", form.makers):
                continue
            if form.open_weights and family["table"] != OPEN_WEIGHTS:
                continue
            entry = _family_entry(family, found)
            if entry is not None:
                return _of_entry(entry, (semconv.MODEL_FALLBACK,))
    return None


def _families(known: Names) -> Iterator[tuple[re.Pattern[str], Family]]:
    for family in known["families"]:
        yield _pattern(family["pattern"]), family


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def _family_entry(family: Family, found: re.Match[str]) -> ModelEntry | None:
    """The family's range, or the one that follows from the size in the name."""
    row = family["row"]
    if row is None:
        total_b = _size_b(found["total"])
        active_b = _size_b(found.groupdict().get("active")) or total_b
        if total_b is None or active_b is None or active_b > total_b:
            return None
        active, total = _around(active_b), _around(total_b)
    else:
        active, total = Interval(row[0], row[1]), Interval(row[2], row[3])
    disclosed = row is None
    return ModelEntry(
        id=f"{family['maker']}/{family['name']}",
        provider=family["table"],
        name=family["name"],
        model=Model(active_parameters_b=active, total_parameters_b=total, is_disclosed=disclosed),
        assumptions=() if disclosed else (semconv.MODEL_PARAMETERS_UNDISCLOSED,),
    )


def _size_b(size: str | None) -> float | None:
    """A size as names have it, `8b`, `1.6t`, `500m`, in 1e9; None if it is none."""
    if not size:
        return None
    number = float(size[:-1]) * _SIZE_UNITS_B[size[-1]]
    return number or None


def _around(size_b: float) -> Interval:
    return Interval(size_b * _SIZE_IN_NAME_LOW, size_b * _SIZE_IN_NAME_HIGH)

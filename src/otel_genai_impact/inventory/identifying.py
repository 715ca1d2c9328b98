"""Which model a provider means by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from otel_genai_impact._room import make_room
from otel_genai_impact.inventory.hints import did_you_mean
from otel_genai_impact.inventory.providers import table_of
from otel_genai_impact.inventory.resolution import resolve
from otel_genai_impact.inventory.resolved import TEXT, Resolution
from otel_genai_impact.inventory.spelling import read

if TYPE_CHECKING:
    import datetime as dt

    from otel_genai_impact.inventory.compiled import Inventory

_OLLAMA: Final = "ollama"
_MOST_KEPT: Final = 2048
_MOST_UNKNOWN: Final = 1024  # of which there is no end: what this takes is reached soon, and does not grow for days
_LONGEST_KEPT: Final = 200

_Name = tuple["str | None", str, "dt.date | None"]
_Kept = TypeVar("_Kept")


class ModelNames:
    """The names of an inventory's models. What a name led to is kept, misses too: names come from strangers, up to a bound."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._kept: dict[_Name, Resolution] = {}
        self._unknown: dict[_Name, None] = {}

    def identify(self, provider: str | None, name: str, *, at: dt.date | None = None) -> Resolution | None:
        """Which model a provider means by a name, also if it makes no text and has no numbers; None if that is not known."""
        key = (provider, name, at)
        found = self._kept.get(key)
        if found is not None or key in self._unknown:
            return found
        found = self._resolved(provider, name, at)
        if len(name) <= _LONGEST_KEPT:
            if found is None:
                _keep(self._unknown, key, None, _MOST_UNKNOWN)
            else:
                _keep(self._kept, key, found, _MOST_KEPT)
        return found

    def _resolved(self, provider: str | None, name: str, at: dt.date | None) -> Resolution | None:
        table = table_of(provider)
        if at is None:
            entry = self._inventory.exact(table, name)
            if entry is not None and entry.name == name:
                return Resolution(id=entry.id, modality=TEXT, entry=entry, codes=())

        return resolve(self._inventory, table, name, at=at, ollama=(provider or "").lower() == _OLLAMA)

    def nearest(self, provider: str | None, name: str) -> str:
        """A hint with the names most like this one, for messages; empty if there are none."""
        reading = read(name)
        table = table_of(provider)
        tables = self._inventory.tables if table is None else (table,)
        known = [other for each in tables for other in self._inventory.model_names(each)]
        asked = name.rpartition("/")[2] if reading is None else reading.name
        return did_you_mean(asked[:_LONGEST_KEPT], known)


def _keep(memory: dict[_Name, _Kept], key: _Name, value: _Kept, most: int) -> None:
    make_room(memory, most)
    memory[key] = value

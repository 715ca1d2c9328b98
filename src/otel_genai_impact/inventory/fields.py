"""Strict reading of TOML tables: a value is what it must be, or one error says where it stands and what is allowed."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from otel_genai_impact.impacts.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


class InventoryError(ValueError):
    """Inventory data that cannot be used. The message names the file, the entry and the key."""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """Which numbers a key accepts, and how an error says it."""

    description: str
    accepts: Callable[[float], bool]


POSITIVE: Final = NumberRule("a positive number", lambda number: number > 0)
NOT_NEGATIVE: Final = NumberRule("a number of at least 0", lambda number: number >= 0)
AT_LEAST_ONE: Final = NumberRule("a number of at least 1", lambda number: number >= 1)

_URL: Final = re.compile(r"https?://[^\s/]+\S*")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file, which knows its place so that every complaint can name it.

    Attributes:
        file: name of the file.
        entry: where in the file, such as `models."gpt-4o"`; empty for the file's top.
        values: what it holds.
        path: the names of the tables from the file's top to this one.
        line_of: the line of a key of a table, for complaints; None where nobody edits by hand what is read.
    """

    file: str
    entry: str
    values: Mapping[str, object]
    path: tuple[str, ...] = ()
    line_of: Callable[[tuple[str, ...], str], int | None] | None = None

    def error(self, key: str, problem: str) -> InventoryError:
        """The error to raise about `key`; an empty key means the entry itself."""
        line = None if self.line_of is None else self.line_of(self.path, key)
        file = self.file if line is None else f"{self.file}, line {line}"
        return InventoryError(": ".join(part for part in (file, self.entry, key, problem) if part))

    def expected(self, key: str, allowed: str) -> InventoryError:
        """The error to raise when `key` is not what is allowed, or is not there at all."""
        if key not in self.values:
            return self.error(key, f"missing, expected {allowed}")
        return self.error(key, f"expected {allowed}, got {shown(self.values[key])}")

    def allow(self, *keys: str) -> None:
        """Refuse every key but these: a misspelt optional key would else be ignored in silence."""
        for key in self.values:
            if key not in keys:
                raise self.error(key, f"unknown key, allowed are {', '.join(keys)}")

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.values.get(key)
        if not (isinstance(value, str) and value.strip()):
            raise self.expected(key, "a text")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None if the key is absent."""
        return self.text(key) if key in self.values else None

    def matching(self, key: str, pattern: re.Pattern[str], allowed: str) -> str:
        """A text of a given form."""
        value = self.values.get(key)
        if not (isinstance(value, str) and pattern.fullmatch(value)):
            raise self.expected(key, allowed)
        return value

    def choice(self, key: str, options: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.values.get(key)
        if value not in options:
            raise self.expected(key, " or ".join(shown(option) for option in options))
        return cast("str", value)

    def choices(self, key: str, options: tuple[str, ...]) -> frozenset[str]:
        """Any of a few words, each once; none if the key is absent."""
        value = self.values.get(key, [])
        chosen = cast("list[str]", value) if _is_text_list(value) else None
        if chosen is None or len(set(chosen)) < len(chosen) or not set(chosen) <= set(options):
            raise self.expected(key, f"a list of {', '.join(shown(option) for option in options)}, each once")
        return frozenset(chosen)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.expected(key, "true or false")
        return value

    def number(self, key: str, rule: NumberRule) -> float:
        """One finite number."""
        value = _finite_number(self.values.get(key))
        if value is None or not rule.accepts(value):
            raise self.expected(key, rule.description)
        return value

    def optional_number(self, key: str, rule: NumberRule) -> float | None:
        """One finite number, or None if the key is absent."""
        return self.number(key, rule) if key in self.values else None

    def interval(self, key: str, rule: NumberRule) -> Interval:
        """One finite number, or the two between which it lies."""
        value = self.values.get(key)
        bounds = cast("list[object]", value) if isinstance(value, list) else [value, value]
        numbers = [_finite_number(bound) for bound in bounds]
        match numbers:
            case [float() as low, float() as high] if rule.accepts(low) and rule.accepts(high):
                if low > high:
                    raise self.expected(key, "low <= high")
                return Interval(low, high)
            case _:
                raise self.expected(key, f"{rule.description} or [low, high]")

    def day(self, key: str) -> dt.date:
        """A date, without a time of day."""
        value = self.values.get(key)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.expected(key, "a date such as 2026-11-22")
        return value

    def urls(self, key: str) -> tuple[str, ...]:
        """At least one link."""
        value = self.values.get(key)
        links = cast("list[str]", value) if _is_text_list(value) else []
        if not links or not all(_URL.fullmatch(link) for link in links):
            raise self.expected(key, "a list of at least one http(s) link")
        return tuple(links)

    def table(self, key: str) -> Table:
        """A table below this one; an absent one is empty."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.expected(key, "a table")
        return self.below(key, f"{self.entry}.{key}" if self.entry else key, cast("object", value))

    def tables(self, key: str) -> Iterator[tuple[str, Table]]:
        """The named tables below `key`: `[models."gpt-4o"]` is the table `gpt-4o` below `models`."""
        parent = self.table(key)
        for name, value in parent.values.items():
            label = f"{parent.entry}.{json.dumps(name)}"
            table = parent.below(name, label, value)
            if not isinstance(value, dict):
                raise table.error("", f"expected a table, got {shown(value)}")
            yield name, table

    def below(self, key: str, entry: str, value: object) -> Table:
        """The table at a key, whose complaints are about `entry`; an empty one if the value is none."""
        values = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        return Table(self.file, entry, values, (*self.path, key), self.line_of)


def read_toml(path: Path) -> Table:
    """The top table of a TOML file. TOML itself refuses the same entry or key twice."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InventoryError(f"{path.name}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # TOMLDecodeError, and UnicodeDecodeError
        raise InventoryError(f"{path.name}: not valid TOML: {error}") from error
    except RecursionError as error:
        raise InventoryError(f"{path.name}: tables or lists too deep in each other") from error
    return Table(path.name, "", content)


def shown(value: object) -> str:
    """A value as it would stand in a TOML file."""
    match value:
        case dt.date():
            return value.isoformat()
        case dict():
            return "a table"
        case list():
            return f"[{', '.join(shown(item) for item in cast('list[object]', value))}]"
        case bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _finite_number(value: object) -> float | None:
    """The number, or None for anything else; true and false are integers in Python, but not numbers to us."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:  # TOML's integers have any number of digits
        return None
    return number if math.isfinite(number) else None


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value))

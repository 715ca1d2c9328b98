"""Every number that is shipped says where it comes from and when that was looked at; and nothing that was known is forgotten."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from otel_genai_impact.inventory.compiled import DATA_FOLDER, ModelEntry, inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
SNAPSHOT = Path(__file__).with_name("models_ever_known.txt")


def _numbers(table: dict[str, object], told: bool, where: str) -> Iterator[tuple[str, bool]]:
    """Each number below a table, and whether it or a table around it has sources and a day."""
    told = told or (bool(table.get("sources")) and isinstance(table.get("checked"), dt.date))
    for key, value in table.items():
        for item in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from _numbers(cast("dict[str, object]", item), told, f"{where}.{key}")
            elif isinstance(item, int | float) and not isinstance(item, bool):
                yield f"{where}.{key}", told


def test_every_number_has_a_source_and_a_check_date() -> None:
    """In its own table of the TOML file, or in one around it."""
    numbers = [
        number
        for path in sorted(DATA_FOLDER.rglob("*.toml"))
        for number in _numbers(tomllib.loads(path.read_text(encoding="utf-8")), told=False, where=path.name)
    ]
    assert [where for where, told in numbers if not told] == []
    print(f"{len(numbers)} numbers, each with source and check date")
    assert len(numbers) > 2000


def test_no_check_date_lies_in_the_future_of_the_data() -> None:
    """What was checked was checked by the month that the data's version names."""
    year, month = (int(part) for part in inventory().data_version.split(".")[:2])
    for path in sorted(DATA_FOLDER.rglob("*.toml")):
        for day in _days(tomllib.loads(path.read_text(encoding="utf-8"))):
            assert (day.year, day.month) <= (year, month), path.name


def _days(table: dict[str, object]) -> Iterator[dt.date]:
    for value in table.values():
        if isinstance(value, dict):
            yield from _days(cast("dict[str, object]", value))
        elif isinstance(value, dt.date):
            yield value


def _line(entry: ModelEntry) -> str:
    active, total = entry.model.active_parameters_b, entry.model.total_parameters_b
    return f"{entry.id}  {active.low:g} to {active.high:g} of {total.low:g} to {total.high:g}"


def test_what_was_ever_known_is_known_and_every_change_is_seen_in_review() -> None:
    """Models are added, never deleted. A change of numbers or a new model changes this list, which a reviewer reads."""
    entries = [
        entry
        for table in inventory().tables
        for name in inventory().model_names(table)
        if (entry := inventory().model(table, name)) is not None
    ]
    now, then = {_line(entry) for entry in entries}, set(SNAPSHOT.read_text(encoding="utf-8").splitlines())
    assert sorted(then - now) == [], (
        f"no longer so: was a model deleted or changed? Else take the line out of {SNAPSHOT.name}"
    )
    assert sorted(now - then) == [], f"new: add these lines to {SNAPSHOT.name}"


def test_the_notice_names_every_data_set_and_its_licence() -> None:
    """Who ships our numbers ships their attribution."""
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in (
        "EcoLogits",
        "Mozilla Public License 2.0",
        "ML.ENERGY",
        "genai-prices",
        "litellm",
        "Hugging Face",
        "Ember",
        "CC BY 4.0",
        "Our World in Data",
        "eGRID",
    ):
        assert name in notice
    assert 'license-files = ["LICENSE", "NOTICE"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")

"""Every number that is shipped says where it comes from, and when that was looked at or that it was not; nothing is forgotten."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from otel_genai_impact.inventory.compiled import DATA_FOLDER, ModelEntry, inventory
from otel_genai_impact.inventory.electricity_loader import FACTORS, OWN_FILE, load_electricity
from otel_genai_impact.inventory.loader import load_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
SNAPSHOT = Path(__file__).with_name("models_ever_known.txt")


ELECTRICITY_TABLES = ROOT / "tools/electricity"


# Those of EcoLogits are named together; the others have names, patterns and our own words.
_WITHOUT_FIGURES_OF_OTHERS = {
    "zones.toml",
    "meta.toml",
    "hosts.toml",
    "earlier.toml",
    "families.toml",
    "other_modalities.toml",
}


def _status(table: dict[str, object], around: str) -> str:
    """What a table says of its numbers; what is around it, if it says nothing itself."""
    if not table.get("sources"):
        return around
    if table.get("unchecked") is True:
        return "unchecked"
    return "checked" if isinstance(table.get("checked"), dt.date) else around


def _numbers(table: dict[str, object], status: str, where: str) -> Iterator[tuple[str, str]]:
    """Each number below a table, and what it or a table around it says of its check."""
    status = _status(table, status)
    for key, value in table.items():
        for item in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from _numbers(cast("dict[str, object]", item), status, f"{where}.{key}")
            elif isinstance(item, int | float) and not isinstance(item, bool):
                yield f"{where}.{key}", status


def _all_numbers() -> list[tuple[str, str]]:
    paths = [path for path in sorted(DATA_FOLDER.rglob("*.toml")) if path != OWN_FILE]
    in_tables = [
        number
        for path in (*paths, ELECTRICITY_TABLES / "technologies.toml")
        for number in _numbers(tomllib.loads(path.read_text(encoding="utf-8")), "untold", where=path.name)
    ]
    return [*in_tables, *_electricity()]


def _electricity() -> Iterator[tuple[str, str]]:
    """Each factor of each zone of our own set, by the origin that it names."""
    known = load_electricity()
    for zone, origins in known.origins_of.items():
        for factor, origin in zip(FACTORS, origins, strict=True):
            day = known.origins[origin].provenance.checked
            yield f"{zone}.{factor}", "unchecked" if day is None else "checked"


def test_every_number_has_a_source_and_says_whether_it_was_checked() -> None:
    """In its own table of the TOML file, or in one around it. The page for people has the counts."""
    numbers = _all_numbers()
    assert [where for where, status in numbers if status == "untold"] == []
    checked = sum(status == "checked" for _, status in numbers)
    counts = f"{len(numbers)} numbers, {checked} checked, {len(numbers) - checked} not yet checked"
    print(counts)
    assert len(numbers) > 2000
    assert counts in (ROOT / "docs/inventory.md").read_text(encoding="utf-8")


def test_every_model_with_open_weights_was_compared_with_what_it_names_as_its_source() -> None:
    """Those of the reference by a test, the others by hand: each has the day."""
    known = load_inventory().providers["huggingface_hub"].models.values()
    assert len(known) > 300
    assert [model.entry.id for model in known if model.provenance.checked is None] == []


def test_what_was_filled_in_from_memory_does_not_claim_a_check() -> None:
    """Of models that the reference does not know, those have a day whose figures were seen in a source that they name."""
    shipped = load_inventory().providers.values()
    ours = {
        model.entry.id: model.provenance.checked
        for record in shipped
        for model in record.models.values()
        if model.provenance.reference is None
    }
    assert dt.date(2026, 11, 23) == ours["meta-llama/Llama-3.2-1B-Instruct"]
    assert dt.date(2026, 11, 23) == ours["xai/grok-4"]


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
        "mteb",
        "diffusers",
        "Hugging Face",
        "Ember",
        "CC BY 4.0",
        "Our World in Data",
        "eGRID",
    ):
        assert name in notice
    shipped = tomllib.loads((ROOT / "src/otel_genai_impact/cli/equivalences.toml").read_text(encoding="utf-8"))
    for figure in shipped.values():
        assert figure["source"].startswith("by definition") or figure["source"].partition(",")[0] in notice
    for path in DATA_FOLDER.glob("*.toml"):
        assert path.name in notice or path.name in _WITHOUT_FIGURES_OF_OTHERS, path.name
    assert 'license-files = ["LICENSE", "NOTICE"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")

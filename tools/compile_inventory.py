"""Compiles the inventory's TOML files into the JSON files that the running program reads: numbers, names, and electricity of our own.

python tools/compile_inventory.py            write them
python tools/compile_inventory.py --check    exit 1 if those on disk are not what the TOML files give, or not what was released,
                                             or if this is a release and its data were not kept
python tools/compile_inventory.py --archive  write them, and keep them under their data version: once a release
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from otel_genai_impact.inventory.archive import ARCHIVE_FOLDER, TABLES_FOLDER, read_archive, write_archive
from otel_genai_impact.inventory.compiled import COMPILED_FILE, DATA_FOLDER, CompiledInventory
from otel_genai_impact.inventory.electricity import ELECTRICITY_FILE, CompiledElectricity
from otel_genai_impact.inventory.electricity_loader import ElectricityRecords, load_electricity
from otel_genai_impact.inventory.fields import InventoryError
from otel_genai_impact.inventory.loader import InventoryRecords, load_inventory
from otel_genai_impact.inventory.media import MEDIA_FOLDER
from otel_genai_impact.inventory.names import NAMES_FILE, Names
from otel_genai_impact.inventory.names_loader import load_names
from otel_genai_impact.inventory.rows import cloud_row, data_center_row, model_row, zone_row
from tools.compile_names import compiled_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"
GENERATED_MARK = "Made by tools/compile_inventory.py from the TOML files beside it. Edit those."


def compiled(records: InventoryRecords) -> CompiledInventory:
    """The inventory as rows of numbers, sorted."""
    providers = dict(sorted(records.providers.items()))
    return {
        "data_version": records.data_version,
        "makers": {provider: record.maker for provider, record in providers.items()},
        "models": {
            provider: {name: model_row(model.entry) for name, model in sorted(record.models.items())}
            for provider, record in providers.items()
        },
        "aliases": {
            provider: {name: alias.model for name, alias in sorted(record.aliases.items())}
            for provider, record in providers.items()
        },
        "zones": {code: zone_row(zone) for code, zone in sorted(records.zones.items())},
        "data_centers": {name: data_center_row(center) for name, center in sorted(records.data_centers.items())},
        "clouds": {name: cloud_row(cloud) for name, cloud in sorted(records.clouds.items())},
    }


def compiled_electricity(records: ElectricityRecords) -> CompiledElectricity:
    """The electricity data of our own as rows of numbers, sorted."""
    return {"zones": {code: zone_row(zone) for code, zone in sorted(records.zones.items())}}


def compiled_text(content: CompiledInventory | CompiledElectricity | Names) -> str:
    """The file: one line an entry, so that a change of one number is a change of one line."""
    return _lines({"generated": GENERATED_MARK, **content}) + "\n"


def _lines(value: object) -> str:
    if isinstance(value, dict) and value:
        items = cast("dict[str, object]", value).items()
        return "{\n" + ",\n".join(f"{json.dumps(key)}:{_lines(item)}" for key, item in items) + "\n}"
    return json.dumps(value, separators=(",", ":"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the compiled file; the exit status says whether it is right."""
    parser = argparse.ArgumentParser(description="Compile the inventory's TOML files into JSON.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a file on disk is stale")
    parser.add_argument("--archive", action="store_true", help="keep this data version, for a release")
    options = parser.parse_args(arguments)
    try:
        records = load_inventory()
        texts = {
            COMPILED_FILE: compiled_text(compiled(records)),
            ELECTRICITY_FILE: compiled_text(compiled_electricity(load_electricity())),
            NAMES_FILE: compiled_text(compiled_names(records, load_names(records))),
        }
    except InventoryError as error:
        print(error, file=sys.stderr)
        return 1
    kept = released_files(texts)
    if read_archive(ARCHIVE_FOLDER, records.data_version) not in (None, kept):
        print(f"released {records.data_version} differs: set a new data_version in meta.toml", file=sys.stderr)
        return 1
    if options.check and _is_released() and read_archive(ARCHIVE_FOLDER, records.data_version) is None:
        print(f"{records.data_version} is released and was not kept: run this with --archive", file=sys.stderr)
        return 1
    if not options.check:
        for path, text in texts.items():
            if _on_disk(path) != text:
                path.write_text(text, encoding="utf-8", newline="\n")
        if options.archive:
            path = write_archive(ARCHIVE_FOLDER, records.data_version, kept)
            print(f"kept as {path.name}, {path.stat().st_size / 1024:.0f} KiB")
        return 0
    stale = [path for path, text in texts.items() if _on_disk(path) != text]
    for path in stale:
        print(f"{path.name} is stale; run: python tools/compile_inventory.py", file=sys.stderr)
    return 1 if stale else 0


def _is_released() -> bool:
    """Whether the newest section of the changelog is of a release. Before the first one no data need to be kept: they still change."""
    sections = (line for line in CHANGELOG.read_text(encoding="utf-8").splitlines() if line.startswith("## "))
    return "(unreleased)" not in next(sections)


def released_files(texts: Mapping[Path, str]) -> dict[str, str]:
    """All that an archive keeps, by name: what was compiled, and the tables of people, for their models and their sources."""
    tables = {path.relative_to(DATA_FOLDER).as_posix(): path for path in DATA_FOLDER.rglob("*.toml")}
    read_by_programs = {name: path for name, path in tables.items() if path.parent == MEDIA_FOLDER}
    read_by_people = {f"{TABLES_FOLDER}/{name}": path for name, path in tables.items() if path.parent != MEDIA_FOLDER}
    return {
        **{path.name: text for path, text in texts.items()},
        **{name: path.read_text(encoding="utf-8") for name, path in {**read_by_programs, **read_by_people}.items()},
    }


def _on_disk(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    raise SystemExit(main())

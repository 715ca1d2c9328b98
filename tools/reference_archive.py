"""Makes archives of releases of the reference, which are the data of then for traces that are older than this package.

pip download --no-deps -d wheels ecologits==0.9.1    for each release of RELEASES
python tools/reference_archive.py wheels

Numbers alone are taken: sizes and speeds of models, factors of electricity. See NOTICE.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from otel_genai_impact import semconv
from otel_genai_impact.inventory.archive import ARCHIVE_FOLDER, ORIGINS_FILE, write_archive
from otel_genai_impact.inventory.compiled import COMPILED_FILE, MODEL_ASSUMPTIONS, ZONE_ASSUMPTIONS, inventory
from tools.compile_inventory import compiled_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_genai_impact.inventory.compiled import CompiledInventory, ModelRow, ZoneRow

RELEASES = {
    "0.8.0": "0.9.1",
    "0.8.2": "0.9.1",
    "0.9.1": "0.9.1",
    "0.9.2": "0.9.2",
    "0.9.3": "0.9.3",
    "0.10.1": "0.10.1",
    "0.11.1": "0.11.1",
}
"""The last releases that knew models which later ones do not; and the release whose electricity goes with each: that of 0.8
has no water. All of these releases have the data centres of 0.11.3."""

CHECKED = "2026-11-23"
"""The day on which the archives were made from the releases' own files."""

CODES = {
    "model-arch-not-released": semconv.MODEL_PARAMETERS_UNDISCLOSED,
    "model-arch-multimodal": semconv.MODEL_MULTIMODAL,
    "electricity-mix-adpe-world": semconv.GRID_ADPE_WORLD,
    "electricity-mix-pe-world": semconv.GRID_PE_WORLD,
    "electricity-mix-wue-world": semconv.GRID_WUE_WORLD,
}
"""What the reference warns of, in our words."""


def archive_files(version: str, models: Mapping[str, Any], mixes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What an archive of a release keeps, by name: its numbers as rows, and where they are from."""
    today = inventory().content
    rows: dict[str, dict[str, ModelRow]] = {provider: {} for provider in inventory().providers}
    aliases: dict[str, dict[str, str]] = {provider: {} for provider in rows}
    for model in models["models"]:
        rows[model["provider"]][model["name"]] = _model_row(model)
    for alias in models["aliases"]:
        aliases[alias["provider"]][alias["name"]] = alias["alias"]
    content: CompiledInventory = {
        "data_version": f"ecologits-{version}",
        "makers": {provider: today["makers"][provider] for provider in rows},
        "models": {provider: dict(sorted(of_provider.items())) for provider, of_provider in rows.items()},
        "aliases": {provider: dict(sorted(of_provider.items())) for provider, of_provider in aliases.items()},
        "zones": {mix["name"]: _zone_row(mix) for mix in sorted(mixes, key=lambda mix: mix["name"])},
        "data_centers": today["data_centers"],
    }
    origins = {"models": _origin(version), "places": _origin(RELEASES[version])}
    return {COMPILED_FILE.name: compiled_text(content), ORIGINS_FILE: json.dumps(origins, indent=1)}


def _model_row(model: Mapping[str, Any]) -> ModelRow:
    parameters: Any = model["architecture"]["parameters"]
    both: dict[str, Any] = {"active": parameters, "total": parameters}
    if isinstance(parameters, dict) and "total" in parameters:
        both = model["architecture"]["parameters"]
    speed: dict[str, float] = model.get("deployment") or {}
    flags = _flags(MODEL_ASSUMPTIONS, model)
    return (*_bounds(both["active"]), *_bounds(both["total"]), speed.get("tps"), speed.get("ttft"), flags, None)


def _bounds(size: float | Mapping[str, float]) -> tuple[float, float]:
    return (size, size) if isinstance(size, int | float) else (size["min"], size["max"])


def _zone_row(mix: Mapping[str, Any]) -> ZoneRow:
    gwp, adpe, pe, wue = (float(mix[key]) for key in ("gwp", "adpe", "pe", "wue"))
    return gwp, adpe, pe, wue, _flags(ZONE_ASSUMPTIONS, mix)


def _flags(codes: tuple[str, ...], entry: Mapping[str, Any]) -> int:
    """What the reference warned of then, as bits."""
    return sum(1 << codes.index(CODES[warning]) for warning in entry.get("warnings") or ())


def _origin(version: str) -> dict[str, Any]:
    url = f"https://pypi.org/project/ecologits/{version}/"
    return {"sources": [url], "checked": CHECKED, "reference": f"EcoLogits {version}"}


def _read(wheels: Path, version: str, name: str) -> str | None:
    """A file of a release's data; None if that release has none of this name."""
    with zipfile.ZipFile(wheels / f"ecologits-{version}-py3-none-any.whl") as wheel:
        path = f"ecologits/data/{name}"
        return wheel.read(path).decode() if path in wheel.namelist() else None


def _mixes(wheels: Path, version: str) -> Sequence[Mapping[str, Any]]:
    """Electricity zones, which stood in a table first."""
    table = _read(wheels, version, "electricity_mixes.csv")
    if table is not None:
        return list(csv.DictReader(io.StringIO(table)))
    return json.loads(_read(wheels, version, "electricity_mixes.json") or "{}")["electricity_mixes"]


def main(folder: str) -> int:
    """Write an archive for each release whose wheel is in the folder."""
    wheels = Path(folder)
    for version, of_places in RELEASES.items():
        models = json.loads(_read(wheels, version, "models.json") or "{}")
        files = archive_files(version, models, _mixes(wheels, of_places))
        path = write_archive(ARCHIVE_FOLDER, f"ecologits-{version}", files)
        print(f"{path.name}: {len(models['models'])} models, {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))

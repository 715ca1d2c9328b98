"""Makes the electricity data of our own, `data/electricity.toml`, from the tables in `tools/electricity`.

Greenhouse gases: the newest year of Ember; where it has none, Our World in Data; where that has none, from what is generated.
Primary energy: from what is generated. Metals, and water where a country has a figure of its own: as the reference has them;
water else from what is generated. States of the USA: the EPA's eGRID.

python tools/make_electricity.py            write the file; then run tools/compile_inventory.py
python tools/make_electricity.py --check    exit 1 if the file on disk is not what the tables give
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from otel_genai_impact.inventory.compiled import DATA_FOLDER
from otel_genai_impact.inventory.loader import load_inventory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_genai_impact.inventory.compiled import ZoneEntry

TABLES: Final = Path(__file__).with_name("electricity")
OWN_FILE: Final = DATA_FOLDER / "electricity.toml"
HEAD_FILE: Final = TABLES / "head.toml"

FUELS: Final = ("coal", "gas", "oil", "nuclear", "hydro", "wind", "solar", "biomass", "other")
WORLD: Final = "WOR"
USA: Final = "USA"
_EMBER_YEARS: Final = (2025, 2024, 2023)
_EGRID_YEAR: Final = 2023
_KG_PER_LB: Final = 0.45359237
_G_PER_KG: Final = 1000
_KWH_PER_MWH: Final = 1000

Cell = tuple[float, str]
"""A figure and the key of its origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What a zone generates in a year, by fuel, TWh; and its greenhouse gases, if its source has them."""

    year: int
    twh: Mapping[str, float]
    gwp_g_per_kwh: float

    def weighted(self, per_kwh: Mapping[str, float]) -> float:
        """What one kWh of it takes, by what one kWh of each fuel takes."""
        return sum(self.twh[fuel] * per_kwh[fuel] for fuel in FUELS) / sum(self.twh.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Everything that the file is made from."""

    ember: Mapping[str, Mapping[int, float]]
    generation: Mapping[str, Generation]
    egrid_lb_per_mwh: Mapping[str, float]
    technologies: Mapping[str, Mapping[str, float]]
    reference: Mapping[str, ZoneEntry]


def read_tables() -> Tables:
    """The tables, and the reference's zones."""
    ember = {
        row["zone"]: {
            year: float(row[f"gco2eq_per_kwh_{year}"]) for year in _EMBER_YEARS if row[f"gco2eq_per_kwh_{year}"]
        }
        for row in _rows("ember.csv")
    }
    generation = {
        row["zone"]: Generation(
            year=int(row["year"]),
            twh={fuel: float(row[f"{fuel}_twh"]) for fuel in FUELS},
            gwp_g_per_kwh=float(row["gwp_gco2eq_per_kwh"]),
        )
        for row in _rows("generation.csv")
    }
    generation[WORLD] = Generation(
        year=max(each.year for each in generation.values()),
        twh={fuel: sum(each.twh[fuel] for each in generation.values()) for fuel in FUELS},
        gwp_g_per_kwh=0.0,
    )
    return Tables(
        ember=ember,
        generation=generation,
        egrid_lb_per_mwh={row["zone"]: float(row["co2eq_lb_per_mwh"]) for row in _rows("egrid_2023.csv")},
        technologies=tomllib.loads((TABLES / "technologies.toml").read_text(encoding="utf-8")),
        reference=load_inventory().zones,
    )


def zones(tables: Tables) -> dict[str, dict[str, Cell]]:
    """Each zone's four figures with their origins, sorted by code."""
    world_adpe = _mean_adpe(tables)
    countries = sorted({*tables.reference, *tables.ember})
    made = {
        code: {
            "gwp": _gwp(code, tables),
            "adpe": _adpe(code, tables, world_adpe),
            "pe": _pe(code, tables),
            "wue": _wue(code, tables),
        }
        for code in countries
    }
    for code, rate in tables.egrid_lb_per_mwh.items():
        if code != USA:
            # eGRID counts what is burnt in the state; mining and leaks come on top, as in Ember's figure of the same year.
            upstream = tables.ember[USA][_EGRID_YEAR] / _grams(tables.egrid_lb_per_mwh[USA])
            made[code] = {**made[USA], "gwp": (_grams(rate) * upstream / _G_PER_KG, f"egrid-{_EGRID_YEAR}")}
    return dict(sorted(made.items()))


def _gwp(code: str, tables: Tables) -> Cell:
    """kgCO2eq per kWh: the newest year in which the figure can be one; a saldo of imports may make it negative."""
    for year in _EMBER_YEARS:
        grams = tables.ember.get(code, {}).get(year)
        if grams is not None and grams > 0:
            return grams / _G_PER_KG, f"ember-{year}"
    generation = tables.generation.get(code)
    if generation is None:
        return tables.reference[code].electricity_mix.gwp_kgco2eq_per_kwh, "reference"
    if generation.gwp_g_per_kwh > 0:
        return generation.gwp_g_per_kwh / _G_PER_KG, f"owid-{generation.year}"
    return generation.weighted(tables.technologies["gwp_g"]) / _G_PER_KG, f"generation-{generation.year}"


def _pe(code: str, tables: Tables) -> Cell:
    """MJ per kWh; the world's where nothing is known of what is generated."""
    generation = tables.generation.get(code)
    if generation is None:
        return tables.generation[WORLD].weighted(tables.technologies["heat_mj"]), "world"
    return generation.weighted(tables.technologies["heat_mj"]), f"generation-{generation.year}"


def _adpe(code: str, tables: Tables, world: float) -> Cell:
    """Metals, kgSbeq per kWh; the mean of all zones that have their own, where the reference has the world's."""
    entry = tables.reference.get(code)
    if entry is None or code == WORLD or "grid.adpe.world" in entry.assumptions:
        return world, "world"
    return entry.electricity_mix.adpe_kgsbeq_per_kwh, "reference"


def _mean_adpe(tables: Tables) -> float:
    """The mean over what zones generate that have a figure of their own."""
    own = [
        (entry.electricity_mix.adpe_kgsbeq_per_kwh, sum(tables.generation[code].twh.values()))
        for code, entry in tables.reference.items()
        if "grid.adpe.world" not in entry.assumptions and code in tables.generation and code != WORLD
    ]
    return sum(adpe * twh for adpe, twh in own) / sum(twh for _, twh in own)


def _wue(code: str, tables: Tables) -> Cell:
    """L per kWh: a figure of the country if there is one, else from what is generated, else the world's."""
    entry, generation = tables.reference.get(code), tables.generation.get(code)
    if entry is not None and "grid.wue.world" not in entry.assumptions:
        return entry.electricity_mix.wue_l_per_kwh, "reference"
    if generation is None:
        return tables.reference[WORLD].electricity_mix.wue_l_per_kwh, "world"
    return generation.weighted(tables.technologies["water_l"]), f"generation-{generation.year}"


def _grams(lb_per_mwh: float) -> float:
    return lb_per_mwh * _KG_PER_LB * _G_PER_KG / _KWH_PER_MWH


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_KEYS: Final = {
    "gwp": "gwp_kgco2eq_per_kwh",
    "adpe": "adpe_kgsbeq_per_kwh",
    "pe": "pe_mj_per_kwh",
    "wue": "wue_l_per_kwh",
}


def text(made: Mapping[str, Mapping[str, Cell]]) -> str:
    """The file: its head, which people write, and one line a zone."""
    lines = [HEAD_FILE.read_text(encoding="utf-8").rstrip(), "", "[zones]"]
    for code, cells in made.items():
        figures = ", ".join(f"{key} = {cells[short][0]:.4g}" for short, key in _KEYS.items())
        origins = ", ".join(f'"{cells[short][1]}"' for short in _KEYS)
        lines.append(f"{code} = {{ {figures}, origins = [{origins}] }}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the file; the exit status says whether it is right."""
    parser = argparse.ArgumentParser(description="Make data/electricity.toml from tools/electricity.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if the file on disk is stale")
    check: bool = parser.parse_args(arguments).check
    made = text(zones(read_tables()))
    if not check:
        OWN_FILE.write_text(made, encoding="utf-8", newline="\n")
        return 0
    if OWN_FILE.exists() and OWN_FILE.read_text(encoding="utf-8") == made:
        return 0
    print(f"{OWN_FILE.name} is stale; run: python tools/make_electricity.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())

"""The tables that our own electricity data are made from hold what the package that they were taken from holds."""

from __future__ import annotations

import csv
import json
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

import pytest

from otel_genai_impact.inventory.loader import load_inventory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

TABLES = Path(__file__).parents[2] / "tools/electricity"
GENERATION = {
    "coal_twh": "coal_TWh",
    "gas_twh": "gas_TWh",
    "oil_twh": "oil_TWh",
    "nuclear_twh": "nuclear_TWh",
    "hydro_twh": "hydroelectricity_TWh",
    "wind_twh": "wind_TWh",
    "solar_twh": "solar_TWh",
    "biomass_twh": "biofuel_TWh",
    "other_twh": "other_renewable_exc_biofuel_TWh",
    "gwp_gco2eq_per_kwh": "carbon_intensity",
    "year": "year",
}


class State(TypedDict):
    regionCode: str
    emissions: float


@pytest.fixture(scope="module")
def package() -> Traversable:
    """Where codecarbon keeps its data; the release that our files name."""
    assert version("codecarbon") == "3.3.2"
    return files("codecarbon") / "data"


def _rows(name: str) -> dict[str, dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return {row["zone"]: row for row in csv.DictReader(file)}


def test_what_each_zone_generates_equals_the_package(package: Traversable) -> None:
    """213 zones, nine fuels each, their year and their greenhouse gases; no zone more or less."""
    theirs: Mapping[str, Mapping[str, float | None]] = json.loads(
        (package / "private_infra/global_energy_mix.json").read_text(encoding="utf-8")
    )
    expected = {zone: {ours: mix[key] or 0 for ours, key in GENERATION.items()} for zone, mix in theirs.items()}
    actual = {zone: {key: float(row[key]) for key in GENERATION} for zone, row in _rows("generation.csv").items()}
    assert expected == actual
    assert 213 == len(actual)


def test_each_state_equals_the_package(package: Traversable) -> None:
    """50 states of the USA and the District of Columbia, in lb/MWh as eGRID2023 has them."""
    theirs: Mapping[str, Mapping[str, object]] = json.loads(
        (package / "private_infra/2023/usa_emissions.json").read_text(encoding="utf-8")
    )
    states = [cast("State", state) for name, state in theirs.items() if not name.startswith("_")]
    ours = {zone.partition("-")[2]: float(row["co2eq_lb_per_mwh"]) for zone, row in _rows("egrid_2023.csv").items()}
    expected = {state["regionCode"]: state["emissions"] for state in states if state["regionCode"] in ours}
    assert expected == {code: rate for code, rate in ours.items() if code}
    assert 51 == len(expected)


def test_regions_of_google_cloud_are_in_the_countries_of_the_package(package: Traversable) -> None:
    """All 39 that both know; Hong Kong, which it counts to China, is a zone of its own here."""
    with (package / "cloud/impact.csv").open(encoding="utf-8-sig") as file:
        theirs = {row["region"]: row["countryIsoCode"] for row in csv.DictReader(file) if row["provider"] == "gcp"}
    ours = {region: zone.partition("-")[0] for region, zone in load_inventory().clouds["gcp"].zones.items()}
    both = theirs.keys() & ours.keys()
    different = {region: (theirs[region], ours[region]) for region in both if theirs[region] != ours[region]}
    assert {"asia-east2": ("CHN", "HKG")} == different
    assert 39 == len(both)

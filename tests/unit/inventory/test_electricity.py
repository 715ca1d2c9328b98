"""The electricity data of our own: corrected, with a year and a source a figure; and the reference's beside them, untouched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY, REFERENCE_ELECTRICITY
from otel_genai_impact.impacts.methods import METHODS
from otel_genai_impact.inventory.catalog import Catalog, ZoneError
from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.electricity import ELECTRICITY_FILE, ELECTRICITY_SETS, inventory_with
from otel_genai_impact.inventory.electricity_loader import OWN_FILE, ElectricityRecords, load_electricity
from otel_genai_impact.inventory.fields import InventoryError
from tools import compile_inventory, make_electricity

if TYPE_CHECKING:
    from otel_genai_impact.inventory.compiled import ZoneEntry

ROOT = Path(__file__).parents[3]
NEWEST_YEARS = {"ember-2025", "ember-2024"}


@pytest.fixture(scope="module")
def records() -> ElectricityRecords:
    return load_electricity()


def _own(code: str) -> ZoneEntry:
    zone = inventory_with(OWN_ELECTRICITY).zone(code)
    assert zone is not None
    return zone


def test_the_files_are_what_the_tables_give(records: ElectricityRecords) -> None:
    """Nobody edits electricity.toml or electricity.json, and nobody forgets to make them again."""
    made = make_electricity.text(make_electricity.zones(make_electricity.read_tables()))
    assert made == OWN_FILE.read_text(encoding="utf-8")
    compiled = compile_inventory.compiled_text(compile_inventory.compiled_electricity(records))
    assert compiled == ELECTRICITY_FILE.read_text(encoding="utf-8")
    for code, zone in records.zones.items():
        assert zone == _own(code)


def test_no_zone_of_the_reference_is_missing(records: ElectricityRecords) -> None:
    """Who changes the method loses no zone; the states of the USA and the District of Columbia come on top."""
    assert set(inventory().zone_codes) - set(records.zones) == set()
    assert len([code for code in records.zones if code.startswith("USA-")]) == 50 + 1


def test_every_figure_is_one_that_physics_allows(records: ElectricityRecords) -> None:
    """A kWh is 3.6 MJ, and nothing makes it of less; no electricity is without greenhouse gases, metals or water."""
    for code, zone in records.zones.items():
        mix = zone.electricity_mix
        assert (code, mix.pe_mj_per_kwh >= 3.6) == (code, True)
        assert (code, 0.005 < mix.gwp_kgco2eq_per_kwh < 1.5) == (code, True)
        assert (code, 1e-8 < mix.adpe_kgsbeq_per_kwh < 1e-6) == (code, True)
        assert (code, 0 <= mix.wue_l_per_kwh < 30) == (code, True)


def test_the_known_wrong_rows_of_the_reference_are_right_here() -> None:
    """The world's primary energy below the 3.6 MJ of a kWh, its metals a sixth of any country's, a country without CO2."""
    assert inventory().zone("CAF") is not None
    assert inventory().zone("WOR") is not None
    world, caf = _own("WOR").electricity_mix, _own("CAF").electricity_mix
    # Hydropower alone: 3.6 MJ of electricity, and the IPCC's median of 24 g.
    assert (0.024, 3.6) == (caf.gwp_kgco2eq_per_kwh, caf.pe_mj_per_kwh)
    assert 0.4601 == world.gwp_kgco2eq_per_kwh
    assert 8 < world.pe_mj_per_kwh < 9
    assert 7e-8 < world.adpe_kgsbeq_per_kwh < 9e-8
    # Half of what Brazil needs is heat in the reference's file (ADPf); hydropower is 3.6 MJ a kWh, too.
    assert _own("BRA").electricity_mix.pe_mj_per_kwh > 3.6


def test_primary_energy_is_what_is_generated_by_what_that_takes() -> None:
    """Norway, 2023: nearly all of it water and wind, 3.6 MJ a kWh, and a little gas."""
    tables = make_electricity.read_tables()
    norway = tables.generation["NOR"]
    heat = tables.technologies["heat_mj"]
    by_hand = sum(norway.twh[fuel] * heat[fuel] for fuel in norway.twh) / sum(norway.twh.values())
    assert by_hand == pytest.approx(_own("NOR").electricity_mix.pe_mj_per_kwh, rel=1e-3)
    assert 3.6 < by_hand < 4


def test_water_and_heat_of_a_technology_are_what_its_sources_say_in_other_units() -> None:
    """Gallons a MWh (Macknick and others, 2012, with cooling towers) and Btu a kWh (EIA, 2022), to three digits."""
    technologies = make_electricity.read_tables().technologies
    gallons_per_mwh = {
        "coal": 687, "gas": 205, "oil": 826, "nuclear": 672, "hydro": 4491,
        "wind": 0, "solar": 1, "biomass": 553, "other": 15,
    }  # fmt: skip
    litres_per_kwh = {fuel: gallons * 3.785411784 / 1000 for fuel, gallons in gallons_per_mwh.items()}
    assert pytest.approx(litres_per_kwh, rel=2e-3) == {fuel: technologies["water_l"][fuel] for fuel in gallons_per_mwh}
    btu_per_kwh = {"coal": 10_689, "gas": 7_740, "oil": 11_166, "nuclear": 10_448}
    # What is no heat engine counts as the electricity itself; steam from biomass gives 33 %, geothermal steam 10 % of its heat.
    efficiency = {"hydro": 1.0, "wind": 1.0, "solar": 1.0, "biomass": 0.33, "other": 0.10}
    mj_per_kwh = {fuel: btu * 1055.06e-6 for fuel, btu in btu_per_kwh.items()}
    mj_per_kwh |= {fuel: 3.6 / share for fuel, share in efficiency.items()}
    assert pytest.approx(mj_per_kwh, rel=2e-3) == {fuel: technologies["heat_mj"][fuel] for fuel in mj_per_kwh}


def test_a_negative_intensity_is_no_intensity(records: ElectricityRecords) -> None:
    """Ember has -36.4 g for Costa Rica in 2025, a saldo of exports: 2024 stands in, 25.8 g."""
    assert make_electricity.read_tables().ember["CRI"][2025] < 0
    assert 0.0258 == _own("CRI").electricity_mix.gwp_kgco2eq_per_kwh
    assert "ember-2024" == records.origins_of["CRI"][0]


def test_every_origin_is_used_and_says_its_year_or_that_it_has_none(records: ElectricityRecords) -> None:
    """What is listed is needed, and of 266 zones at most 25 have greenhouse gases from before 2023."""
    used = {origin for origins in records.origins_of.values() for origin in origins}
    assert used == set(records.origins)
    without_year = {name for name, origin in records.origins.items() if origin.year is None}
    assert {"reference", "world"} == without_year
    old = [code for code, origins in records.origins_of.items() if origins[0] not in NEWEST_YEARS | {"egrid-2023"}]
    assert len(old) <= 25


def test_a_state_has_its_own_greenhouse_gases_on_the_scale_of_its_country(records: ElectricityRecords) -> None:
    """California: eGRID's 394.769 lb/MWh, times Ember's 392.9 g for the USA over eGRID's 770.884 lb/MWh, both of 2023."""
    expected_kg = 394.769 * 392.9 / 770.884 / 1000
    assert expected_kg == pytest.approx(_own("USA-CA").electricity_mix.gwp_kgco2eq_per_kwh, rel=1e-3)
    assert "egrid-2023" == records.origins_of["USA-CA"][0]
    assert _own("USA").electricity_mix.pe_mj_per_kwh == _own("USA-CA").electricity_mix.pe_mj_per_kwh


def test_only_what_stands_in_from_the_world_is_an_assumption() -> None:
    """Kosovo's metals, primary energy and water are the world's; France has all of its own."""
    assert ("grid.adpe.world", "grid.pe.world", "grid.wue.world") == _own("XKX").assumptions
    assert () == _own("FRA").assumptions
    assert () == _own("WOR").assumptions


def test_each_method_has_its_own_set() -> None:
    """The reference's method keeps the reference's table to the last digit, whatever else there is."""
    assert REFERENCE_ELECTRICITY == METHODS["ecologits-0.11"].electricity
    assert inventory() is inventory_with(REFERENCE_ELECTRICITY)
    assert {method.electricity for method in METHODS.values()} <= set(ELECTRICITY_SETS)
    with pytest.raises(ValueError, match="there are no electricity data 'nobody'"):
        inventory_with("nobody")


def test_a_region_in_a_state_falls_back_to_its_country_where_the_set_has_no_states() -> None:
    """AWS us-west-2 is in Oregon: in our own set that is a zone, in the reference's the USA stand for it."""
    host = "bedrock-runtime.us-west-2.amazonaws.com"
    zones = [
        served.zone.code
        for electricity in ELECTRICITY_SETS
        if (
            served := Catalog(electricity=electricity).serve(
                "aws.bedrock", "anthropic.claude-sonnet-4-5-v1:0", host=host
            )
        )
    ]
    assert ["USA", "USA-OR"] == zones


def test_a_state_asked_for_under_the_reference_is_an_error_that_says_why() -> None:
    """It is not taken for its country in silence: who asks for a zone gets that zone or a line."""
    with pytest.raises(ZoneError, match="this method's electricity data have 'USA' and no part of it of that name"):
        Catalog(zone="USA-CA")
    assert "USA-CA" == Catalog(electricity=OWN_ELECTRICITY).zone("usa-ca").code


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ('FRA = { gwp_kgco2eq_per_kwh = -1, adpe_kgsbeq_per_kwh = 1, pe_mj_per_kwh = 1, wue_l_per_kwh = 1, origins = ["a", "a", "a", "a"] }', "expected a number of at least 0, got -1"),
        ('FRA = { gwp_kgco2eq_per_kwh = 1, adpe_kgsbeq_per_kwh = 1, pe_mj_per_kwh = 1, wue_l_per_kwh = 1, origins = ["a", "b", "a", "a"] }', "expected 4 keys of the file's origins"),
        ('france = { gwp_kgco2eq_per_kwh = 1, adpe_kgsbeq_per_kwh = 1, pe_mj_per_kwh = 1, wue_l_per_kwh = 1, origins = ["a", "a", "a", "a"] }', "expected a zone such as FRA"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_message(row: str, complaint: str, tmp_path: Path) -> None:
    """With file, entry and what is allowed, as in the other files."""
    path = tmp_path / "electricity.toml"
    source = 'sources = ["https://example.com/x"]\nchecked = 2026-11-22\n'
    path.write_text(f'{source}[origins.a]\nwhat = "w"\nlicence = "l"\n{source}[zones]\n{row}\n', encoding="utf-8")
    with pytest.raises(InventoryError, match=complaint):
        load_electricity(path)


def test_the_tool_tells_a_stale_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` exits 1 and writes nothing; after writing, it exits 0."""
    monkeypatch.setattr(make_electricity, "OWN_FILE", tmp_path / "electricity.toml")
    assert 1 == make_electricity.main(["--check"])
    assert "electricity.toml is stale; run: python tools/make_electricity.py\n" == capsys.readouterr().err
    assert (0, 0) == (make_electricity.main([]), make_electricity.main(["--check"]))


def test_the_documents_count_right(records: ElectricityRecords) -> None:
    """docs/inventory.md and the data's own changelog say how many zones there are."""
    parts = sum("-" in code for code in records.zones)
    count = f"{len(records.zones) - parts} zones and {parts} parts of the USA"
    for path in (ROOT / "docs" / "inventory.md", OWN_FILE.with_name("CHANGELOG.md")):
        assert (path.name, count in path.read_text(encoding="utf-8")) == (path.name, True)

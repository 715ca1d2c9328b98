"""What the strict reader of the TOML files gives for good ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, ElectricityMix, Model
from otel_genai_impact.inventory.compiled import DataCenterEntry, ModelEntry, ZoneEntry
from otel_genai_impact.inventory.fields import read_toml
from otel_genai_impact.inventory.loader import load_inventory
from otel_genai_impact.inventory.models_loader import AliasRecord, ModelRecord, read_models
from otel_genai_impact.inventory.places_loader import read_data_centers, read_zones
from otel_genai_impact.inventory.provenance import Provenance
from tests.unit.inventory.sample_files import ACME, DATA_CENTERS, FILES, ZONES, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_model_is_read_with_every_fact_of_its_entry(tmp_path: Path) -> None:
    """Parameters, speed, what is assumed and where the numbers come from all arrive as they stand in the file."""
    expected = ModelRecord(
        entry=ModelEntry(
            id="acme-labs/big",
            provider="acme",
            name="big",
            model=Model(
                active_parameters_b=Interval(44.0, 132.5),
                total_parameters_b=Interval(440.0, 440.0),
                output_tokens_per_s=100.1,
                time_to_first_token_s=0.5,
                is_disclosed=False,
            ),
            assumptions=("model.multimodal", "model.parameters.undisclosed"),
        ),
        provenance=Provenance(
            sources=("https://example.com/big",),
            checked=dt.date(2026, 11, 22),
            reference="EcoLogits 0.11.3",
            retired_in=None,
        ),
    )
    actual = load_inventory(write(tmp_path, FILES)).providers["acme"].models["big"]
    assert expected == actual


def test_a_retired_dense_model_keeps_all_its_parameters_active(tmp_path: Path) -> None:
    """A dense model has as many active as total parameters, and a retired one says since when."""
    record = load_inventory(write(tmp_path, FILES)).providers["acme"].models["small"]
    assert (Interval(7.0, 7.0), Interval(7.0, 7.0)) == (
        record.entry.model.active_parameters_b,
        record.entry.model.total_parameters_b,
    )
    assert record.provenance.retired_in == "0.10.0"


def test_an_alias_names_a_model_of_its_file(tmp_path: Path) -> None:
    """An alias needs no link of its own: its reference says where the name was seen."""
    expected = AliasRecord(
        model="small",
        provenance=Provenance(sources=(), checked=dt.date(2026, 11, 20), reference="EcoLogits 0.11.3", retired_in=None),
    )
    assert expected == load_inventory(write(tmp_path, FILES)).providers["acme"].aliases["tiny"]


def test_zones_data_centers_and_version_are_read(tmp_path: Path) -> None:
    """Each comes with its numbers, and a zone with the factors that stand in from the world, sorted."""
    records = load_inventory(write(tmp_path, FILES))
    mix = ElectricityMix(gwp_kgco2eq_per_kwh=0.04, adpe_kgsbeq_per_kwh=5e-8, pe_mj_per_kwh=11.0, wue_l_per_kwh=3.9)
    zone = ZoneEntry(code="FRA", electricity_mix=mix, assumptions=("grid.adpe.world", "grid.wue.world"))
    assert zone == records.zones["FRA"]
    center = DataCenter(pue=Interval(1.1, 1.2), onsite_wue_l_per_kwh=Interval(0.5, 0.5))
    assert DataCenterEntry(provider="acme", data_center=center, zone="FRA") == records.data_centers["acme"]
    assert records.data_version == "2026.11"


def test_one_file_of_the_users_own_can_hold_everything(tmp_path: Path) -> None:
    """The readers of models, zones and data centres work on any table, each looking at its own part only."""
    text = ACME.replace('maker = "acme-labs"', "") + DATA_CENTERS + ZONES[ZONES.index("[zones]") :]
    top = read_toml(write(tmp_path, {"models/own.toml": text}) / "models" / "own.toml")
    assert set(read_models(top, provider="acme", maker="us").models) == {"big", "small"}
    assert set(read_zones(top)) == {"FRA", "WOR"}
    assert set(read_data_centers(top)) == {"acme", "default"}

"""The shipped inventory as the running program reads it, and the file it reads."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.product_system import DataCenter, Model
from otel_genai_impact.inventory.compiled import (
    COMPILED_FILE,
    DATA_CENTER_DEFAULT,
    DataCenterEntry,
    ModelEntry,
    inventory,
)
from otel_genai_impact.inventory.loader import InventoryRecords, load_inventory
from otel_genai_impact.inventory.names import NAMES_FILE, names
from otel_genai_impact.inventory.names_loader import load_names
from tools import compile_inventory
from tools.compile_names import compiled_names

DOCUMENT = Path(__file__).parents[3] / "docs" / "inventory.md"


@pytest.fixture(scope="module")
def records() -> InventoryRecords:
    return load_inventory()


def test_the_compiled_file_is_what_the_toml_files_give(records: InventoryRecords) -> None:
    """Nobody edits compiled.json and names.json, and nobody forgets to make them again."""
    expected = compile_inventory.compiled_text(compile_inventory.compiled(records))
    assert expected == COMPILED_FILE.read_text(encoding="utf-8")
    expected = compile_inventory.compiled_text(compiled_names(records, load_names(records)))
    assert expected == NAMES_FILE.read_text(encoding="utf-8")


def test_every_model_comes_back_as_it_was_read(records: InventoryRecords) -> None:
    """Compiling loses nothing: the entry built from the compiled row equals the one read from TOML."""
    for provider, record in records.providers.items():
        for name, model in record.models.items():
            assert model.entry == inventory().model(provider, name)


def test_every_zone_and_data_center_comes_back_as_it_was_read(records: InventoryRecords) -> None:
    """The same for zones and data centres, and there is not one more of them."""
    assert records.zones == {code: inventory().zone(code) for code in inventory().zone_codes}
    for provider, center in records.data_centers.items():
        assert center == inventory().data_center(provider)
    assert records.data_version == inventory().data_version


def test_an_alias_gives_the_model_that_it_stands_for() -> None:
    """The entry carries the name of the model that was used, so that telemetry can report it."""
    entry = inventory().model("openai", "gpt-35-turbo")
    assert entry == inventory().model("openai", "gpt-3.5-turbo")
    assert entry is not None
    assert entry.id == "openai/gpt-3.5-turbo"


def test_the_id_of_a_model_is_maker_and_name() -> None:
    """The maker is not the key of the reference's table; on the Hugging Face Hub the name holds it already."""
    google = inventory().model("google_genai", "gemini-2.5-flash")
    hub = inventory().model("huggingface_hub", "HuggingFaceTB/SmolLM2-135M-Instruct")
    assert google is not None
    assert hub is not None
    assert (google.id, hub.id) == ("google/gemini-2.5-flash", "HuggingFaceTB/SmolLM2-135M-Instruct")


def test_the_local_demo_model_is_dense_and_open() -> None:
    """134,515,008 parameters, all of them active, in bfloat16, and nothing assumed."""
    parameters_b = Interval(0.1345, 0.1345)
    expected = ModelEntry(
        id="HuggingFaceTB/SmolLM2-135M-Instruct",
        provider="huggingface_hub",
        name="HuggingFaceTB/SmolLM2-135M-Instruct",
        model=Model(active_parameters_b=parameters_b, total_parameters_b=parameters_b, weight_bytes=2.0),
        assumptions=(),
    )
    assert expected == inventory().model("huggingface_hub", "HuggingFaceTB/SmolLM2-135M-Instruct")


@pytest.mark.parametrize("name", ["gpt-4O", "", "gpt-4o ", "models/gpt-4o", "claude-haiku-4-5"])
def test_a_name_that_is_not_there_is_not_guessed(name: str) -> None:
    """Names are exact, and those of another provider do not count."""
    assert inventory().model("openai", name) is None


def test_what_is_not_known_is_none_or_empty() -> None:
    """An unknown provider or zone is an expected miss, not an error."""
    assert inventory().model("acme", "gpt-4o") is None
    assert list(inventory().model_names("acme")) == []
    assert inventory().providers_with("gpt-4O") == ()
    assert inventory().zone("fra") is None
    assert inventory().data_center("acme") is None


def test_names_and_aliases_are_listed_once_and_lead_back_to_their_provider() -> None:
    """Every listed name resolves at its provider, and its providers are found from it."""
    for provider in inventory().providers:
        names = list(inventory().model_names(provider))
        assert sorted(set(names)) == sorted(names)
        for name in names:
            assert inventory().model(provider, name) is not None
            assert provider in inventory().providers_with(name)


def test_the_default_data_center_spans_all_others() -> None:
    """Who serves an unknown provider's model is unknown, so the bounds are the lowest and the highest that are known."""
    centers = [inventory().data_center(provider) for provider in inventory().providers]
    known = [center.data_center for center in centers if center is not None]
    envelope = DataCenter(
        pue=Interval(min(center.pue.low for center in known), max(center.pue.high for center in known)),
        onsite_wue_l_per_kwh=Interval(
            min(center.onsite_wue_l_per_kwh.low for center in known),
            max(center.onsite_wue_l_per_kwh.high for center in known),
        ),
    )
    expected = DataCenterEntry(provider=DATA_CENTER_DEFAULT, data_center=envelope, zone="WOR")
    assert expected == inventory().data_center(DATA_CENTER_DEFAULT)
    assert len(known) == len(inventory().providers) == 6


def test_a_factor_that_stands_in_from_the_world_equals_the_worlds() -> None:
    """A zone that says `grid.*.world` carries the world's factor, and not an older one."""
    world = inventory().zone("WOR")
    assert world is not None
    for code in inventory().zone_codes:
        zone = inventory().zone(code)
        assert zone is not None
        mix = zone.electricity_mix
        factors = {
            "grid.adpe.world": (mix.adpe_kgsbeq_per_kwh, world.electricity_mix.adpe_kgsbeq_per_kwh),
            "grid.pe.world": (mix.pe_mj_per_kwh, world.electricity_mix.pe_mj_per_kwh),
            "grid.wue.world": (mix.wue_l_per_kwh, world.electricity_mix.wue_l_per_kwh),
        }
        for assumption in zone.assumptions:
            own, worlds = factors[assumption]
            assert (code, worlds) == (code, own)


def test_the_inventory_is_read_once_and_not_at_import() -> None:
    """Importing costs no reading; the first use reads, the second does not."""
    script = (
        "from otel_genai_impact.inventory.compiled import inventory\n"
        "before = inventory.cache_info().currsize\n"
        "print(before, inventory() is inventory(), inventory.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True", "1"]


def test_inventory_and_names_take_less_than_four_mebibytes() -> None:
    """What a process keeps for the whole inventory, names included, stays under 4 MiB = 4,194,304 bytes."""
    tracemalloc.start()
    try:
        kept = inventory.__wrapped__(), names.__wrapped__()
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert all(kept)
    assert size < 4 * 1024 * 1024


@pytest.mark.parametrize("on_disk", ["{}\n", None])
def test_check_tells_a_stale_file(
    on_disk: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` exits 1, says what to run and writes nothing; after writing, it exits 0."""
    path = tmp_path / "compiled.json"
    if on_disk is not None:
        path.write_text(on_disk, encoding="utf-8")
    monkeypatch.setattr(compile_inventory, "COMPILED_FILE", path)
    assert compile_inventory.main(["--check"]) == 1
    assert capsys.readouterr().err == "compiled.json is stale; run: python tools/compile_inventory.py\n"
    assert on_disk == (path.read_text(encoding="utf-8") if path.exists() else None)
    assert compile_inventory.main([]) == 0
    assert compile_inventory.main(["--check"]) == 0


def test_a_bad_toml_file_stops_the_compiler(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The loader's message reaches the person who runs the tool, without a traceback."""

    def fail() -> InventoryRecords:
        raise compile_inventory.InventoryError("zones.toml: bad")

    monkeypatch.setattr(compile_inventory, "load_inventory", fail)
    assert compile_inventory.main([]) == 1
    assert capsys.readouterr().err == "zones.toml: bad\n"


def test_the_document_counts_right(records: InventoryRecords) -> None:
    """docs/inventory.md says how many entries there are, by provider and in all."""
    counts = {
        provider: (
            len(record.models),
            sum(model.provenance.retired_in is not None for model in record.models.values()),
            len(record.aliases),
        )
        for provider, record in records.providers.items()
    }
    counts["all"] = (
        sum(models for models, _, _ in counts.values()),
        sum(retired for _, retired, _ in counts.values()),
        sum(aliases for _, _, aliases in counts.values()),
    )
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `?(\w+)`? \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert counts == {name: (int(models), int(retired), int(aliases)) for name, models, retired, aliases in rows}
    assert f"{len(records.zones)} electricity zones and {len(records.data_centers)} data centres" in text

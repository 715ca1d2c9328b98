"""What the strict reader of the TOML files says about bad ones: one planted error for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_genai_impact.inventory.fields import InventoryError, read_toml
from otel_genai_impact.inventory.loader import load_inventory
from tests.unit.inventory.sample_files import DATA_CENTERS, FILES, write

if TYPE_CHECKING:
    from pathlib import Path


def _complaint(folder: Path, file: str, old: str, new: str) -> str:
    """What is said about the good files with one place changed."""
    text = FILES[file]
    assert text.count(old) >= 1
    write(folder, {**FILES, file: text.replace(old, new, 1)})
    with pytest.raises(InventoryError) as caught:
        load_inventory(folder)
    return str(caught.value)


MODEL_KEYS = "parameters_disclosed, multimodal, output_tokens_per_s, time_to_first_token_s, precision, basis"
PROVENANCE_KEYS = "sources, checked, unchecked, reference, retired_in"
A_DAY = "a date such as 2026-11-22"
AN_INTERVAL = "expected a positive number or [low, high]"

MODEL_ERRORS = [
    ("[models.", "[models", "not valid TOML: Expected ']' at the end of a table declaration (at line 4, column 8)"),
    ('"small"]', '"big"]', "not valid TOML: Cannot declare ('models', 'big') twice (at line 16, column 14)"),
    ('"acme"', '"acne"', 'provider: expected "acme", got "acne"'),
    ('maker = "acme-labs"', "", 'models."big": expected a name of the form maker/name, since the file names no maker'),
    ('"acme-labs"', '" "', 'maker: expected a text, got " "'),
    ("maker", "makers", "makers: unknown key, allowed are provider, maker, models, aliases"),
    ('"moe"', '"mixture"', 'models."big": architecture: expected "dense" or "moe", got "mixture"'),
    ('architecture = "moe"\n', "", 'models."big": architecture: missing, expected "dense" or "moe"'),
    (
        "multimodal",
        "multi_modal",
        f'models."big": multi_modal: unknown key, allowed are architecture, total_parameters_b, active_parameters_b, {MODEL_KEYS}, {PROVENANCE_KEYS}',
    ),
    (
        "parameters_b = 7",
        "parameters_b = 7\ntotal_parameters_b = 7",
        f'models."small": total_parameters_b: unknown key, allowed are architecture, parameters_b, {MODEL_KEYS}, {PROVENANCE_KEYS}',
    ),
    ("[44, 132.5]", "-3", f'models."big": active_parameters_b: {AN_INTERVAL}, got -3'),
    ("[44, 132.5]", "true", f'models."big": active_parameters_b: {AN_INTERVAL}, got true'),
    ("[44, 132.5]", "nan", f'models."big": active_parameters_b: {AN_INTERVAL}, got nan'),
    ("[44, 132.5]", "[44, inf]", f'models."big": active_parameters_b: {AN_INTERVAL}, got [44, inf]'),
    ("[44, 132.5]", "[1, 2, 3]", f'models."big": active_parameters_b: {AN_INTERVAL}, got [1, 2, 3]'),
    ("[44, 132.5]", '"44"', f'models."big": active_parameters_b: {AN_INTERVAL}, got "44"'),
    ("[44, 132.5]", "{}", f'models."big": active_parameters_b: {AN_INTERVAL}, got a table'),
    ("[44, 132.5]", "[132, 44]", 'models."big": active_parameters_b: expected low <= high, got [132, 44]'),
    (
        "[44, 132.5]",
        "[44, 441]",
        'models."big": active_parameters_b: expected at most total_parameters_b (440), got [44, 441]',
    ),
    (
        "= 440",
        "= [40, 450]",
        'models."big": active_parameters_b: expected at most total_parameters_b ([40, 450]), got [44, 132.5]',
    ),
    ("parameters_b = 7", "", f'models."small": parameters_b: missing, {AN_INTERVAL}'),
    ("false", '"no"', 'models."big": parameters_disclosed: expected true or false, got "no"'),
    ("100.1", "0", 'models."big": output_tokens_per_s: expected a positive number, got 0'),
    ("0.5", "-0.5", 'models."big": time_to_first_token_s: expected a number of at least 0, got -0.5'),
    (
        'sources = ["https://example.com/big"]\n',
        "",
        'models."big": sources: missing, expected a list of at least one http(s) link',
    ),
    (
        '["https://example.com/big"]',
        "[]",
        'models."big": sources: expected a list of at least one http(s) link, got []',
    ),
    (
        "https://example.com/big",
        "the web",
        'models."big": sources: expected a list of at least one http(s) link, got ["the web"]',
    ),
    ("2026-11-22", '"today"', f'models."big": checked: expected {A_DAY}, got "today"'),
    ("2026-11-22", "2026-11-22T10:00:00", f'models."big": checked: expected {A_DAY}, got 2026-11-22T10:00:00'),
    ("checked = 2026-11-22\n", "", f'models."big": checked: missing, expected {A_DAY}'),
    (
        "checked = 2026-11-22\n",
        "unchecked = false\n",
        'models."big": unchecked: expected true, or instead a day in checked, got false',
    ),
    (
        "checked = 2026-11-22\n",
        "checked = 2026-11-22\nunchecked = true\n",
        'models."big": unchecked: expected either this or a day in checked, not both',
    ),
    ('"0.10.0"', '"soon"', 'models."small": retired_in: expected a release such as "0.10.0", got "soon"'),
    (
        'model = "small"',
        'model = "smell"',
        'aliases."tiny": model: expected the name of a model of this file, got "smell"',
    ),
    ('[aliases."tiny"]', '[aliases."big"]', 'aliases."big": duplicate, a model of this file has the same name'),
    (
        'checked = 2026-11-20\nreference = "EcoLogits 0.11.3"',
        "checked = 2026-11-20",
        'aliases."tiny": reference: missing, expected a text',
    ),
    (
        'model = "small"',
        'target = "small"',
        f'aliases."tiny": target: unknown key, allowed are model, {PROVENANCE_KEYS}',
    ),
    ('[aliases."tiny"]', "[aliases]", 'aliases."model": expected a table, got "small"'),
]


@pytest.mark.parametrize(("old", "new", "complaint"), MODEL_ERRORS)
def test_an_error_in_a_file_of_models_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """The message names file, entry and key, what was found and what is allowed."""
    assert f"acme.toml: {complaint}" == _complaint(tmp_path, "models/acme.toml", old, new)


ZONE_KEYS = "gwp_kgco2eq_per_kwh, adpe_kgsbeq_per_kwh, pe_mj_per_kwh, wue_l_per_kwh, from_world"
OTHER_ERRORS = [
    ("zones.toml", "FRA", "France", 'zones."France": expected a zone such as FRA, USA-CA or WOR'),
    ("zones.toml", "0.04", "-0.04", 'zones."FRA": gwp_kgco2eq_per_kwh: expected a number of at least 0, got -0.04'),
    (
        "zones.toml",
        "pe_mj_per_kwh = 11",
        "pe = 11",
        f'zones."FRA": pe: unknown key, allowed are {ZONE_KEYS}',
    ),
    (
        "zones.toml",
        "pe_mj_per_kwh = 11, ",
        "",
        'zones."FRA": pe_mj_per_kwh: missing, expected a number of at least 0',
    ),
    (
        "zones.toml",
        '"adpe"]',
        '"gwp"]',
        'zones."FRA": from_world: expected a list of "adpe", "pe", "wue", each once, got ["wue", "gwp"]',
    ),
    (
        "zones.toml",
        '"adpe"]',
        '"wue"]',
        'zones."FRA": from_world: expected a list of "adpe", "pe", "wue", each once, got ["wue", "wue"]',
    ),
    ("zones.toml", "sources", "source", f"source: unknown key, allowed are zones, {PROVENANCE_KEYS}"),
    (
        "zones.toml",
        'sources = ["https://example.com/mixes"]',
        "",
        "sources: missing, expected a list of at least one http(s) link",
    ),
    (
        "data_centers.toml",
        "pue = 1.3",
        "pue = 0.9",
        'data_centers."default": pue: expected a number of at least 1 or [low, high], got 0.9',
    ),
    (
        "data_centers.toml",
        '"FRA"',
        '"fra"',
        'data_centers."acme": zone: expected a zone such as FRA, USA-CA or WOR, got "fra"',
    ),
    ("data_centers.toml", '"FRA"', '"DEU"', 'data_centers."acme": zone: expected a zone of zones.toml, got "DEU"'),
    ("data_centers.toml", "s.acme]", "s.acne]", 'data_centers."acme": missing, every provider has a data centre'),
    (
        "data_centers.toml",
        "s.default]",
        "s.other]",
        'data_centers."default": missing, every provider has a data centre',
    ),
    ("data_centers.toml", DATA_CENTERS, "data_centers = 1", "data_centers: expected a table, got 1"),
    ("data_centers.toml", DATA_CENTERS, "pue = 1", "pue: unknown key, allowed are data_centers"),
    (
        "data_centers.toml",
        "onsite_wue_l_per_kwh = 0.5",
        "wue = 0.5",
        f'data_centers."acme": wue: unknown key, allowed are pue, onsite_wue_l_per_kwh, zone, {PROVENANCE_KEYS}',
    ),
    (
        "meta.toml",
        '"2026.11"',
        '"2026.13"',
        'data_version: expected a year and a month such as "2026.11", got "2026.13"',
    ),
    ("meta.toml", 'licence = "Free"\n', "", "licence: missing, expected a text"),
    ("meta.toml", 'attribution = "Us"\n', "", "attribution: missing, expected a text"),
    (
        "data_centers.toml",
        'sources = ["https://example.com/pue"]\n',
        "",
        'data_centers."acme": sources: missing, expected a list of at least one http(s) link',
    ),
    ("meta.toml", "licence", "license", "license: unknown key, allowed are data_version, licence, attribution"),
]


@pytest.mark.parametrize(("file", "old", "new", "complaint"), OTHER_ERRORS)
def test_an_error_in_another_file_is_named(tmp_path: Path, file: str, old: str, new: str, complaint: str) -> None:
    """The same holds for zones, data centres and the inventory's own facts, and for what must agree between files."""
    assert f"{file}: {complaint}" == _complaint(tmp_path, file, old, new)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A folder without one of its files is refused, not taken as empty."""
    write(tmp_path, FILES)
    (tmp_path / "zones.toml").unlink()
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path)
    assert str(caught.value) == "zones.toml: cannot be read: No such file or directory"


def test_a_folder_without_models_is_refused(tmp_path: Path) -> None:
    """An inventory without any file of models is a wrong path, not an empty inventory."""
    with pytest.raises(InventoryError) as caught:
        load_inventory(tmp_path)
    assert str(caught.value) == "models: expected at least one TOML file of models, found none"


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    """Bytes that are no text are the file's error, not a UnicodeDecodeError from somewhere."""
    path = tmp_path / "own.toml"
    path.write_bytes(b'maker = "\xff"')
    with pytest.raises(InventoryError) as caught:
        read_toml(path)
    expected = "own.toml: not valid TOML: 'utf-8' codec can't decode byte 0xff in position 9: invalid start byte"
    assert expected == str(caught.value)

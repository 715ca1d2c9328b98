"""`genai-impact models`, `zones` and `providers`: the whole inventory, or what is searched for."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.inventory.compiled import inventory


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert 0 == main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_all_names_of_models_are_listed_with_their_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    """Aliases too: as many rows as there are names."""
    rows = _json(capsys, "models")
    known = inventory()
    assert sum(len(tuple(known.model_names(provider))) for provider in known.tables) == len(rows)
    [row] = [row for row in rows if (row["provider"], row["name"]) == ("openai", "gpt-4o")]
    entry = known.model("openai", "gpt-4o")
    assert entry is not None
    sizes = (entry.model.active_parameters_b.low, entry.model.total_parameters_b.high)
    assert (entry.id, *sizes) == (row["model"], row["active_low_b"], row["total_high_b"])


def test_all_zones_are_listed_with_their_factors(capsys: pytest.CaptureFixture[str]) -> None:
    """What one kWh costs in France, for one."""
    rows = {row["zone"]: row for row in _json(capsys, "zones")}
    assert set(inventory().zone_codes) == set(rows)
    france = inventory().zone("FRA")
    assert france is not None
    assert france.electricity_mix.gwp_kgco2eq_per_kwh == rows["FRA"]["kgCO2eq_per_kwh"]


def test_zones_of_our_own_say_where_each_figure_is_from(capsys: pytest.CaptureFixture[str]) -> None:
    """The newest year there is for greenhouse gases, and the states of the USA."""
    rows = {row["zone"]: row for row in _json(capsys, "zones", "--electricity", "own")}
    assert "ember-2025, reference, generation-2023, reference" == rows["FRA"]["from"]
    assert 0.0412 == rows["FRA"]["kgCO2eq_per_kwh"]
    assert "egrid-2023, reference, generation-2023, reference" == rows["USA-CA"]["from"]


def test_all_providers_are_listed_with_their_data_centres(capsys: pytest.CaptureFixture[str]) -> None:
    """And with what telemetry calls them."""
    rows = {row["provider"]: row for row in _json(capsys, "providers")}
    assert set(inventory().providers) == set(rows)
    center = inventory().data_center("openai")
    assert center is not None
    assert (center.zone, center.data_center.pue.low) == (rows["openai"]["zone"], rows["openai"]["pue_low"])
    assert "gcp.vertex_ai" in rows["google_genai"]["spellings"]


@pytest.mark.parametrize("text", ["opus", "OPUS"])
def test_a_search_is_for_a_part_in_either_case(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All rows that have it somewhere, and no other."""
    found = _json(capsys, "models", "--search", text)
    assert [row for row in _json(capsys, "models") if "opus" in json.dumps(row).lower()] == found
    assert found


def test_the_text_is_a_table_with_heads(capsys: pytest.CaptureFixture[str]) -> None:
    """What is unknown is a dash."""
    assert 0 == main(["zones", "--search", "FRA"])
    head, *rows = capsys.readouterr().out.splitlines()
    assert ["zone", "kgCO2eq_per_kwh"] == head.split()[:2]
    assert any(row.split()[0] == "FRA" for row in rows)


def test_nothing_found_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    """And one line that says so."""
    assert 1 == main(["models", "--search", "no such model"])
    assert "genai-impact models: nothing has 'no such model' in it\n" == capsys.readouterr().err


def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    """`genai-impact models | head -1`: no traceback."""
    command = [sys.executable, "-m", "otel_genai_impact.cli", "models", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert b"" == process.stderr.read()
    assert 141 == process.returncode

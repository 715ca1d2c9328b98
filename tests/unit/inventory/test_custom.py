"""The user's own data: what a file may say, what comes of it, and what is said about a bad one."""

from __future__ import annotations

import json
import logging
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import estimate, semconv
from otel_genai_impact.cli import main
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import inventory
from otel_genai_impact.inventory.custom import BUDGET_KEYS, DEPLOYMENT_KEYS, MACHINE_KEYS, SECTIONS, read_custom
from otel_genai_impact.inventory.fields import InventoryError

if TYPE_CHECKING:
    from otel_genai_impact.inventory.resolved import Served

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "own-data.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "genai-impact.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return path


def _serve(file: Path, provider: str | None, *names: str | None, zone: str | None = None) -> Served:
    served = Catalog.of_setting(zone, str(file)).serve(provider, *names)
    assert served is not None
    return served


def test_a_deployment_of_a_known_model_has_its_numbers_and_the_place_that_the_user_says(file: Path) -> None:
    """Azure's name for GPT-4o in Sweden: OpenAI's data centre, Swedish electricity, and no zone is assumed."""
    served = _serve(file, "azure.ai.openai", "support-prod")
    assert ("openai/gpt-4o", "openai", "SWE") == (served.entry.id, served.data_center.provider, served.zone.code)
    assert {semconv.ZONE_PROVIDER_DEFAULT, semconv.ZONE_WORLD, semconv.DATA_CENTER_DEFAULT} & {
        *served.assumptions
    } == set()


def test_a_deployment_of_one_provider_means_nothing_at_another(file: Path) -> None:
    """`provider` restricts it."""
    assert Catalog.of_setting(None, str(file)).serve("groq", "support-prod") is None


def test_a_model_of_the_users_own_runs_where_the_user_says(file: Path) -> None:
    """Its parameters, PUE 1.35, and 0.032 kgCO2eq per kWh; nothing is assumed."""
    served = _serve(file, "vllm", "support-7b")
    mix, center = served.zone.electricity_mix, served.data_center.data_center
    assert ("acme/support-7b", 7.2) == (served.entry.id, served.entry.model.total_parameters_b.low)
    assert (1.35, 0.032, "FRA-WE") == (center.pue.high, mix.gwp_kgco2eq_per_kwh, served.zone.code)
    assert served.assumptions == ()


def test_hardware_precision_and_batch_are_those_of_the_deployment(file: Path) -> None:
    """Its own, and nobody else's: the method that can use them is given them."""
    served = _serve(file, "vllm", "support-7b")
    assert ("H100", 8.0, 1.0) == (served.serving.gpu, served.serving.batch_size, served.entry.model.weight_bytes)
    other = _serve(file, "vllm", "acme/support-7b")
    assert (None, None, None) == (other.serving.gpu, other.serving.batch_size, other.entry.model.weight_bytes)


def test_a_contract_stands_beside_the_zone_and_never_in_its_place(file: Path) -> None:
    """Usage with 0.011 kg per kWh instead of Sweden's, embodied as before; the other figures are those without a contract."""
    request: dict[str, Any] = {"output_tokens": 300, "latency_s": 4.0}
    bought = estimate("azure.ai.openai", "support-prod", **request, config=str(file))
    without = estimate("azure.ai.openai", "gpt-4o", **request, zone="SWE")
    assert without.impacts == bought.impacts
    assert without.market_gwp_kgco2eq is None
    assert bought.market_gwp_kgco2eq is not None
    for bound in ("low", "high"):
        expected = getattr(bought.impacts.energy_kwh, bound) * 0.011 + getattr(
            bought.impacts.embodied.gwp_kgco2eq, bound
        )
        assert pytest.approx(expected, rel=1e-12) == getattr(bought.market_gwp_kgco2eq, bound)


def test_the_command_line_shows_both_and_refuses_a_bad_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`estimate` and `explain` take the file; a mistake in it is one line and exit code 1."""
    for command in ("estimate", "explain"):
        assert 0 == main([command, "azure.ai.openai", "support-prod", "--output-tokens", "300", "--config", str(file)])
        assert "with the electricity of your contract (market-based), beside the above" in capsys.readouterr().out
    assert 0 == main(
        ["estimate", "azure.ai.openai", "support-prod", "--output-tokens", "300", "--config", str(file), "--cost"]
    )
    assert "list price of openai/gpt-4o" in capsys.readouterr().out
    file.write_text("[contracts.x]\n", encoding="utf-8")
    assert 1 == main(["estimate", "openai", "gpt-4o", "--output-tokens", "1", "--config", str(file)])
    assert 'contracts."x": instrument: missing' in capsys.readouterr().err


def test_what_the_user_says_of_the_requests_name_comes_before_the_responses(file: Path) -> None:
    """Azure answers with the model's name to a request that names the deployment: the place is still known."""
    served = _serve(file, "azure.ai.openai", "gpt-4o-2024-11-20", "support-prod")
    assert ("openai/gpt-4o", "SWE") == (served.entry.id, served.zone.code)


def test_a_zone_for_all_requests_stands_above_the_file(file: Path) -> None:
    """`GENAI_IMPACT_ZONE` is an override for all."""
    assert _serve(file, "vllm", "support-7b", zone="DEU").zone.code == "DEU"


def test_all_other_names_mean_what_they_mean_without_the_file(file: Path) -> None:
    """And the shipped inventory is not changed by it."""
    assert Catalog().serve("openai", "gpt-4o") == _serve(file, "openai", "gpt-4o")
    assert Catalog().serve("vllm", "support-7b") is None


def test_figures_of_the_inventory_can_be_replaced(tmp_path: Path) -> None:
    """A data centre and a zone of the inventory's names."""
    path = tmp_path / "own.toml"
    path.write_text(
        '[data_centers.openai]\npue = 1.5\nonsite_wue_l_per_kwh = 0.1\nzone = "SWE"\n'
        "[zones.SWE]\ngwp_kgco2eq_per_kwh = 0.5\nadpe_kgsbeq_per_kwh = 0\npe_mj_per_kwh = 0\nwue_l_per_kwh = 0\n",
        encoding="utf-8",
    )
    served = _serve(path, "openai", "gpt-4o")
    assert (1.5, "SWE", 0.5) == (
        served.data_center.data_center.pue.low,
        served.zone.code,
        served.zone.electricity_mix.gwp_kgco2eq_per_kwh,
    )


ERRORS = [
    (
        'gpu = "H100"',
        'gpu = "H1000"',
        'line 23: deployments."support-7b": gpu: expected "H100" or "H200" or "B200", got "H1000"',
    ),
    (
        'precision = "fp8"',
        "precision = 8",
        'line 24: deployments."support-7b": precision: expected "fp32" or "bf16" or "fp16" or "fp8" or "int8" or "int4" or "mxfp4" or '
        '"nvfp4", got 8',
    ),
    (
        "batch_size = 8",
        "batch_size = 0",
        'line 25: deployments."support-7b": batch_size: expected a number of at least 1, got 0',
    ),
    (
        'contract = "wind"',
        'contract = "sun"',
        'line 8: deployments."support-prod": contract: expected a contract of this file, got "sun"',
    ),
    (
        "gwp_kgco2eq_per_kwh = 0.011",
        "gwp_kgco2eq_per_kwh = -1",
        'line 11: contracts."wind": gwp_kgco2eq_per_kwh: expected a number of at least 0, got -1',
    ),
    (
        'instrument = "power purchase agreement, onshore wind"',
        "",
        'line 10: contracts."wind": instrument: missing, expected a text',
    ),
    (
        "[deployments.",
        "[deploiments.",
        "line 4: deploiments: unknown key, allowed are models, deployments, data_centers, zones, contracts, budgets, machine",
    ),
    (
        '"openai/gpt-4o"',
        '"openai/gpt-4oo"',
        'line 5: deployments."support-prod": model: expected the maker/name of a model of this file or of the inventory, '
        'got "openai/gpt-4oo"',
    ),
    (
        'zone = "SWE"',
        'zone = "SWD"',
        'line 7: deployments."support-prod": zone: expected a zone of this file or of the inventory, got "SWD"',
    ),
    (
        'zone = "SWE"',
        'region = "swedencentral"',
        'line 7: deployments."support-prod": region: unknown key, allowed are model, provider, data_center, zone, gpu, precision, batch_size, contract',
    ),
    (
        "parameters_b = 7.2",
        'parameters_b = "7b"',
        'line 18: models."acme/support-7b": parameters_b: expected a positive number or [low, high], got "7b"',
    ),
    (
        '"acme/support-7b"]',
        '"support-7b"]',
        'line 16: models."support-7b": expected a name of the form maker/name, since the file names no maker',
    ),
    (
        "pue = 1.35",
        "pue = 0.35",
        'line 28: data_centers."basement": pue: expected a number of at least 1 or [low, high], got 0.35',
    ),
    (
        'zone = "FRA-WE"',
        "",
        'line 27: data_centers."basement": zone: missing, expected a zone such as FRA, USA-CA or WOR',
    ),
    ("[zones.FRA-WE]", "[zones.France]", 'line 32: zones."France": expected a zone such as FRA, USA-CA or WOR'),
    (
        "pue = 1.35",
        f"pue = {'9' * 400}",
        f'line 28: data_centers."basement": pue: expected a number of at least 1 or [low, high], got {"9" * 400}',
    ),
    (
        "gwp_g = 2.0",
        "gwp_g = -2.0",
        'line 40: budgets."support-answer": gwp_g: expected a number of at least 0, got -2.0',
    ),
    (
        "gwp_g = 2.0",
        "gwp_kg = 2.0",
        'line 40: budgets."support-answer": gwp_kg: unknown key, allowed are energy_j, gwp_g, wcf_l, requests',
    ),
    (
        "gwp_g = 2.0",
        "",
        'line 39: budgets."support-answer": no limit, allowed are energy_j, gwp_g, wcf_l, requests',
    ),
    ("pue = 1.1", "pue = 0.9", "line 44: machine: pue: expected a number of at least 1 or [low, high], got 0.9"),
    (
        "embodied_pe_mj = 12000",
        "",
        "line 43: machine: embodied_pe_mj: missing, expected a number of at least 0",
    ),
    (
        'data_center = "basement"',
        'data_center = "attic"',
        'line 22: deployments."support-7b": data_center: expected a data centre of this file or of the inventory, got "attic"',
    ),
]


@pytest.mark.parametrize(("old", "new", "complaint"), ERRORS)
def test_a_mistake_is_named_with_its_line(file: Path, old: str, new: str, complaint: str) -> None:
    """File, line, entry and key, what was found and what is allowed."""
    assert EXAMPLE.count(old) >= 1
    file.write_text(EXAMPLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InventoryError) as caught:
        read_custom(file, inventory())
    assert f"genai-impact.toml, {complaint}" == str(caught.value)


def test_a_file_that_cannot_be_used_is_one_line_in_the_log_and_ignored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The application runs on with the shipped inventory, whether the file is bad, no TOML, or not there."""
    for name, text in [
        ("bad.toml", "[models]\nx = 1\n"),
        ("no.toml", "[["),
        ("binary.toml", "\0"),
        ("deep.toml", "a = " + "[" * 5000),
        ("none.toml", None),
    ]:
        path = tmp_path / name
        if text is not None:
            path.write_text(text, encoding="utf-8")
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert Catalog.of_setting(None, str(path)).serve("openai", "gpt-4o") is not None
        assert len(caplog.messages) == 1
        assert "GENAI_IMPACT_CONFIG" in caplog.text
        assert name in caplog.text


def test_check_says_what_a_file_has(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and one line."""
    assert main(["check", str(file)]) == 0
    assert (
        f"{file}: fine: models 1, deployments 2, data centers 1, zones 1, contracts 1, budgets 1, machine 1\n"
        == capsys.readouterr().out
    )


def test_check_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the first mistake on standard error; a directory is a mistake, too."""
    path = tmp_path / "bad.toml"
    path.write_text("[deployments.x]\nmodel = 1\n", encoding="utf-8")
    assert main(["check", str(path)]) == 1
    assert 'bad.toml, line 2: deployments."x": model: expected a text, got 1\n' == capsys.readouterr().err
    assert main(["check", str(tmp_path)]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_the_schema_knows_the_keys_that_the_reader_takes(file: Path) -> None:
    """Editors complete what is allowed, and no more: each table of the example, and each key of a deployment."""
    schema: dict[str, Any] = json.loads((DOCS / "genai-impact.schema.json").read_text(encoding="utf-8"))
    assert list(SECTIONS) == list(schema["properties"])
    assert list(BUDGET_KEYS) == list(schema["properties"]["budgets"]["additionalProperties"]["properties"])
    machine = schema["properties"]["machine"]["properties"]
    assert list(MACHINE_KEYS) == list(machine)
    assert set(tomllib.loads(EXAMPLE)["machine"]) <= set(machine)
    tables = {name: schema["properties"][name]["additionalProperties"] for name in SECTIONS[:-1]}
    assert list(DEPLOYMENT_KEYS) == list(tables["deployments"]["properties"])
    for section, entries in list(tomllib.loads(EXAMPLE).items())[:-1]:
        for entry in entries.values():
            assert set(entry) <= set(tables[section]["properties"])
            assert set(tables[section].get("required", ())) <= set(entry)
    for section in ("models", "data_centers", "zones"):
        keys = list(tables[section]["properties"])
        file.write_text(f'[{section}."{"a/b" if section == "models" else "FRA"}"]\nnonsense = 1\n', encoding="utf-8")
        if section == "models":
            file.write_text('[models."a/b"]\narchitecture = "dense"\nnonsense = 1\n', encoding="utf-8")
            keys = [key for key in keys if key not in {"total_parameters_b", "active_parameters_b"}]
        with pytest.raises(InventoryError, match="unknown key, allowed are ") as caught:
            read_custom(file, inventory())
        assert keys == str(caught.value).partition("allowed are ")[2].split(", ")

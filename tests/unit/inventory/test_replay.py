"""Replay: traces of models that were retired since have an estimate by the data of then, and by today's."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main
from otel_genai_impact.cli.explain import explain
from otel_genai_impact.inventory.archive import ARCHIVE_FOLDER, DataVersionError, archived_versions
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.loader import load_inventory
from otel_genai_impact.inventory.names import names
from tests.kit.otlp_json import line, lines, span
from tools import reference_archive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.models_loader import ModelRecord

MODEL = ("anthropic", "claude-3-5-sonnet-20240620")
REFERENCE_VERSIONS = tuple(f"ecologits-{version}" for version in reference_archive.RELEASES)


def _retired() -> dict[str, list[ModelRecord]]:
    """The models that a release of the reference was the last to know, by the data version of that release."""
    found: dict[str, list[ModelRecord]] = defaultdict(list)
    for provider in load_inventory().providers.values():
        for record in provider.models.values():
            if record.provenance.retired_in is not None:
                found[str(record.provenance.reference).lower().replace(" ", "-")].append(record)
    return found


def test_every_retired_model_has_data_of_then() -> None:
    """124 models, each in the version of the last release that knew it, with the size that it has today."""
    retired = _retired()
    assert {*REFERENCE_VERSIONS} == {*retired}
    assert 124 == sum(map(len, retired.values()))
    for version, records in retired.items():
        then = Catalog(data_version=version)
        for record in records:
            found = then.serve(record.entry.provider, record.entry.name)
            assert found is not None, record.entry.id
            model = found.entry.model
            expected = (record.entry.id, record.entry.model.active_parameters_b, record.entry.model.total_parameters_b)
            assert expected == (found.entry.id, model.active_parameters_b, model.total_parameters_b)


@pytest.mark.parametrize("version", REFERENCE_VERSIONS)
def test_stored_traces_of_retired_models_are_estimated_by_the_data_of_then_and_of_today(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A span of each that says nothing of its impacts: the same energy by both, and greenhouse gases as a kWh had them then."""
    records = _retired()[version]
    monkeypatch.setenv("GENAI_IMPACT_ZONE", "FRA")
    path = tmp_path / "traces.jsonl"
    spans = [
        span(number, _asked(record.entry.provider, record.entry.name)) for number, record in enumerate(records, start=1)
    ]
    path.write_text(lines([line(*spans)]), encoding="utf-8")
    assert 0 == main(["recompute", str(path), "--data-version", version, "--json"])
    found = json.loads(capsys.readouterr().out)
    counts = (len(records), 0, 0, 0)
    assert counts == (found["total"]["requests"], found["only_before"], found["only_after"], found["neither"])
    assert [f"ecologits-0.11, data {version}"] == found["after"]
    for group in found["groups"]:
        energy, gwp = group["energy"], group["gwp"]
        assert pytest.approx(energy["before"]["estimate"]) == energy["after"]["estimate"]
        kwh = energy["before"]["estimate"] / 3.6e6
        assert pytest.approx((_fra_gco2eq(version) - _fra_gco2eq(None)) * kwh) == (
            gwp["after"]["estimate"] - gwp["before"]["estimate"]
        )


def _fra_gco2eq(version: str | None) -> float:
    return Catalog(data_version=version).zone("FRA").electricity_mix.gwp_kgco2eq_per_kwh * 1000


def _asked(provider: str, name: str) -> Mapping[str, Any]:
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": name,
        "gen_ai.usage.output_tokens": 300,
    }


def test_a_kwh_had_other_greenhouse_gases_then() -> None:
    """In France 44.18 g until EcoLogits 0.10.1, and 41.44 g from 0.10.2 on: that is what the data of then are for."""
    assert 44.18 == pytest.approx(_fra_gco2eq("ecologits-0.8.0"))
    assert 44.18 == pytest.approx(_fra_gco2eq("ecologits-0.10.1"))
    assert 41.44 == pytest.approx(_fra_gco2eq("ecologits-0.11.1"))


def test_names_that_gateways_wrote_then_resolve_by_the_data_of_then() -> None:
    """What code does with a name is today's: a region and a version of Bedrock are taken off, families were not known."""
    then = Catalog(data_version="ecologits-0.9.1")
    found = then.serve("aws.bedrock", "us.anthropic.claude-3-5-sonnet-20240620-v1:0")
    assert found is not None
    assert "anthropic/claude-3-5-sonnet-20240620" == found.entry.id
    assert then.serve("openai", "gpt-5.9") is None


def test_each_name_that_meant_another_model_means_it_before_its_day() -> None:
    """The day before, a name leads to the model of then, which today's data keep; and on the day to the next one."""
    meanings = [(name, days) for name, days in names()["earlier"].items()]
    assert meanings
    for name, days in meanings:
        for until, table, model in days:
            found = Catalog().identify(table, name, at=date.fromisoformat(until) - timedelta(days=1))
            after = Catalog().identify(table, name, at=date.fromisoformat(until))
            assert found is not None
            assert found.entry is not None
            assert (name, model) == (name, found.entry.name)
            assert after is not None
            assert after.id != found.id


def test_everything_of_then_has_its_source_and_day() -> None:
    """The model, the electricity and the data centre name the release; the method and the request are today's."""
    explained = explain(*MODEL, output_tokens=300, data_version="ecologits-0.9.1")
    origins = {factor["symbol"]: factor["reference"] for factor in explained["factors"]}
    of_then = ("P", "T", "PUE", "WUE", "mix_gwp", "mix_adpe", "mix_pe", "mix_wue")
    assert {"EcoLogits 0.9.1"} == {origins[symbol] for symbol in of_then}
    assert ("ecologits-0.9.1", "ecologits-0.9.1") == (
        explained["found"]["data_version"],
        explained["found"]["electricity"],
    )
    assert "B" == explained["model"]["evidence"]
    older = explain(*MODEL, output_tokens=300, data_version="ecologits-0.8.2")
    origins = {factor["symbol"]: factor["reference"] for factor in older["factors"]}
    assert ("EcoLogits 0.8.2", "EcoLogits 0.9.1") == (origins["P"], origins["mix_gwp"])


def test_a_provider_that_nobody_knew_then_runs_where_it_runs_today() -> None:
    """The reference had no data centre for it: ours stands for it, with its own sources and day."""
    explained = explain("nobody", "claude-3-5-sonnet-20240620", output_tokens=300, data_version="ecologits-0.9.1")
    [pue] = [factor for factor in explained["factors"] if factor["symbol"] == "PUE"]
    assert explain("nobody", "claude-3-5-sonnet-20240620", output_tokens=300)["found"]["data_center"] == "default"
    assert (False, "2026-11-23", None) == (pue["unchecked"], pue["checked"], pue["reference"])


def test_another_method_has_no_data_of_then_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """`native-1` needs electricity of our own, and precision: what the reference never had is not made up."""
    with pytest.raises(DataVersionError, match=r"by the method ecologits-0\.11, and by no other"):
        estimate(*MODEL, output_tokens=300, method="native-1", data_version="ecologits-0.9.1")
    arguments = [*MODEL, "--output-tokens", "3", "--method", "native-1", "--data-version", "ecologits-0.9.1"]
    assert 1 == main(["estimate", *arguments])
    assert "electricity.json" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["estimate", "explain"])
def test_estimate_and_explain_take_a_data_version(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And say which they used."""
    asked = [command, *MODEL, "--output-tokens", "300", "--zone", "FRA", "--data-version", "ecologits-0.9.1"]
    assert 0 == main(asked)
    assert "data ecologits-0.9.1" in capsys.readouterr().out


def test_compare_takes_a_data_version(capsys: pytest.CaptureFixture[str]) -> None:
    """For all of its rows."""
    asked = ["compare", "/".join(MODEL), "openai/gpt-4o", "--zone", "FRA", "--data-version", "ecologits-0.9.1"]
    assert 0 == main([*asked, "--json"])
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert ["ecologits-0.9.1", "ecologits-0.9.1"] == [row["data_version"] for row in rows]
    assert 0 == main(asked)
    assert "Data: ecologits-0.9.1" in capsys.readouterr().out


def test_report_takes_a_data_version_and_its_record_names_the_sources_of_then(tmp_path: Path) -> None:
    """An auditor finds the factor of then, and the release that it is from."""
    path, record = tmp_path / "traces.jsonl", tmp_path / "record.json"
    path.write_text(lines([line(span(1, _asked(*MODEL)))]), encoding="utf-8")
    arguments = ["report", str(path), "--zone", "FRA", "--data-version", "ecologits-0.9.1", "--audit", str(record)]
    assert 0 == main(arguments)
    [factors] = json.loads(record.read_text(encoding="utf-8"))["factors"]
    assert 44.18 == pytest.approx(factors["electricity"]["inventory_gco2eq_per_kwh"])
    parts = ("electricity", "data_center", "model")
    assert ["EcoLogits 0.9.1"] * 3 == [factors[part]["reference"] for part in parts]
    assert 1 == main(["report", str(path), "--data-version", "1999.01", "--audit", str(record)])


def test_the_data_of_then_are_small() -> None:
    """All releases of the reference together take less than 48 KiB of the wheel."""
    sizes = {path.stem: path.stat().st_size for path in ARCHIVE_FOLDER.glob("ecologits-*.zip")}
    assert {*REFERENCE_VERSIONS} == {*sizes}
    assert sum(sizes.values()) < 48 * 1024
    print(f"data of {len(sizes)} releases: {sum(sizes.values()) / 1024:.0f} KiB")


def test_versions_are_listed_oldest_first() -> None:
    """0.9 before 0.10, and releases of the reference before ours."""
    assert REFERENCE_VERSIONS == archived_versions()[: len(REFERENCE_VERSIONS)]


def test_an_archive_of_a_release_has_its_numbers_as_rows() -> None:
    """Dense and experts, exact and a range, with and without a speed; what it warned of, in our words."""
    models: dict[str, Any] = {
        "models": [
            {
                "provider": "openai",
                "name": "dense",
                "architecture": {"type": "dense", "parameters": {"min": 8, "max": 20}},
                "warnings": ["model-arch-not-released"],
            },
            {
                "provider": "mistralai",
                "name": "moe",
                "architecture": {"type": "moe", "parameters": {"total": 46.7, "active": 12.9}},
                "warnings": None,
                "deployment": {"tps": 23.1, "ttft": 0.5},
            },
        ],
        "aliases": [{"provider": "openai", "name": "other", "alias": "dense"}],
    }
    mixes = [{"name": "FRA", "gwp": "0.04418", "adpe": "0.00000004858", "pe": "9.3135", "wue": "3.6737"}]
    files = reference_archive.archive_files("0.8.2", models, mixes)
    content = json.loads(files["compiled.json"])
    assert "ecologits-0.8.2" == content["data_version"]
    assert [8, 20, 8, 20, None, None, 2, None] == content["models"]["openai"]["dense"]
    assert [12.9, 12.9, 46.7, 46.7, 23.1, 0.5, 0, None] == content["models"]["mistralai"]["moe"]
    assert {"other": "dense"} == content["aliases"]["openai"]
    assert {"FRA": [0.04418, 4.858e-08, 9.3135, 3.6737, 0]} == content["zones"]
    references = {what: origin["reference"] for what, origin in json.loads(files["origins.json"]).items()}
    assert {"models": "EcoLogits 0.8.2", "places": "EcoLogits 0.9.1"} == references

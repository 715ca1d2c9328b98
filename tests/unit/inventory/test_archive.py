"""Replay: what a released version of the data gave, it gives again, whatever the data say today."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main
from otel_genai_impact.cli.explain import explain
from otel_genai_impact.inventory import archive
from otel_genai_impact.inventory.archive import DataVersionError, read_archive, write_archive
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.compiled import COMPILED_FILE, inventory
from otel_genai_impact.inventory.electricity import ELECTRICITY_FILE, inventory_with
from otel_genai_impact.inventory.media import MEDIA_FOLDER, MediaCatalog, media_models
from otel_genai_impact.inventory.names import NAMES_FILE, names
from tests.kit.otlp_json import line, lines, span
from tools.compile_inventory import main as compile_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THEN = "2025.01"
ASKED: dict[str, Any] = {"output_tokens": 300, "latency_s": 2.0}


def _files_then() -> dict[str, str]:
    """Other data than today's: France at a tenth, a family's model that was unknown, an embedding model twice as large."""
    compiled = json.loads(COMPILED_FILE.read_text(encoding="utf-8"))
    compiled["data_version"] = THEN
    compiled["zones"]["FRA"][0] /= 10
    own = json.loads(ELECTRICITY_FILE.read_text(encoding="utf-8"))
    own["zones"]["FRA"][0] /= 100
    spelled = json.loads(NAMES_FILE.read_text(encoding="utf-8"))
    spelled["families"] = []
    media = {f"media/{path.name}": path.read_text(encoding="utf-8") for path in MEDIA_FOLDER.glob("*.toml")}
    media["media/embedding.toml"] = media["media/embedding.toml"].replace("0.568", "1.136", 1)
    contents = {COMPILED_FILE.name: compiled, ELECTRICITY_FILE.name: own, NAMES_FILE.name: spelled}
    return {**{name: json.dumps(content) for name, content in contents.items()}, **media}


@pytest.fixture(autouse=True)
def then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An archive with one version, and nothing of it left afterwards."""
    folder = tmp_path / "archive"
    monkeypatch.setattr(archive, "ARCHIVE_FOLDER", folder)
    write_archive(folder, THEN, _files_then())
    yield folder
    for kept in (inventory_with, names, media_models):
        kept.cache_clear()


def _gwp_g(data_version: str | None, **changes: Any) -> float:
    asked: dict[str, Any] = {**ASKED, "zone": "FRA", "data_version": data_version, **changes}
    found = estimate("openai", "gpt-4o", **asked)
    assert (data_version or inventory().data_version) == found.data_version
    return found.impacts.usage.gwp_kgco2eq.estimate * 1000


def test_an_estimate_by_the_data_of_then_has_the_factors_of_then() -> None:
    """A tenth of the greenhouse gases of a kWh is a tenth of those of its use, and today's stay as they are."""
    assert pytest.approx(_gwp_g(None) / 10) == _gwp_g(THEN)
    assert _gwp_g(None) == _gwp_g(inventory().data_version)


def test_each_set_of_electricity_data_is_that_of_then() -> None:
    """Also that of our own, which is another file."""
    assert pytest.approx(_gwp_g(None, method="native-1") / 100) == _gwp_g(THEN, method="native-1")


def test_names_mean_what_they_meant_then() -> None:
    """A model that is known by its family today was unknown before the family was."""
    assert Catalog().serve("openai", "gpt-5.9") is not None
    assert Catalog(data_version=THEN).serve("openai", "gpt-5.9") is None


def test_models_of_other_modalities_are_those_of_then() -> None:
    """Their sizes are in the archive, too."""
    sizes = [
        MediaCatalog(Catalog(data_version=version), "embedding").model("BAAI/bge-m3").parameters_b.low
        for version in (None, THEN)
    ]
    assert [0.568, 1.136] == sizes


def test_an_unknown_version_is_an_error_that_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """In Python, and in one line on the command line."""
    message = f"there are no data of version '2020.01'; there are {THEN}, {inventory().data_version}"
    with pytest.raises(DataVersionError, match=message):
        Catalog(data_version="2020.01")
    asked = ["estimate", "openai", "gpt-4o", "--output-tokens", "1", "--data-version", "2020.01"]
    assert 1 == main(asked)
    assert f"genai-impact estimate: {message}\n" == capsys.readouterr().err


@pytest.mark.parametrize("version", ["../2025.01", "", "2025.01/"])
def test_a_version_is_no_path(version: str) -> None:
    """What is not the name of a kept version is never opened."""
    with pytest.raises(DataVersionError):
        Catalog(data_version=version)


def _recorded(data_version: str | None) -> dict[str, Any]:
    """The attributes of a span that was estimated by a version of the data."""
    found = estimate("openai", "gpt-4o", **ASKED, zone="FRA", data_version=data_version)
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.output_tokens": 300,
        "genai_impact.method": found.method,
        "genai_impact.model": found.model,
        "genai_impact.zone": found.zone,
        "genai_impact.data_version": found.data_version,
        "genai_impact.source": "modelled",
        "genai_impact.energy": found.impacts.energy_kwh.estimate * 3.6e6,
        "genai_impact.gwp": found.impacts.gwp_kgco2eq.estimate * 1000,
    }


def test_spans_of_then_are_recomputed_to_the_figures_of_then_and_of_today(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the version that recorded them nothing changes; with the other one they have what it gives."""
    path = tmp_path / "traces.jsonl"
    path.write_text(lines([line(span(1, _recorded(THEN)))]), encoding="utf-8")
    today = inventory().data_version
    gwp_g = {version: _recorded(version)["genai_impact.gwp"] for version in (THEN, today)}
    assert gwp_g[THEN] < gwp_g[today]
    for version in (THEN, today):
        assert 0 == main(["recompute", str(path), "--zone", "FRA", "--data-version", version, "--json"])
        found = json.loads(capsys.readouterr().out)
        assert pytest.approx(gwp_g[THEN]) == found["total"]["gwp"]["before"]["estimate"]
        assert pytest.approx(gwp_g[version]) == found["total"]["gwp"]["after"]["estimate"]
        assert [True] == [version in basis for basis in found["after"]]


def test_recompute_refuses_an_unknown_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before it reads anything."""
    assert 1 == main(["recompute", str(tmp_path / "none"), "--data-version", "1999.01"])
    assert "there are no data of version '1999.01'; there are" in capsys.readouterr().err


def test_an_archive_is_the_same_on_every_machine(tmp_path: Path) -> None:
    """The same files give the same bytes."""
    first, second = (write_archive(tmp_path / name, THEN, _files_then()) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert _files_then() == read_archive(tmp_path / "a", THEN)


def test_a_release_is_explained_by_its_own_tables(then: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by today's: the source and the day of each number are those that stood there then."""
    monkeypatch.setattr("tools.compile_inventory.ARCHIVE_FOLDER", then)
    assert 0 == compile_inventory(["--archive"])
    files = read_archive(then, inventory().data_version) or {}
    compiled = {**json.loads(files[COMPILED_FILE.name]), "data_version": "2025.02"}
    zones = files["tables/zones.toml"].replace("checked = 2026", "checked = 2019")
    write_archive(then, "2025.02", {**files, COMPILED_FILE.name: json.dumps(compiled), "tables/zones.toml": zones})
    asked: dict[str, Any] = {"output_tokens": 300, "zone": "FRA", "data_version": "2025.02"}
    explained = explain("openai", "gpt-4o", **asked)
    days = {factor["symbol"]: factor["checked"][:4] for factor in explained["factors"] if factor["checked"]}
    assert ("2019", "2026") == (days["mix_gwp"], days["P"])
    assert "2025.02" == explained["found"]["data_version"]
    own = {factor["symbol"]: factor for factor in explain("openai", "gpt-4o", **asked, method="native-1")["factors"]}
    assert own["mix_gwp"]["years"] == explain_today("mix_gwp")["years"]


def explain_today(symbol: str) -> dict[str, Any]:
    """A factor of today's data under `native-1`."""
    factors = explain("openai", "gpt-4o", output_tokens=300, zone="FRA", method="native-1")["factors"]
    return next(factor for factor in factors if factor["symbol"] == symbol)


def test_a_release_keeps_its_version_and_released_numbers_do_not_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--archive` keeps all that is shipped, in less than 112 KiB; from then on a change without a new version is refused."""
    folder, version = tmp_path / "released", inventory().data_version
    monkeypatch.setattr("tools.compile_inventory.ARCHIVE_FOLDER", folder)
    assert 0 == compile_inventory(["--archive"])
    size_kib = (folder / f"{version}.zip").stat().st_size / 1024
    assert f"kept as {version}.zip, {size_kib:.0f} KiB\n" == capsys.readouterr().out
    assert size_kib < 112
    with zipfile.ZipFile(folder / f"{version}.zip") as kept:
        assert COMPILED_FILE.read_bytes() == kept.read(COMPILED_FILE.name)
    assert 0 == compile_inventory(["--check"])
    write_archive(folder, version, _files_then())
    assert 1 == compile_inventory(["--check"])
    assert f"released {version} differs: set a new data_version in meta.toml\n" == capsys.readouterr().err


def test_a_release_whose_data_were_not_kept_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` says what to run, as soon as the changelog has a release; before, numbers still change."""
    changelog, folder = tmp_path / "CHANGELOG.md", tmp_path / "released"
    monkeypatch.setattr("tools.compile_inventory.ARCHIVE_FOLDER", folder)
    monkeypatch.setattr("tools.compile_inventory.CHANGELOG", changelog)
    changelog.write_text("# Changelog\n\n## 0.1.0 (unreleased)\n", encoding="utf-8")
    assert 0 == compile_inventory(["--check"])
    changelog.write_text("# Changelog\n\n## 0.1.0 (2026-12-01)\n", encoding="utf-8")
    assert 1 == compile_inventory(["--check"])
    assert "is released and was not kept: run this with --archive\n" in capsys.readouterr().err
    assert 0 == compile_inventory(["--archive"])
    assert 0 == compile_inventory(["--check"])

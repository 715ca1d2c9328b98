"""What `explain` says of how a model and a place were found: by a family, an alias, a deployment, with a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.cli.explain import explain

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
[deployments."support-prod"]
model = "openai/gpt-4o"
zone = "SWE"
contract = "wind"
[contracts.wind]
gwp_kgco2eq_per_kwh = 0.011
instrument = "power purchase agreement, onshore wind"
year = 2026
[models."acme/support-7b"]
architecture = "dense"
parameters_b = 7.2
[deployments."support-7b"]
model = "acme/support-7b"
gpu = "H100"
batch_size = 8
[deployments."fast-oss"]
model = "openai/gpt-oss-20b"
precision = "fp8"
"""
OF_YOURS = "data of your own: not in the inventory that is shipped"


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A file of data of somebody's own."""
    path = tmp_path / "genai-impact.toml"
    path.write_text(OWN, encoding="utf-8")
    return str(path)


def _factors(explained: dict[str, Any]) -> dict[str, list[str]]:
    return {factor["symbol"]: factor["sources"] for factor in explained["factors"]}


@pytest.mark.parametrize(
    ("provider", "name", "how"),
    [
        ("openai", "gpt-4o", "its exact name"),
        ("openai", "gpt-35-turbo", "another name of it, by a declared alias"),
        ("aws.bedrock", "us.anthropic.claude-3-5-haiku-20241022-v1:0", "its name, without what stands around it"),
        ("openai", "gpt-5.9", "a family: the name is that of a new member of it, by a declared pattern"),
    ],
)
def test_each_step_is_named(provider: str, name: str, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In the JSON, and in the second line of the text."""
    found = explain(provider, name, output_tokens=3)["found"]
    assert how == found["how"]
    assert 0 == main(["explain", provider, name, "--output-tokens", "3"])
    assert f"Found: {found['model']}, by {how}" == capsys.readouterr().out.splitlines()[1]


def test_the_range_of_a_family_has_the_sources_of_the_family() -> None:
    """Not those of whichever model has its name, and not the user's own data."""
    explained = explain("openai", "gpt-5.9", output_tokens=3)
    [active] = [factor for factor in explained["factors"] if factor["symbol"] == "P"]
    assert "range of the family gpt-5" == active["reference"]
    assert active["sources"][0].startswith("https://")
    assert "C" == explained["model"]["evidence"]


def test_a_contract_is_a_factor_and_a_formula(own: str) -> None:
    """What the estimate shows beside the zone's can be done again, under both methods."""
    for method in ("ecologits-0.11", "native-1"):
        explained = explain("azure.ai.openai", "support-prod", output_tokens=300, config=own, method=method)
        assert "a deployment, in data of your own" == explained["found"]["how"]
        assert [OF_YOURS] == _factors(explained)["contract_gwp"]
        step = explained["steps"][-1]
        known = {each["symbol"]: each["low"] for each in (*explained["factors"], *explained["steps"])}
        result = eval(step["formula"], {"__builtins__": {}}, known)
        assert pytest.approx(result, rel=1e-9) == step["low"]
        assert step["estimate"] * 1000 == explained["estimate"]["gwp_market_based"]["estimate"]


def test_what_is_yours_is_called_yours(own: str) -> None:
    """A model, a batch, a GPU and a precision of a deployment: nobody gave them on the command line, and no maker publishes them."""
    explained = explain("somebody", "support-7b", output_tokens=300, config=own, method="native-1")
    assert "its parameters are data of your own" == explained["model"]["meaning"]
    assert {OF_YOURS} == {source for symbol in ("P", "B", "memory") for source in _factors(explained)[symbol]}
    changed = explain("somebody", "fast-oss", output_tokens=300, config=own, method="native-1")
    assert [OF_YOURS] == _factors(changed)["b"]
    assert [OF_YOURS] != _factors(changed)["P"]
    shipped = explain("somebody", "openai/gpt-oss-20b", output_tokens=300, method="native-1")
    assert any("gpt-oss" in source for source in _factors(shipped)["b"])


def test_what_was_not_said_is_not_given_on_the_command_line() -> None:
    """Input that nobody reported is counted as none, and says so."""
    unsaid = _factors(explain("openai", "gpt-4o", output_tokens=3, method="native-1"))
    assert [["not said: counted as none"]] * 2 == [unsaid["i"], unsaid["c"]]
    said = _factors(explain("openai", "gpt-4o", output_tokens=3, input_tokens=9, cached_tokens=1, method="native-1"))
    assert [["given on the command line"]] * 2 == [said["i"], said["c"]]


def test_a_data_centre_that_nobody_knows_is_a_usual_one() -> None:
    """Not one of a provider called `default`."""
    assert "a usual data centre" == explain("nobody", "gpt-4o", output_tokens=3)["found"]["place"]

"""`genai-impact explain`: the whole calculation, which anybody can do again by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main, provenance
from otel_genai_impact.cli.explain import explain
from otel_genai_impact.inventory.loader import load_inventory

if TYPE_CHECKING:
    from otel_genai_impact.inventory.loader import InventoryRecords

# Of all that goes in and comes out, the one formula that is no arithmetic.
IN_WORDS = {"g"}


def _explained(provider: str = "openai", model: str = "gpt-4o", **changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"output_tokens": 300, "latency_s": 4.0, "zone": "FRA", **changes}
    return explain(provider, model, **request)


@pytest.mark.parametrize(
    ("provider", "model", "changes"),
    [
        ("openai", "gpt-4o", {}),
        ("openai", "gpt-4o", {"latency_s": None, "zone": None}),
        ("mistral_ai", "codestral-latest", {"output_tokens": 0}),
        ("somebody", "meta-llama/Meta-Llama-3.1-405B", {"latency_s": 0.001}),
    ],
)
@pytest.mark.parametrize("bound", ["low", "high"])
def test_every_formula_gives_what_stands_beside_it(
    provider: str, model: str, changes: dict[str, Any], bound: str
) -> None:
    """Each step from the numbers above it alone, for the lowest and the highest values."""
    explained = _explained(provider, model, **changes)
    known = {"min": min, **{factor["symbol"]: factor[bound] for factor in explained["factors"]}}
    for step in explained["steps"]:
        if step["symbol"] not in IN_WORDS:
            result = eval(step["formula"], {"__builtins__": {}}, known)
            assert pytest.approx(result, rel=1e-12) == step[bound], step
        known[step["symbol"]] = step[bound]


def test_the_number_of_gpus_is_the_next_power_of_two() -> None:
    """440e9 parameters of 16 bit with a fifth more room are 1056 GB: 13.2 GPUs of 80 GB, so 16."""
    [gpus] = [step for step in _explained()["steps"] if step["symbol"] == "g"]
    assert 440 * 1.2 * 16 / 8 / 80 == pytest.approx(13.2)
    assert (16.0, 16.0) == (gpus["low"], gpus["high"])


def test_the_calculation_ends_where_the_estimate_does() -> None:
    """The last steps are the impacts that the library gives."""
    steps = {step["symbol"]: step for step in _explained()["steps"]}
    impacts = estimate("openai", "gpt-4o", output_tokens=300, latency_s=4.0, zone="FRA").impacts
    for symbol, expected in [
        ("E", impacts.energy_kwh),
        ("gwp", impacts.gwp_kgco2eq),
        ("adpe", impacts.adpe_kgsbeq),
        ("pe", impacts.pe_mj),
        ("wcf", impacts.wcf_l),
    ]:
        assert (expected.low, expected.high) == (steps[symbol]["low"], steps[symbol]["high"])


def test_every_number_of_the_inventory_has_a_source_and_a_day() -> None:
    """Of the model, the data centre, the electricity and the method; yours are yours."""
    for factor in _explained()["factors"]:
        assert factor["sources"]
        assert (factor["symbol"] in {"n", "w"}) == (factor["checked"] is None)
        assert factor["checked"] is None or re.fullmatch(r"\d{4}-\d\d-\d\d", factor["checked"])


def _make_unchecked(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nobody had compared this model's numbers yet."""
    records = load_inventory()
    provider = records.providers["huggingface_hub"]
    record = provider.models[model]
    unchecked = replace(record, provenance=replace(record.provenance, checked=None))
    changed = replace(provider, models={**provider.models, model: unchecked})
    known = replace(records, providers={**records.providers, "huggingface_hub": changed})

    def records_of(_archive: str | None = None) -> InventoryRecords:
        return known

    monkeypatch.setattr(provenance, "_records", records_of)


def test_the_rule_behind_a_range_of_ours_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """In the text below the evidence, and in the JSON; for a model with a published size there is none."""
    assert main(["explain", "xai", "grok-4.7", "--output-tokens", "10"]) == 0
    basis = "models at about 6 USD for 1e6 output tokens"
    assert f"       size from: {basis}" in capsys.readouterr().out.splitlines()
    shown = explain("xai", "grok-4.7", output_tokens=10, latency_s=None, zone=None)
    assert ("C", basis) == (shown["model"]["evidence"], shown["model"]["basis"])
    assert explain("openai", "gpt-4o", output_tokens=10, latency_s=None, zone=None)["model"]["basis"] is None


@pytest.mark.parametrize(
    ("provider", "model", "words"),
    [
        ("groq", "openai/gpt-oss-20b", "(EcoLogits 0.11.3, checked 2026-11-22)"),
        ("somebody", "meta-llama/Llama-3.2-1B-Instruct", "(checked 2026-11-23)"),
        ("xai", "grok-4", "(checked 2026-11-23)"),
        ("somebody", "acme/unchecked", "(not checked yet)"),
    ],
)
def test_a_number_that_nobody_checked_says_so(
    provider: str, model: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the text, beside its source, and in the JSON."""
    if model == "acme/unchecked":
        model = "meta-llama/Llama-3.2-1B-Instruct"
        _make_unchecked(model, monkeypatch)
    assert main(["explain", provider, model, "--output-tokens", "10"]) == 0
    factors = explain(provider, model, output_tokens=10, latency_s=None, zone=None)["factors"]
    [active] = [factor for factor in factors if factor["symbol"] == "P"]
    [line] = [line for line in capsys.readouterr().out.splitlines() if f"] {' '.join(active['sources'])} (" in line]
    assert words == line[-len(words) :]
    assert ("not checked" in words) == active["unchecked"]


def test_every_assumption_is_explained() -> None:
    """The codes of the estimate, each with a sentence."""
    explained = _explained(latency_s=None, zone=None)
    assert explained["estimate"]["assumptions"] == list(explained["assumptions"])
    assert all(len(words) > 20 for words in explained["assumptions"].values())


def test_the_text_has_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Every symbol, formula, source and assumption of the JSON stands in the text."""
    arguments = ["explain", "openai", "gpt-4o", "--output-tokens", "300", "--latency", "4", "--zone", "FRA"]
    assert 0 == main([*arguments, "--json"])
    explained = json.loads(capsys.readouterr().out)
    assert _explained() == explained
    assert 0 == main(arguments)
    text = capsys.readouterr().out
    wanted = [source for factor in explained["factors"] for source in factor["sources"]]
    wanted += [f"= {step['formula']}" for step in explained["steps"]]
    wanted += [f"  {each['symbol']} " for each in (*explained["factors"], *explained["steps"])]
    assert [] == [each for each in (*wanted, *explained["assumptions"]) if each not in text]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["openai", "gpt4o", "--output-tokens", "1"], "'openai' has no model 'gpt4o' in the inventory"),
        (["openai", "gpt-4o", "--output-tokens", "1", "--zone", "XXX"], "there is no electricity zone 'XXX'"),
        (["openai", "gpt-4o", "--output-tokens", "-1"], "output_tokens must be finite and not negative, got -1"),
    ],
)
def test_what_cannot_be_explained_is_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, as of `estimate`."""
    assert 1 == main(["explain", *arguments])
    captured = capsys.readouterr()
    assert "" == captured.out
    assert captured.err.startswith(f"genai-impact explain: {complaint}")

"""The command line with method `native-1`."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main
from otel_genai_impact.cli.calculation_native_1 import WHAT_HELPS
from otel_genai_impact.cli.explain import explain
from otel_genai_impact.impacts.serving import Serving

NATIVE = "native-1"
IN_WORDS = {"g"}


def _explained(provider: str = "openai", model: str = "gpt-4o", **changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"output_tokens": 300, "input_tokens": 5000, "cached_tokens": 2000, "method": NATIVE}
    return explain(provider, model, **{**request, **changes})


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert 0 == main([*arguments, "--method", NATIVE, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("provider", "model", "changes"),
    [
        ("openai", "gpt-4o", {}),
        ("somebody", "meta-llama/Meta-Llama-3.1-405B", {"input_tokens": None, "cached_tokens": None}),
        ("openai", "gpt-4o", {"serving": Serving(tier="flex", gpu="B200")}),
    ],
)
def test_every_formula_gives_what_stands_beside_it(provider: str, model: str, changes: dict[str, Any]) -> None:
    """Each median from the numbers above it alone."""
    explained = _explained(provider, model, **changes)
    known: dict[str, Any] = {"sqrt": math.sqrt}
    known |= {factor["symbol"]: factor["estimate"] for factor in explained["factors"]}
    for step in explained["steps"]:
        if step["symbol"] not in IN_WORDS:
            result = eval(step["formula"], {"__builtins__": {}}, known)
            assert pytest.approx(result, rel=1e-12) == step["estimate"], step
        known[step["symbol"]] = step["estimate"]


def test_the_calculation_ends_where_the_estimate_does() -> None:
    """The last steps are the impacts that the library gives, bounds too."""
    steps = {step["symbol"]: step for step in _explained()["steps"]}
    impacts = estimate(
        "openai", "gpt-4o", output_tokens=300, input_tokens=5000, cached_tokens=2000, method=NATIVE
    ).impacts
    for symbol, expected in [("gwp", impacts.gwp_kgco2eq), ("adpe", impacts.adpe_kgsbeq), ("wcf", impacts.wcf_l)]:
        assert expected.low == pytest.approx(steps[symbol]["low"])
        assert expected.high == pytest.approx(steps[symbol]["high"])


def test_every_source_of_error_has_its_share_and_what_helps() -> None:
    """The shares sum to one, the largest first; a known batch is no source any more."""
    errors = _explained()["uncertainty"]
    shares = [error["share"] for error in errors]
    assert sorted(shares, reverse=True) == shares
    assert 1 == pytest.approx(sum(shares))
    of_pictures_and_vectors = {"utilisation", "steps", "size", "count", "duration"}
    assert set(WHAT_HELPS) - of_pictures_and_vectors == {error["source"] for error in errors}
    known = _explained(serving=Serving(batch_size=32))["uncertainty"]
    assert "batch" not in {error["source"] for error in known}


def test_the_other_method_says_nothing_of_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """Its bounds are limits."""
    assert "uncertainty" not in explain("openai", "gpt-4o", output_tokens=300)
    assert 0 == main(["explain", "openai", "gpt-4o", "--output-tokens", "300"])
    assert "Why the energy" not in capsys.readouterr().out


def test_the_explanation_for_people_has_the_shares(capsys: pytest.CaptureFixture[str]) -> None:
    """What to find out next, in words."""
    assert 0 == main(["explain", "openai", "gpt-4o", "--output-tokens", "300", "--method", NATIVE])
    text = capsys.readouterr().out
    assert "learn how many requests are served at a time, and give --batch-size" in text
    assert "input.unknown: How many tokens the model read is not known; nothing is counted for them." in text


def test_input_and_cache_count(capsys: pytest.CaptureFixture[str]) -> None:
    """20,000 tokens of input cost more than none; from a cache, less than anew."""
    request = ("estimate", "openai", "gpt-4o", "--output-tokens", "300")
    without = _json(capsys, *request)["energy"]["estimate"]
    anew = _json(capsys, *request, "--input-tokens", "20000")["energy"]["estimate"]
    cached = _json(capsys, *request, "--input-tokens", "20000", "--cached-tokens", "19000")["energy"]["estimate"]
    assert without < cached < anew


@pytest.mark.parametrize(("option", "value"), [("--service-tier", "Flex"), ("--batch-size", "200"), ("--gpu", "b200")])
def test_how_it_is_served_counts(capsys: pytest.CaptureFixture[str], option: str, value: str) -> None:
    """Larger batches and newer GPUs take less energy."""
    request = ("estimate", "openai", "gpt-4o", "--output-tokens", "300", "--input-tokens", "100")
    usual = _json(capsys, *request)["energy"]["estimate"]
    assert _json(capsys, *request, option, value)["energy"]["estimate"] < usual


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--gpu", "TPU", "--gpu is H100, H200, B200, got 'TPU'"),
        ("--batch-size", "0.5", "a batch has at least 1 request, got 0.5"),
        ("--cached-tokens", "-1", "cached_tokens must be finite and not negative, got -1"),
        ("--method", "guess", "there is no method 'guess'; the methods are ecologits-0.11, native-1"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    capsys: pytest.CaptureFixture[str], option: str, value: str, complaint: str
) -> None:
    """It names what was given and what is allowed."""
    assert 1 == main(["estimate", "openai", "gpt-4o", "--output-tokens", "300", option, value])
    assert f"genai-impact estimate: {complaint}\n" == capsys.readouterr().err


def test_models_are_compared_with_their_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows have the method and the figures of an estimate."""
    asked = ("compare", "openai/gpt-4o", "openai/gpt-4o-mini", "--output-tokens", "300", "--input-tokens", "1000")
    rows = _json(capsys, *asked)["rows"]
    expected = estimate("openai", "gpt-4o-mini", output_tokens=300, input_tokens=1000, method=NATIVE)
    assert {NATIVE} == {row["method"] for row in rows}
    assert expected.impacts.energy_kwh.high * 3.6e6 == pytest.approx(rows[0]["energy"]["high"])


def test_two_models_are_compared_by_their_ratio(capsys: pytest.CaptureFixture[str]) -> None:
    """Their intervals overlap, and yet one is the better one: what both share cancels."""
    asked = ("compare", "openai/gpt-4o", "openai/gpt-4o-mini", "--input-tokens", "2000", "--zone", "FRA")
    comparison = _json(capsys, *asked)
    small, large = (row["energy"] for row in comparison["rows"])
    assert large["low"] < small["high"]
    assert "openai/gpt-4o-mini, 300 tokens, FRA" == comparison["surely_less"]["energy"]
    [ratio] = [ratio for ratio in comparison["ratios"] if ratio["criterion"] == "energy"]
    assert small["estimate"] / large["estimate"] == pytest.approx(ratio["estimate"])
    assert ratio["high"] < 1 < small["high"] / large["low"]
    assert 0 == main([*asked, "--method", NATIVE])
    text = capsys.readouterr().out
    assert "1 request of each: estimate (90 % interval)" in text
    assert "energy: openai/gpt-4o-mini, 300 tokens, FRA has with at least 95 % the least" in text
    assert "times the energy of openai/gpt-4o, 300 tokens, FRA" in text


def test_a_model_is_not_less_than_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """A ratio of one, known exactly; and alone there is none to compare with."""
    twice = _json(capsys, "compare", "openai/gpt-4o", "openai/gpt-4o")
    assert {"energy": None, "gwp": None, "wcf": None} == twice["surely_less"]
    assert [] == _json(capsys, "compare", "openai/gpt-4o")["ratios"]

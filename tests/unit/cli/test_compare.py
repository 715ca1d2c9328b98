"""`genai-impact compare`: an order only where the intervals allow one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_genai_impact import estimate
from otel_genai_impact.cli import main
from otel_genai_impact.cli.compare import compare
from otel_genai_impact.cli.equivalences import as_much_as, equivalences

SMALL, LARGE = "openai/gpt-4o-mini", "anthropic/claude-opus-4-1-20250805"


def test_every_combination_is_a_row_the_smallest_first() -> None:
    """Two models, two counts of tokens, two zones: eight rows, with the figures of the library."""
    rows = compare([LARGE, SMALL], [100, 300], ["FRA", "USA"])["rows"]
    assert 8 == len({(row["asked"], row["output_tokens"], row["zone"]) for row in rows})
    energies = [row["energy"]["estimate"] for row in rows]
    assert sorted(energies) == energies
    [row] = [row for row in rows if (row["asked"], row["output_tokens"], row["zone"]) == (SMALL, 300, "FRA")]
    impacts = estimate("openai", "gpt-4o-mini", output_tokens=300, zone="FRA").impacts
    assert impacts.energy_kwh.high * 3.6e6 == row["energy"]["high"]
    assert impacts.gwp_kgco2eq.low * 1e3 == row["gwp"]["low"]


def test_many_requests_are_as_many_times_one() -> None:
    """1000 of them: a thousand times each figure and each bound."""
    [one], [many] = compare([SMALL], [300], ["FRA"])["rows"], compare([SMALL], [300], ["FRA"], 1000)["rows"]
    for key in ("energy", "gwp", "adpe", "pe", "wcf"):
        expected = [one[key][bound] * 1000 for bound in ("estimate", "low", "high")]
        assert pytest.approx(expected) == [many[key][bound] for bound in ("estimate", "low", "high")]
        assert one[key]["unit"] == many[key]["unit"]


def test_one_has_surely_the_least_only_if_its_highest_is_below_all_others_lowest() -> None:
    """A small model against a large one: yes. The same against itself, or alone: no."""
    label = f"{SMALL}, 300 tokens, FRA"
    assert {"energy": label, "gwp": label, "wcf": label} == compare([LARGE, SMALL], [300], ["FRA"])["surely_less"]
    nobody = {"energy": None, "gwp": None, "wcf": None}
    assert nobody == compare([SMALL, SMALL], [300], ["FRA"])["surely_less"]
    assert nobody == compare([SMALL], [300], ["FRA"])["surely_less"]


def test_different_counts_of_tokens_are_no_contest() -> None:
    """Fewer tokens cost less: that says nothing about a model."""
    assert {} == compare([LARGE, SMALL], [100, 300], ["FRA"])["surely_less"]


def test_every_equivalence_has_a_source_and_a_day() -> None:
    """4.6 t of CO2 in 11,500 miles are 248.5 g a km; 36 kJ are an hour of 10 W. What is no definition says its year."""
    amounts = {known.words: known.amount for known in equivalences()}
    car = "with a typical car of the USA (its tailpipe)"
    g_per_km = 4.6e6 / (11_500 * 1.609344)
    expected = {
        "minutes of a lamp of 10 W": 10 * 60,
        "hours of a lamp of 10 W": 10 * 3600,
        f"m {car}": pytest.approx(g_per_km / 1000, rel=1e-5),
        f"km {car}": pytest.approx(g_per_km, rel=1e-5),
        "teaspoons of 5 mL": 0.005,
        "cups of 240 mL": 0.24,
    }
    assert expected == amounts
    assert [] == [known for known in equivalences() if known.year is None and "by definition" not in known.source]
    largest = compare([LARGE, SMALL], [300], ["FRA"])
    [energy, *_] = largest["as_much_as"]
    assert largest["rows"][-1]["energy"]["high"] / 600 == energy["high"]


def test_numbers_are_of_what_fits() -> None:
    """The largest thing of which there is at least one: 0.4 g are metres of a car, 400 g kilometres; 1 mJ is little of anything."""
    figures = {key: dict.fromkeys(("estimate", "low", "high"), amount) for key, amount in (
        ("energy", 0.001), ("gwp", 0.4), ("wcf", 0.24),
    )}  # fmt: skip
    assert ["minutes", "m", "cups"] == [known["what"].split()[0] for known in as_much_as(figures)]
    figures["gwp"] = dict.fromkeys(("estimate", "low", "high"), 400.0)
    assert "km" == as_much_as(figures)[1]["what"].split()[0]


def test_the_text_has_the_figures_and_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """What the JSON says, for people."""
    arguments = ["compare", SMALL, LARGE, "--zone", "FRA, USA", "--output-tokens", "300", "--requests", "1000"]
    assert 0 == main([*arguments, "--json"])
    comparison: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert 4 == len(comparison["rows"])
    assert 0 == main(arguments)
    text = capsys.readouterr().out
    assert "1,000 requests of each: estimate (lowest-highest)" in text
    for known in comparison["as_much_as"]:
        assert (
            f"{known['source']}{', ' + str(known['year']) if known['year'] else ''}; checked {known['checked']}" in text
        )
    assert f"CO2eq: {SMALL}, 300 tokens, FRA has surely the least" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["gpt-4o"], "a model is written provider/model, for example openai/gpt-4o, got 'gpt-4o'"),
        (["openai/gpt4o"], "'openai' has no model 'gpt4o'"),
        ([SMALL, "--zone", "XXX"], "there is no electricity zone 'XXX'"),
        ([SMALL, "--output-tokens", "many"], "--output-tokens are whole numbers with commas, got 'many'"),
        ([SMALL, "--output-tokens", "-5"], "output_tokens must be finite and not negative, got -5"),
        ([SMALL, "--requests", "0"], "--requests is at least 1, got 0"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, and no table of the rest."""
    assert 1 == main(["compare", *arguments])
    captured = capsys.readouterr()
    assert "" == captured.out
    assert captured.err.startswith(f"genai-impact compare: {complaint}")
    assert 1 == captured.err.count("\n")

"""Costs beside impacts: by genai-prices where it is asked for, and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.cli.prices import cost_of

REQUEST = ("--output-tokens", "300")


def test_the_cost_is_the_list_price_of_the_tokens() -> None:
    """Twice the tokens cost twice as much, input comes on top, and the price says whose it is."""
    once = cost_of("openai", "gpt-4o", output_tokens=300)
    twice = cost_of("openai", "gpt-4o", output_tokens=600)
    with_input = cost_of("openai", "gpt-4o", output_tokens=300, input_tokens=1000)
    assert once is not None
    assert twice is not None
    assert with_input is not None
    assert pytest.approx(2 * once.usd) == twice.usd
    assert 0 < once.usd < with_input.usd
    assert "openai/gpt-4o" == once.of


@pytest.mark.parametrize("provider", ["aws.bedrock", "azure.ai.openai", "gcp.gemini", "mistral_ai", "x_ai"])
def test_the_conventions_names_of_providers_are_known(provider: str) -> None:
    """Each has a price for one of its models."""
    models = {
        "aws.bedrock": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "azure.ai.openai": "gpt-4o",
        "gcp.gemini": "gemini-2.5-flash",
        "mistral_ai": "mistral-large-latest",
        "x_ai": "grok-4",
    }
    assert cost_of(provider, models[provider], output_tokens=300) is not None


@pytest.mark.parametrize(("provider", "model"), [("nobody", "gpt-4o"), ("openai", "nobody-knows-it")])
def test_no_price_is_none_and_not_zero(provider: str, model: str) -> None:
    """Who has no price list is not free."""
    assert cost_of(provider, model, output_tokens=300) is None


def test_estimate_shows_the_cost_only_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """As text and as JSON; without a price it says so."""
    assert 0 == main(["estimate", "openai", "gpt-4o", *REQUEST, "--cost"])
    assert "USD" in capsys.readouterr().out
    assert 0 == main(["estimate", "openai", "gpt-4o", *REQUEST, "--cost", "--json"])
    assert json.loads(capsys.readouterr().out)["cost"]["usd"] > 0
    assert 0 == main(["estimate", "openai", "gpt-4o", *REQUEST, "--json"])
    assert "cost" not in json.loads(capsys.readouterr().out)
    assert 0 == main(["estimate", "somebody", "gpt-4o", *REQUEST, "--cost"])
    assert "cost   not known" in capsys.readouterr().out


def test_compare_shows_costs_of_all_requests(capsys: pytest.CaptureFixture[str]) -> None:
    """A hundred requests cost a hundred times one; a row without a price says unknown."""
    models = ("openai/gpt-4o", "somebody/gpt-4o")
    assert 0 == main(["compare", *models, "--requests", "100", "--cost", "--json"])
    costs = {row["asked"]: row["cost"] for row in json.loads(capsys.readouterr().out)["rows"]}
    one = cost_of("openai", "gpt-4o", output_tokens=300)
    assert one is not None
    assert pytest.approx(100 * one.usd) == costs["openai/gpt-4o"]["usd"]
    assert costs["somebody/gpt-4o"] is None
    assert 0 == main(["compare", *models, "--cost"])
    shown = capsys.readouterr().out
    assert "unknown" in shown
    assert "Costs: list prices of the tokens out, genai-prices" in shown


def test_without_the_extra_it_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """That says what to install; nothing else needs it."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    assert 1 == main(["estimate", "openai", "gpt-4o", *REQUEST, "--cost"])
    assert "genai-impact estimate: --cost needs genai-prices: pip install" in capsys.readouterr().err
    assert 0 == main(["estimate", "openai", "gpt-4o", *REQUEST])


def test_nothing_is_imported_that_was_not_asked_for() -> None:
    """Without `--cost` neither genai-prices nor pydantic is loaded by the command line."""
    script = (
        "import sys\nfrom otel_genai_impact.cli import main\n"
        "main(['estimate', 'openai', 'gpt-4o', '--output-tokens', '300'])\n"
        "print(sorted({'genai_prices', 'pydantic', 'httpx2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.splitlines()[-1]

"""`genai-impact estimate`: the same numbers as the library, for people and for programs."""

from __future__ import annotations

import json

import pytest

from otel_genai_impact import __version__, estimate
from otel_genai_impact.cli import main


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["estimate", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_has_the_figures_of_the_library_in_the_units_of_the_telemetry(capsys: pytest.CaptureFixture[str]) -> None:
    """1 kWh is 3.6e6 J, 1 kg 1000 g, 1 MJ 1e6 J: estimate, low and high of each criterion and embodied part."""
    impacts = estimate("openai", "gpt-4o", output_tokens=100, latency_s=2.5, zone="FRA").impacts
    embodied = impacts.embodied
    expected = {
        key: {
            "estimate": interval.estimate * factor,
            "low": interval.low * factor,
            "high": interval.high * factor,
            "unit": unit,
        }
        for key, interval, factor, unit in [
            ("energy", impacts.energy_kwh, 3.6e6, "J"),
            ("gwp", impacts.gwp_kgco2eq, 1e3, "g"),
            ("adpe", impacts.adpe_kgsbeq, 1e3, "g"),
            ("pe", impacts.pe_mj, 1e6, "J"),
            ("wcf", impacts.wcf_l, 1.0, "L"),
            ("gwp_embodied", embodied.gwp_kgco2eq, 1e3, "g"),
            ("adpe_embodied", embodied.adpe_kgsbeq, 1e3, "g"),
            ("pe_embodied", embodied.pe_mj, 1e6, "J"),
        ]
    }
    report = _json(capsys, "openai", "gpt-4o", "--output-tokens", "100", "--latency", "2.5", "--zone", "FRA")
    assert expected == {key: report[key] for key in expected}


def test_json_says_what_the_figures_rest_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Provider as asked, entry, method, version of the data, zone and assumptions; and no key besides."""
    report = _json(capsys, "azure.ai.openai", "gpt-35-turbo", "--output-tokens", "1")
    assessment = estimate("azure.ai.openai", "gpt-35-turbo", output_tokens=1)
    figures = {"energy", "gwp", "adpe", "pe", "wcf", "gwp_embodied", "adpe_embodied", "pe_embodied", "as_much_as"}
    expected = {
        "provider": "azure.ai.openai",
        "model": "openai/gpt-3.5-turbo",
        "method": "ecologits-0.11",
        "data_version": assessment.data_version,
        "zone": "USA",
        "assumptions": ["latency.unknown", "model.alias", "model.parameters.undisclosed", "zone.provider_default"],
    }
    assert expected == {key: value for key, value in report.items() if key not in figures}
    assert {*expected, *figures} == report.keys()


def test_text_has_a_line_for_each_criterion_and_the_assumptions(capsys: pytest.CaptureFixture[str]) -> None:
    """What it is, five figures with unit and interval, what three are as much as with the source, and what was assumed."""
    assert main(["estimate", "openai", "gpt-4o", "--output-tokens", "100", "--latency", "2.5"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assessment = estimate("openai", "gpt-4o", output_tokens=100, latency_s=2.5)
    assert head == f"openai/gpt-4o, electricity of USA, method ecologits-0.11, data {assessment.data_version}"
    assert [line.split()[0] for line in lines] == ["energy", "gwp", "adpe", "pe", "wcf", "as", "as", "as", "assumed:"]
    assert "[US EPA, EPA-420-F-23-014: 4.6 t of CO2 a year, 2023; checked 2026-11-23]" in lines[6]
    energy = assessment.impacts.energy_kwh
    joules = (energy.estimate * 3.6e6, energy.low * 3.6e6, energy.high * 3.6e6)
    assert "energy {:.4g} J ({:.4g} to {:.4g})".format(*joules) in " ".join(lines[0].split())
    assert lines[-1].endswith(", ".join(assessment.assumptions))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["openai", "gpt4o", "--output-tokens", "1"], "'openai' has no model 'gpt4o' in the inventory; did you mean"),
        (["openai", "gpt-4o", "--output-tokens", "1", "--zone", "XXX"], "there is no electricity zone 'XXX'"),
        (["openai", "gpt-4o", "--output-tokens", "-1"], "output_tokens must be finite and not negative, got -1"),
        (["openai", "gpt-4o", "--output-tokens", "9" * 400], "output_tokens must be finite and not negative"),
        (["openai", "gpt-4o", "--output-tokens", "1", "--latency", "nan"], "latency_s must not be negative, got nan"),
    ],
)
def test_what_cannot_be_estimated_is_one_line_and_exit_code_1(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, and nothing on standard output that a program could take for a result."""
    assert main(["estimate", *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"genai-impact estimate: {complaint}")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["measure"],
        ["estimate", "openai", "gpt-4o"],
        ["estimate", "openai", "gpt-4o", "--output-tokens", "12.5"],
        ["estimate", "openai", "gpt-4o", "--output-tokens", "1", "--latency", "soon"],
    ],
)
def test_a_command_line_that_makes_no_sense_is_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With the usage, as every command does."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: genai-impact" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """`genai-impact --version`."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"genai-impact {__version__}\n"

"""`estimate` and `explain` of vectors, images and videos: the whole calculation, which anybody can do again by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_genai_impact.cli import main
from otel_genai_impact.cli.report.words import ASSUMPTIONS, UNEXPLAINED
from otel_genai_impact.impacts.media import Asked
from otel_genai_impact.impacts.methods import MEDIA_METHODS
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.media import MediaCatalog
from otel_genai_impact.semconv import MEDIA_COUNT, MEDIA_DURATION, MEDIA_SIZE, MEDIA_STEPS

NATIVE = ("--method", "native-1")
FLUX = ("together", "black-forest-labs/FLUX.1-dev", "--operation", "image")
SORA = ("openai", "sora-2", "--operation", "video")
VECTORS = ("openai", "text-embedding-3-small", "--operation", "embeddings", "--input-tokens", "500")
REQUESTS = (
    FLUX,
    (*FLUX, "--size", "512x512", "--steps", "20", "--count", "3"),
    SORA,
    (*SORA, "--seconds", "8", "--size", "1280x720"),
    VECTORS,
)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert 0 == main([*arguments, *NATIVE, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_formula_gives_what_stands_beside_it(
    request_: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each median from the numbers above it alone, down to the impacts that `estimate` gives."""
    explained = _json(capsys, "explain", *request_)
    known: dict[str, Any] = {"min": min, **{factor["symbol"]: factor["estimate"] for factor in explained["factors"]}}
    for step in explained["steps"]:
        result = eval(step["formula"], {"__builtins__": {}}, known)
        assert pytest.approx(result, rel=1e-12) == step["estimate"], step
        known[step["symbol"]] = step["estimate"]
    estimated = _json(capsys, "estimate", *request_)
    figures = {"energy": known["E"], "gwp": known["gwp"] * 1000, "pe": known["pe"] * 1e6, "wcf": known["wcf"]}
    assert {key: pytest.approx(figure) for key, figure in figures.items()} == {
        key: estimated[key]["estimate"] for key in figures
    }
    assert explained["estimate"]["energy"] == estimated["energy"]


def test_the_figures_are_those_of_the_method(capsys: pytest.CaptureFixture[str]) -> None:
    """Three images of 512 x 512 pixels in 20 steps: what spans of them get, bounds too."""
    found = _json(capsys, "estimate", *REQUESTS[1])
    catalog = MediaCatalog(Catalog(electricity="own"), "image")
    served = catalog.serve("together", "black-forest-labs/FLUX.1-dev")
    assert served is not None
    asked = Asked(pieces=3, megapixels=512 * 512 / 1e6, steps=20)
    place = (served.data_center.data_center, served.zone.electricity_mix)
    energy = MEDIA_METHODS["native-1"].assess(asked, catalog.model(served.entry.id), *place).energy_kwh
    expected = {
        "estimate": energy.estimate * 3.6e6,
        "low": energy.low * 3.6e6,
        "high": energy.high * 3.6e6,
        "unit": "J",
    }
    assert expected == found["energy"]
    assert served.entry.id == found["model"]


def test_what_is_not_said_is_an_assumption_and_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with a sentence, and with what would help; what is said is neither."""
    codes = {MEDIA_COUNT, MEDIA_DURATION, MEDIA_SIZE, MEDIA_STEPS}
    nothing_said = _json(capsys, "explain", *SORA)
    assert codes <= {*nothing_said["assumptions"]}
    assert UNEXPLAINED not in {ASSUMPTIONS.get(code, UNEXPLAINED) for code in codes}
    helps = {error["source"]: error["what_helps"] for error in nothing_said["uncertainty"]}
    assert {"count", "duration", "size", "steps"} <= {*helps}
    all_said = _json(capsys, "explain", *SORA, "--count", "1", "--seconds", "8", "--size", "9x9", "--steps", "50")
    assert set() == codes & {*all_said["assumptions"]}
    assert set() == {"count", "duration", "size", "steps"} & {error["source"] for error in all_said["uncertainty"]}


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_number_has_a_source_and_stands_in_the_text(
    request_: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each symbol, source, formula and assumption of the JSON."""
    explained = _json(capsys, "explain", *request_)
    assert 0 == main(["explain", *request_, *NATIVE])
    text = capsys.readouterr().out
    assert [] == [factor for factor in explained["factors"] if not factor["sources"]]
    wanted = [source for factor in explained["factors"] for source in factor["sources"]]
    wanted += [f"= {step['formula']}" for step in explained["steps"]]
    wanted += [f"  {each['symbol']} " for each in (*explained["factors"], *explained["steps"])]
    assert [] == [each for each in (*wanted, *explained["assumptions"]) if each not in text]


@pytest.mark.parametrize(
    ("request_", "evidence", "basis"),
    [
        (FLUX, "A", None),
        (SORA, "C", "open models that make the same"),
        (VECTORS, "C", "open models with vectors about as long as 1536"),
    ],
)
def test_it_says_what_a_size_was_made_from(
    request_: tuple[str, ...], evidence: str, basis: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """As for text: FLUX.1-dev's is published; a range has its rule, with the length of the vectors where it is by that."""
    about = _json(capsys, "explain", *request_)["model"]
    assert (evidence, basis) == (about["evidence"], about["basis"])
    assert 0 == main(["explain", *request_, *NATIVE])
    assert (basis is not None) == (f"size from: {basis}" in capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (FLUX, "--operation image needs --method native-1"),
        ((*FLUX, *NATIVE, "--seconds", "4"), "--seconds needs --operation video"),
        ((*FLUX, *NATIVE, "--size", "large"), "--size is written as 1024x1024, got 'large'"),
        ((*FLUX, *NATIVE, "--size", "0x9"), "--size is written as 1024x1024, got '0x9'"),
        ((*FLUX, *NATIVE, "--steps", "0"), "--steps must be positive, got 0"),
        ((*FLUX, *NATIVE, "--count", "inf"), "--count must be positive, got inf"),
        ((*VECTORS[:4], *NATIVE), "--operation embeddings needs --input-tokens, a positive number"),
        ((*VECTORS, *NATIVE, "--steps", "2"), "--steps needs --operation image or video"),
        (("openai", "gpt-4o", "--output-tokens", "3", "--size", "9x9"), "--size needs --operation image or video"),
        (("openai", "gpt-4o", *NATIVE, "--operation", "image"), "openai/gpt-4o makes text, and the inventory has no"),
        (("openai", "dall-e", *NATIVE, "--operation", "image"), "'openai' has no model 'dall-e' in the inventory"),
    ],
)
@pytest.mark.parametrize("command", ["estimate", "explain"])
def test_what_makes_no_sense_is_one_line(
    command: str, arguments: tuple[str, ...], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, and what to do."""
    assert 1 == main([command, *arguments])
    captured = capsys.readouterr()
    assert "" == captured.out
    assert captured.err.startswith(f"genai-impact {command}: {complaint}")
    assert 1 == captured.err.count("\n")


def test_prices_are_of_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    """An image has none, and is not free; vectors cost what is read."""
    assert None is _json(capsys, "estimate", *FLUX, "--cost")["cost"]
    assert 0 < _json(capsys, "estimate", *VECTORS, "--cost")["cost"]["usd"]

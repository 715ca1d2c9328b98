"""Spans of embeddings, images and videos under `native-1`, end to end: from what they say to what stands on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact.impacts.media import Asked
from otel_genai_impact.impacts.methods import MEDIA_METHODS
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.media import MediaCatalog
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.media import Modality

INPUT, OUTPUT, NOT = "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "genai_impact.not_estimated"
EMBEDDING = {"gen_ai.operation.name": "embeddings", "gen_ai.request.model": "text-embedding-3-small", OUTPUT: None}
NO_TOKENS = {INPUT: None, OUTPUT: None}
IMAGE = {"gen_ai.operation.name": "image_generation", "gen_ai.request.model": "dall-e-3", **NO_TOKENS}
VIDEO = {"gen_ai.operation.name": "video_generation", "gen_ai.request.model": "sora-2", **NO_TOKENS}
DEFAULTS = {"media.count.default", "media.size.default", "media.steps.default"}


@pytest.fixture
def native() -> Telemetry:
    return Telemetry({"method": "native-1"})


def assessed(modality: Modality, name: str, asked: Asked) -> Impacts:
    """By the readable formulas, as the method's own zone data have it."""
    catalog = MediaCatalog(Catalog(), modality)
    served = catalog.serve("openai", name)
    assert served is not None
    model = catalog.model(served.entry.id)
    return MEDIA_METHODS["native-1"].assess(asked, model, served.data_center.data_center, served.zone.electricity_mix)


def energies_j(impacts: Impacts) -> tuple[float, float, float]:
    energy = impacts.energy_kwh
    return energy.estimate * 3.6e6, energy.low * 3.6e6, energy.high * 3.6e6


def energies_of(attributes: dict[str, Any]) -> tuple[float, float, float]:
    return tuple(attributes[f"genai_impact.energy{end}"] for end in ("", "_low", "_high"))  # pyright: ignore[reportReturnType]


def test_embeddings_are_estimated_by_their_input(native: Telemetry) -> None:
    """Median and 90 % interval, and the secret size is said."""
    attributes = native.request({**EMBEDDING, INPUT: 5000})
    expected = energies_j(assessed("embedding", "text-embedding-3-small", Asked(input_tokens=5000)))
    assert expected == pytest.approx(energies_of(attributes), rel=1e-12)
    assert "native-1" == attributes["genai_impact.method"]
    assert ("model.parameters.undisclosed", "zone.provider_default") == attributes["genai_impact.assumptions"]


def test_an_image_that_says_all_assumes_nothing_of_it(native: Telemetry) -> None:
    """Count, size and steps are read from the span."""
    said = {
        "gen_ai.request.choice.count": 2,
        "gen_ai.request.image_size": "1792x1024",
        "genai_impact.request.steps": 30,
    }
    attributes = native.request({**IMAGE, **said})
    asked = Asked(pieces=2, megapixels=1.835008, steps=30)
    assert energies_j(assessed("image", "dall-e-3", asked)) == pytest.approx(energies_of(attributes), rel=1e-12)
    assert not DEFAULTS & set(attributes["genai_impact.assumptions"])


def test_what_an_image_does_not_say_is_assumed_and_said(native: Telemetry) -> None:
    """One image as the model makes it by default, with a code for each default."""
    attributes = native.request(IMAGE)
    assert energies_j(assessed("image", "dall-e-3", Asked())) == pytest.approx(energies_of(attributes), rel=1e-12)
    assert set(attributes["genai_impact.assumptions"]) >= DEFAULTS
    assert "media.duration.default" not in attributes["genai_impact.assumptions"]


def test_a_video_by_its_seconds(native: Telemetry) -> None:
    """Twice as long takes twice as much; without seconds it is as long as the model makes it."""
    four, eight, unsaid = (native.request({**VIDEO, "genai_impact.request.seconds": s}) for s in (4, "8", None))
    assert 2 * four["genai_impact.energy"] == pytest.approx(eight["genai_impact.energy"])
    assert four["genai_impact.energy"] == pytest.approx(unsaid["genai_impact.energy"])
    assert "media.duration.default" in unsaid["genai_impact.assumptions"]


@pytest.mark.parametrize(
    "said",
    [
        {"genai_impact.request.size": "512x512"},
        {"gen_ai.request.image_size": "512 X 512"},
        {"gen_ai.request.image.size": "512x512"},
        {"llm.invocation_parameters": '{"size": "512x512"}'},
        {"genai_impact.request.size": "auto", "gen_ai.request.image_size": "512x512"},
    ],
    ids=str,
)
def test_a_size_in_any_words(native: Telemetry, said: dict[str, str]) -> None:
    """Ours, OpenLIT's, Spring AI's, OpenInference's: a quarter of the pixels is a quarter of the energy."""
    quarter = native.request({**IMAGE, **said})["genai_impact.energy"]
    whole = native.request({**IMAGE, "genai_impact.request.size": "1024x1024"})["genai_impact.energy"]
    assert whole / 4 == pytest.approx(quarter)


@pytest.mark.parametrize(
    "said",
    [
        {"genai_impact.request.size": "0x512"},
        {"genai_impact.request.size": "9" * 10_000},
        {"genai_impact.request.size": ("512x512",)},
        {"genai_impact.request.steps": -1},
        {"genai_impact.request.steps": True},
        {"genai_impact.request.steps": float("nan")},
        {"genai_impact.request.steps": 1e9},
        {"genai_impact.request.steps": "a lot"},
        {"gen_ai.request.choice.count": 0},
        {"llm.invocation_parameters": "[" * 4000},
        {"llm.invocation_parameters": '{"size": 7, "n": [1], "steps": null}'},
        {"llm.invocation_parameters": '"512x512"'},
    ],
    ids=lambda said: str(said)[:60],
)
def test_what_cannot_be_is_taken_as_not_said(native: Telemetry, said: dict[str, Any]) -> None:
    """Spans come from strangers: the figure is that of the defaults, and the codes say so."""
    usual, odd = native.request(IMAGE), native.request({**IMAGE, **said})
    assert usual["genai_impact.energy"] == odd["genai_impact.energy"]
    assert usual["genai_impact.assumptions"] == odd["genai_impact.assumptions"]


@pytest.mark.parametrize(
    ("changes", "error", "status"),
    [
        ({**EMBEDDING, INPUT: None}, False, "no_usage"),
        ({**EMBEDDING, INPUT: 0}, False, "no_usage"),
        ({**EMBEDDING, INPUT: None}, True, "error"),
        ({**EMBEDDING, INPUT: -3}, False, "invalid_usage"),
        ({**EMBEDDING, "gen_ai.request.model": "nobody-knows"}, False, "unknown_model"),
        ({**EMBEDDING, "gen_ai.request.model": "gpt-4o"}, False, "unsupported_operation"),
        ({**IMAGE, "gen_ai.request.model": "gpt-image-1"}, False, "unsupported_operation"),
        ({**IMAGE, "gen_ai.request.model": None}, False, "unknown_model"),
        (IMAGE, True, "error"),
        ({**IMAGE, "gen_ai.operation.name": "speech", "gen_ai.request.model": "tts-1"}, False, "unsupported_operation"),
    ],
)
def test_each_reason_is_named_and_counted(native: Telemetry, changes: dict[str, Any], error: bool, status: str) -> None:
    """No figure where there is no ground for one; the request is counted once."""
    attributes = native.request(changes, error=error)
    assert status == attributes[NOT]
    assert "genai_impact.energy" not in attributes
    assert 1 == native.total("genai_impact.requests")


@pytest.mark.parametrize("changes", [EMBEDDING, IMAGE, VIDEO], ids=lambda it: it["gen_ai.operation.name"])
def test_the_other_method_covers_none_of_it(changes: dict[str, Any]) -> None:
    """Under `ecologits-0.11` it stays as it is."""
    assert "unsupported_operation" == Telemetry().request(changes)[NOT]


def test_the_counters_have_what_the_spans_have(native: Telemetry) -> None:
    """Energy of images adds up, whichever defaults were taken for each."""
    spans = [native.request(IMAGE), native.request({**IMAGE, "genai_impact.request.steps": 4})]
    assert sum(span["genai_impact.energy"] for span in spans) == pytest.approx(native.total("genai_impact.energy"))
    assert 2 == native.total("genai_impact.requests")


def test_full_detail_has_every_bound() -> None:
    """As for text: water, primary energy and metals have bounds, too."""
    attributes = Telemetry({"method": "native-1", "detail": "full"}).request({**EMBEDDING, INPUT: 100})
    for name in ("adpe", "pe", "wcf"):
        low, high = attributes[f"genai_impact.{name}_low"], attributes[f"genai_impact.{name}_high"]
        assert low < attributes[f"genai_impact.{name}"] < high


def test_the_same_request_by_two_instrumentations_is_one(native: Telemetry) -> None:
    """The inner span is counted; the outer one, of another instrumentation, is its duplicate."""
    start = {"gen_ai.operation.name": "embeddings", "gen_ai.provider.name": "openai"}
    model = {"gen_ai.request.model": "text-embedding-3-small", INPUT: 100}
    outer = native.start(start, name="embeddings", scope="outer")
    inner = native.end(native.start(start, name="embeddings", scope="inner", parent=outer), model)
    assert "genai_impact.energy" in inner
    assert "duplicate" == native.end(outer, model)[NOT]
    assert inner["genai_impact.energy"] == pytest.approx(native.total("genai_impact.energy"))

"""The models that make vectors, images and videos: their data, and the names that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from otel_genai_impact.impacts.media import Modality
from otel_genai_impact.inventory.catalog import Catalog
from otel_genai_impact.inventory.fields import InventoryError
from otel_genai_impact.inventory.media import MediaCatalog, media_models, read_media_models
from otel_genai_impact.inventory.names import names

if TYPE_CHECKING:
    from pathlib import Path

MODALITIES: tuple[Modality, ...] = get_args(Modality)
GOOD = """
[models."maker/name"]
parameters_b = 2
steps = 20
width_px = 64
height_px = 64
sources = ["https://example.com"]
checked = 2026-11-23
"""


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_model_is_one_that_names_lead_to(modality: Modality) -> None:
    """An entry that no name leads to would never be used: each stands in other_modalities.toml as what it makes."""
    known = dict(names()["others"].values())
    entries = media_models(modality)
    assert entries
    assert dict.fromkeys(entries, modality) == {model_id: known.get(model_id) for model_id in entries}


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_secret_size_is_a_range_and_says_so(modality: Modality) -> None:
    """Nobody guesses one number for it; and what is disclosed is one number, without a code."""
    for entry, model, _ in media_models(modality).values():
        assert model.is_disclosed == (model.parameters_b.low == model.parameters_b.high)
        assert model.is_disclosed == ("model.parameters.undisclosed" not in entry.assumptions)


@pytest.mark.parametrize(
    ("modality", "provider", "name", "model_id"),
    [
        ("embedding", "openai", "text-embedding-3-small", "openai/text-embedding-3-small"),
        ("embedding", "azure.ai.openai", "text-embedding-3-large", "openai/text-embedding-3-large"),
        ("embedding", "ollama", "bge-m3:latest", "BAAI/bge-m3"),
        ("image", "together", "black-forest-labs/FLUX.1-dev", "black-forest-labs/flux.1-dev"),
        ("video", "huggingface", "Wan-AI/Wan2.1-T2V-14B-Diffusers", "wan-ai/wan2.1-t2v-14b-diffusers"),
        (
            "image",
            "huggingface",
            "Efficient-Large-Model/SANA1.5_1.6B_1024px_diffusers",
            "efficient-large-model/sana1.5.1.6b-1024px-diffusers",
        ),
        ("image", "huggingface", "PixArt-alpha/PixArt-Sigma-XL-2-1024-MS", "pixart-alpha/pixart-sigma-xl-2-1024-ms"),
        ("video", "huggingface", "tencent/HunyuanVideo", "tencent/hunyuanvideo"),
        ("image", "openai", "text-embedding-3-small", None),
        ("embedding", "openai", "gpt-4o", None),
        ("image", "openai", "gpt-image-1", None),
    ],
)
def test_names_lead_to_models_of_the_modality(
    modality: Modality, provider: str, name: str, model_id: str | None
) -> None:
    """As they are written by providers and gateways; to nothing where it makes something else, or has no numbers."""
    served = MediaCatalog(Catalog(), modality).serve(provider, name)
    assert model_id == (served and served.entry.id)


def test_a_maker_s_own_service_is_where_the_maker_is() -> None:
    """OpenAI's models run in OpenAI's data centre; open ones somewhere, and the codes say so."""
    embedding = MediaCatalog(Catalog(), "embedding")
    own, other = embedding.serve("openai", "text-embedding-3-small"), embedding.serve("somebody", "bge-m3")
    assert own is not None
    assert other is not None
    assert ("openai", "USA") == (own.data_center.provider, own.zone.code)
    assert "data_center.default" in other.assumptions


def test_the_name_of_the_response_comes_first() -> None:
    """Where it is unknown, that of the request is taken and said to be."""
    embedding = MediaCatalog(Catalog(), "embedding")
    served = embedding.serve("openai", "no-such-model", "text-embedding-3-small")
    assert served is not None
    assert "model.from_request" in served.assumptions


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("steps = 20", "", r"steps of a model for image must be positive"),
        ("steps = 20", "steps = -1", r"steps: expected a positive number"),
        ("steps = 20", "step = 20", r"step"),
        ("parameters_b = 2", "", r"parameters_b"),
        ('"https://example.com"', "", r"sources"),
        ("checked = 2026-11-23", "", r"checked"),
        ('"maker/name"', '"name"', r"maker/name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A number without its source, a missing or a misspelled key: the error has the file, the model and the key."""
    path = tmp_path / "image.toml"
    path.write_text(GOOD)
    assert 20 == read_media_models(path, "image")["maker/name"].model.steps
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(InventoryError, match=rf"image.toml.*{message}"):
        read_media_models(path, "image")

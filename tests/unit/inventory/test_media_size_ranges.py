"""Secret sizes of models of vectors, images and videos follow from those of open ones, by rules that anybody can do again."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.media import Modality
from otel_genai_impact.inventory.basis import read_media_basis
from otel_genai_impact.inventory.fields import InventoryError, Table
from otel_genai_impact.inventory.media import MediaEntry, media_models
from tools.media_size_ranges import (
    EmbeddingPeer,
    differing_media,
    open_models,
    read_embedding_peers,
    size_by_dimensions,
    size_of_open_models,
    steps_of_open_models,
)

if TYPE_CHECKING:
    from pathlib import Path

MODALITIES: tuple[Modality, ...] = get_args(Modality)
PEERS = read_embedding_peers()


def _peer(number: int, dimensions: float, parameters_b: float) -> EmbeddingPeer:
    return EmbeddingPeer(id=f"acme/{number}", dimensions=dimensions, parameters_b=Interval(parameters_b, parameters_b))


def test_each_range_is_what_its_rule_gives() -> None:
    """Whoever adds an open model, or changes a range by hand, hears of it."""
    assert [] == list(differing_media())


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_secret_size_has_a_basis_and_a_published_one_has_none(modality: Modality) -> None:
    """A range is never without what it was made from."""
    for model_id, entry in media_models(modality).items():
        assert entry.model.is_disclosed == (entry.basis is None), model_id


def test_vectors_half_to_twice_as_long_give_the_range_but_for_the_outermost_eighth() -> None:
    """Eight models with vectors of 500 to 2,000 numbers; that of 4,000 is too far from 1,000."""
    lengths = (500, 768, 768, 1000, 1000, 1024, 1536, 2000)
    peers = [_peer(number, length, number + 1) for number, length in enumerate(lengths)]
    assert Interval(2, 7) == size_by_dimensions(1000, [*peers, _peer(9, 4000, 100)])


def test_the_peers_of_embedding_models_agree_with_the_models_that_we_have() -> None:
    """A model that stands in both files has one size."""
    ours = {model_id.lower(): entry.model.parameters_b for model_id, entry in media_models("embedding").items()}
    both = [peer for peer in PEERS if peer.id.lower() in ours]
    assert 12 < len(both)
    assert {peer.id: ours[peer.id.lower()] for peer in both} == {peer.id: peer.parameters_b for peer in both}


def test_the_rule_finds_the_size_of_three_embedding_models_in_four() -> None:
    """Each open model, made from all others. The page for people has the figure."""
    found = [
        peer.parameters_b.low in size_by_dimensions(peer.dimensions, [other for other in PEERS if other is not peer])
        for peer in PEERS
    ]
    print(f"{len(PEERS)} open models; within: {sum(found) / len(PEERS):.0%}")
    assert 40 < len(PEERS)
    assert 0.7 < sum(found) / len(PEERS)


@pytest.mark.parametrize(
    ("modality", "model_id", "low", "high", "steps"),
    [("image", "openai/dall-e-3", 0.6, 32, 28), ("video", "openai/sora-2", 1.3, 30, 50)],
)
def test_a_secret_denoiser_is_as_large_as_open_ones_and_takes_as_many_steps(
    modality: Modality, model_id: str, low: float, high: float, steps: float
) -> None:
    """From PixArt to FLUX.2, from Wan to Step-Video; a model under two names counts once."""
    entries = media_models(modality)
    models = open_models([*entries.values(), *entries.values()])
    assert len(models) < sum(entry.model.is_disclosed for entry in entries.values())
    assert (Interval(low, high), steps) == (size_of_open_models(models), steps_of_open_models(models))
    assert (Interval(low, high), steps) == (entries[model_id].model.parameters_b, entries[model_id].model.steps)


def test_frames_per_second_that_nobody_says_are_those_of_veo() -> None:
    """Google says 24."""
    models = media_models("video")
    veo = models["google/veo-3.0-generate-001"].model.frames_per_s
    assert {24} == {veo, models["openai/sora-2"].model.frames_per_s, models["openai/sora-2-pro"].model.frames_per_s}


@pytest.mark.parametrize(
    ("basis", "complaint"),
    [
        ({}, "expected either dimensions or open_models = true"),
        ({"dimensions": 1024, "open_models": True}, "expected either dimensions or open_models = true"),
        ({"dimensions": -1}, "expected a positive number"),
        ({"size": 1}, "size: unknown key"),
    ],
)
def test_a_basis_names_one_rule(basis: dict[str, object], complaint: str) -> None:
    """Anything else is an error that names the entry."""
    with pytest.raises(InventoryError, match=complaint):
        read_media_basis(Table("image.toml", "models.big", {"basis": basis}))


def test_a_range_changed_by_hand_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the model, what it has, and what its basis gives."""
    import tools.media_size_ranges as tool

    def changed(modality: Modality) -> dict[str, MediaEntry]:
        entries = dict(media_models(modality))
        if modality == "video":
            del entries["stepfun-ai/stepvideo-t2v"]
        return entries

    monkeypatch.setattr(tool, "media_models", changed)
    lines = list(differing_media())
    assert "openai/sora-2: 1.3 to 30 in 50 steps, but its basis gives 1.3 to 14 in 50 steps" in lines


def test_the_peers_are_read_strictly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer without the length of its vectors is an error."""
    import tools.media_size_ranges as tool

    path = tmp_path / "embedding_peers.toml"
    path.write_text(
        'sources = ["https://example.com"]\nchecked = 2026-11-23\n[peers]\n"a/b" = { parameters_b = 1 }\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(tool, "EMBEDDING_PEERS_FILE", path)
    with pytest.raises(InventoryError, match="dimensions"):
        read_embedding_peers()

"""The rules for models of vectors, images and videos whose size nobody says: a part of tools/size_ranges.py."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.media import Modality
from otel_genai_impact.inventory.compiled import DATA_FOLDER
from otel_genai_impact.inventory.fields import POSITIVE, read_toml
from otel_genai_impact.inventory.media import media_models
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance
from tools.peers import near, without_the_outermost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from otel_genai_impact.impacts.media import MediaModel
    from otel_genai_impact.inventory.media import MediaEntry

EMBEDDING_PEERS_FILE: Final = DATA_FOLDER / "embedding_peers.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingPeer:
    """An open embedding model."""

    id: str
    dimensions: float
    parameters_b: Interval


def read_embedding_peers() -> list[EmbeddingPeer]:
    """The open embedding models, with how long their vectors are."""
    top = read_toml(EMBEDDING_PEERS_FILE)
    top.allow("peers", *SOURCE_KEYS)
    read_provenance(top)
    return [
        EmbeddingPeer(
            id=name,
            dimensions=table.number("dimensions", POSITIVE),
            parameters_b=table.interval("parameters_b", POSITIVE),
        )
        for name, table in top.tables("peers")
    ]


def size_by_dimensions(dimensions: float, peers: Sequence[EmbeddingPeer]) -> Interval:
    """The range of open models whose vectors are half to twice as long."""
    close = near(dimensions, peers, lambda peer: peer.dimensions)
    return without_the_outermost([peer.parameters_b for peer in close])


def open_models(entries: Iterable[MediaEntry]) -> list[MediaModel]:
    """Those with a published size; a model that goes by several names counts once."""
    published: list[MediaModel] = []
    for entry in entries:
        if entry.model.is_disclosed and entry.model not in published:
            published.append(entry.model)
    return published


def size_of_open_models(models: Sequence[MediaModel]) -> Interval:
    """From the smallest to the largest: they are few, so that none is left out."""
    sizes = [model.parameters_b for model in models]
    return Interval(min(size.low for size in sizes), max(size.high for size in sizes))


def steps_of_open_models(models: Sequence[MediaModel]) -> float:
    """The median."""
    return statistics.median(model.steps for model in models if model.steps is not None)


def differing_media() -> Iterator[str]:
    """A line for each model whose numbers are not those that its basis gives."""
    peers = read_embedding_peers()
    modalities: tuple[Modality, ...] = get_args(Modality)
    for modality in modalities:
        entries = media_models(modality)
        known = open_models(entries.values())
        for model_id, entry in entries.items():
            if entry.basis is None:
                continue
            has = (entry.model.parameters_b, entry.model.steps)
            if entry.basis.dimensions is not None:
                gives = (size_by_dimensions(entry.basis.dimensions, peers), entry.model.steps)
            else:
                gives = (size_of_open_models(known), steps_of_open_models(known))
            if has != gives:
                yield f"{model_id}: {_text(*has)}, but its basis gives {_text(*gives)}"


def _text(parameters_b: Interval, steps: float | None) -> str:
    in_steps = "" if steps is None else f" in {steps:g} steps"
    return f"{parameters_b.low:g} to {parameters_b.high:g}{in_steps}"

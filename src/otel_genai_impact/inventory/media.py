"""The models that make vectors, images and videos, for the methods that cover these.

Few requests are of them: their numbers are read when the first one is, from the files that people edit.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_genai_impact import semconv
from otel_genai_impact.impacts.media import MediaModel, Modality
from otel_genai_impact.impacts.product_system import Model
from otel_genai_impact.inventory.basis import BASIS_KEY, read_media_basis
from otel_genai_impact.inventory.compiled import DATA_FOLDER, OPEN_WEIGHTS, ModelEntry
from otel_genai_impact.inventory.fields import POSITIVE, read_toml
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance
from otel_genai_impact.inventory.providers import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_genai_impact.inventory.basis import MediaBasis
    from otel_genai_impact.inventory.catalog import Catalog
    from otel_genai_impact.inventory.fields import Table
    from otel_genai_impact.inventory.places import Place
    from otel_genai_impact.inventory.resolved import Served

MEDIA_FOLDER: Final = DATA_FOLDER / "media"
_OPTIONAL: Final = ("longest_input_tokens", "width_px", "height_px", "steps", "frames", "frames_per_s")


class MediaEntry(NamedTuple):
    """A model as the inventory knows it, and what it makes of a request; a basis, if its size follows from a rule of ours."""

    entry: ModelEntry
    model: MediaModel
    basis: MediaBasis | None


@cache
def media_models(modality: Modality, archive: str | None = None) -> Mapping[str, MediaEntry]:
    """The models of a modality by `maker/name`: today's, or those of a version in the archive."""
    path = MEDIA_FOLDER / f"{modality}.toml"
    if archive is not None:
        from otel_genai_impact.inventory.archive import archived_path

        path = archived_path(archive, f"{MEDIA_FOLDER.name}/{path.name}")
    return read_media_models(path, modality)


def read_media_models(path: Path, modality: Modality) -> dict[str, MediaEntry]:
    """Read a file of models.

    Raises:
        InventoryError: on the first problem.
    """
    top = read_toml(path)
    top.allow("models")
    return {model_id: _read(table, model_id, modality) for model_id, table in top.tables("models")}


def _read(table: Table, model_id: str, modality: Modality) -> MediaEntry:
    table.allow("parameters_b", "parameters_disclosed", *_OPTIONAL, BASIS_KEY, *SOURCE_KEYS)
    read_provenance(table)
    parameters_b = table.interval("parameters_b", POSITIVE)
    is_disclosed = table.flag("parameters_disclosed", default=True)
    maker, slash, name = model_id.partition("/")
    if not (maker and slash and name):
        raise table.error("", "expected a name of the form maker/name")
    numbers = {key: table.optional_number(key, POSITIVE) for key in _OPTIONAL}
    try:
        model = MediaModel(modality=modality, parameters_b=parameters_b, is_disclosed=is_disclosed, **numbers)
    except ValueError as error:
        raise table.error("", str(error)) from error
    entry = ModelEntry(
        id=model_id,
        provider=TABLES.get(maker.lower(), OPEN_WEIGHTS),
        name=name,
        model=Model(active_parameters_b=parameters_b, total_parameters_b=parameters_b, is_disclosed=is_disclosed),
        assumptions=() if is_disclosed else (semconv.MODEL_PARAMETERS_UNDISCLOSED,),
    )
    return MediaEntry(entry=entry, model=model, basis=read_media_basis(table))


class MediaCatalog:
    """A catalogue that leads to the models of one modality, and to no others."""

    def __init__(self, catalog: Catalog, modality: Modality) -> None:
        self._catalog = catalog
        self._modality: Modality = modality

    def serve(self, provider: str | None, *names: str | None, place: Place | None = None) -> Served | None:
        """What serves a request to this provider for the model of one of these names, the best name first."""
        for position, name in enumerate(names):
            found = None if name is None else self._catalog.identify(provider, name)
            known = None if found is None else self._models().get(found.id)
            if found is None or known is None:
                continue
            codes = () if name == known.entry.name else found.codes
            if position > 0 and names[0] is not None:
                codes = (*codes, semconv.MODEL_FROM_REQUEST)
            return self._catalog.located(provider, known.entry, codes, found.place or place)
        return None

    def model(self, model_id: str) -> MediaModel:
        """What the model of this id makes of a request."""
        return self._models()[model_id].model

    def _models(self) -> Mapping[str, MediaEntry]:
        return media_models(self._modality, self._catalog.archive)

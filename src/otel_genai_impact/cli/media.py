"""`estimate` and `explain` of what is no text: `--operation embeddings`, `image` or `video`, by a method that covers them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from otel_genai_impact.impacts.media import PIXELS_PER_MEGAPIXEL, Asked, MediaModel, Modality
from otel_genai_impact.impacts.methods import MEDIA_METHODS, METHODS
from otel_genai_impact.inventory.assessing import Assessment
from otel_genai_impact.inventory.catalog import Catalog, ModelError, Served
from otel_genai_impact.inventory.media import MediaCatalog
from otel_genai_impact.telemetry.media import defaults_taken

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

TEXT: Final = "chat"
OPERATIONS: Final[dict[str, Modality]] = {"embeddings": "embedding", "image": "image", "video": "video"}
_SIZE: Final = re.compile(r"(\d{1,5})[xX](\d{1,5})")


class Assessed(NamedTuple):
    """One request, its impacts, and what they rest on. `archive`: the version of the data, None for today's."""

    assessment: Assessment
    asked: Asked
    model: MediaModel
    served: Served
    archive: str | None


def add_options(command: ArgumentParser) -> None:
    """What describes a request that makes no text."""
    command.add_argument(
        "--operation",
        choices=(TEXT, *OPERATIONS),
        default=TEXT,
        help=f"what is asked for; {TEXT} if not given. The others need --method native-1",
    )
    command.add_argument("--count", type=float, metavar="N", help="images or videos; one if not given")
    command.add_argument("--size", metavar="WxH", help="of an image or a video, for example 1024x1024")
    command.add_argument("--steps", type=float, metavar="N", help="of the denoiser, for images and videos")
    command.add_argument("--seconds", type=float, metavar="S", help="how long a video is, s")


def refuse_for_text(options: Namespace) -> None:
    """What is said of images and videos says nothing of text.

    Raises:
        ValueError: something of that kind was given.
    """
    given = [name for name in ("count", "size", "steps", "seconds") if getattr(options, name) is not None]
    if given:
        raise ValueError(f"--{given[0]} needs --operation image or video")


def assess(provider: str, name: str, options: Namespace) -> Assessed:
    """The impacts of the request that the command line describes.

    Raises:
        LookupError: the inventory has no such model, zone or version.
        ValueError: the method covers text alone, or a quantity is missing or makes no sense.
    """
    modality = OPERATIONS[options.operation]
    method = MEDIA_METHODS.get(options.method)
    if method is None:
        raise ValueError(f"--operation {options.operation} needs --method {' or '.join(MEDIA_METHODS)}")
    asked = _asked(modality, options)
    catalog = Catalog.with_file(
        options.zone,
        options.config,
        electricity=METHODS[options.method].electricity,
        data_version=options.data_version,
    )
    models = MediaCatalog(catalog, modality)
    served = models.serve(provider, name)
    if served is None:
        raise ModelError(_no_model(catalog, provider, name, options.operation))
    model = models.model(served.entry.id)
    impacts = method.assess(asked, model, served.data_center.data_center, served.zone.electricity_mix)
    codes = {*served.assumptions, *defaults_taken(asked, modality)}
    assessment = Assessment(
        model=served.entry.id,
        zone=served.zone.code,
        method=options.method,
        data_version=catalog.data_version,
        assumptions=tuple(sorted(codes)),
        impacts=impacts,
    )
    return Assessed(assessment, asked, model, served, catalog.archive)


def _no_model(catalog: Catalog, provider: str, name: str, operation: str) -> str:
    found = catalog.identify(provider, name)
    if found is None:
        return f"{provider!r} has no model {name!r} in the inventory{catalog.nearest(provider, name)}"
    return f"{found.id} makes {found.modality}, and the inventory has no numbers of it for {operation}"


def _asked(modality: Modality, options: Namespace) -> Asked:
    if modality == "embedding":
        refuse_for_text(options)
        if not options.input_tokens or options.input_tokens < 0:
            raise ValueError("--operation embeddings needs --input-tokens, a positive number")
        return Asked(input_tokens=options.input_tokens)
    if modality == "image" and options.seconds is not None:
        raise ValueError("--seconds needs --operation video")
    return Asked(
        pieces=_positive("count", options.count),
        megapixels=_megapixels(options.size),
        steps=_positive("steps", options.steps),
        seconds=_positive("seconds", options.seconds),
    )


def _positive(name: str, value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise ValueError(f"--{name} must be positive, got {value:g}")
    return value


def _megapixels(size: str | None) -> float | None:
    if size is None:
        return None
    found = _SIZE.fullmatch(size)
    megapixels = int(found[1]) * int(found[2]) / PIXELS_PER_MEGAPIXEL if found else 0.0
    if not megapixels:
        raise ValueError(f"--size is written as 1024x1024, got {size!r}")
    return megapixels


def calculated(assessed: Assessed) -> dict[str, Any]:
    """Factors, steps and errors of the request, in the terms of the calculation."""
    from otel_genai_impact.cli import calculation_media as media

    return {
        "factors": media.factors(assessed),
        "steps": media.steps(assessed),
        "uncertainty": media.error_sources(assessed),
    }

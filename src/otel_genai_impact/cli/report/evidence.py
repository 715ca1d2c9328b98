"""What the estimate of one request rests on, as its attributes say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact import semconv
from otel_genai_impact.cli.report.records import Evidence, short
from otel_genai_impact.telemetry import dialects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.telemetry.request import Request

REGION_CODES: Final = (semconv.DATA_CENTER_CLOUD, semconv.ZONE_PROVIDER_DEFAULT, semconv.ZONE_WORLD)

_IMAGES: Final = "image_generation"
_CHOICES: Final = "gen_ai.request.choice.count"
_MOST_CHOICES: Final = 1000


def evidence_of(
    attributes: Mapping[str, Any], request: Request, assumptions: tuple[str, ...], *, recomputed: bool
) -> Evidence:
    """What the attributes that stand beside an estimate say of it."""
    method, data_version, source, model, zone = (
        short(attributes.get(key))
        for key in (semconv.METHOD, semconv.DATA_VERSION, semconv.SOURCE, semconv.MODEL, semconv.ZONE)
    )
    return Evidence(
        method=method,
        data_version=data_version,
        source=source,
        model=model,
        zone=zone,
        region=tuple(code for code in REGION_CODES if code in assumptions),
        names=tuple(short(name) for name in (request.provider, request.response_model, request.request_model)),
        served_by=request.served_by,
        recomputed=recomputed,
    )


def images_of(attributes: Mapping[str, Any], request: Request) -> int | None:
    """How many images a request was for; None if it was for something else.

    The conventions say the number of choices where it is not 1:
    https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/
    """
    if request.kind != _IMAGES:
        return None
    count = attributes.get(_CHOICES)
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 < count <= _MOST_CHOICES else 1


def attributes_of_tokens(attributes: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The keys of the attributes that say how many tokens went in, and how many were generated."""
    said_in, said_out = (
        next((key for key in keys if attributes.get(key) is not None), None)
        for keys in (dialects.INPUT_TOKENS, dialects.OUTPUT_TOKENS)
    )
    return said_in, said_out

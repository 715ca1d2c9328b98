"""Why a request has no estimate, as far as its span says it, whatever its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opentelemetry.trace import StatusCode

from otel_genai_impact import semconv
from otel_genai_impact.telemetry.operations import INFERENCE_KIND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.trace import ReadableSpan

    from otel_genai_impact.telemetry.media_plans import MediaPlans
    from otel_genai_impact.telemetry.request import Request

USAGE_UNKNOWN: Final = frozenset({semconv.ERROR, semconv.INVALID_USAGE, semconv.NO_USAGE})
"""Those that another span of the same request may do away with."""


def why_not(span: ReadableSpan, request: Request, media: Mapping[str, MediaPlans]) -> str | None:
    """The reason why a request cannot be estimated, whatever its model; None if there is none."""
    input_tokens, output_tokens = request.input_tokens or 0, request.output_tokens
    if request.kind != INFERENCE_KIND:
        covered = media.get(request.kind)
        return semconv.UNSUPPORTED_OPERATION if covered is None else covered.why_not(span, request)
    if output_tokens and output_tokens > 0 <= input_tokens:
        return None  # nearly every request
    if not output_tokens and span.status.status_code is StatusCode.ERROR:
        return semconv.ERROR
    if input_tokens < 0 or (output_tokens or 0) < 0:
        return semconv.INVALID_USAGE
    # A 0 for everything stands for unknown in some dialects.
    return semconv.NO_USAGE if output_tokens is None or input_tokens == 0 else None

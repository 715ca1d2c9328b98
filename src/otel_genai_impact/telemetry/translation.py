"""A span in other words than those of the conventions: which request it reports, put into their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.semconv import (
    GEN_AI_OPERATION_NAME,
    GEN_AI_PROVIDER_NAME,
    GEN_AI_REQUEST_MODEL,
    GEN_AI_USAGE_INPUT_TOKENS,
    GEN_AI_USAGE_OUTPUT_TOKENS,
)
from otel_genai_impact.telemetry import dialects
from otel_genai_impact.telemetry.operations import (
    INFERENCE,
    INFERENCE_KIND,
    NEVER_COUNTED,
    UNSUPPORTED,
    operation_in_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

_USAGE: Final = (GEN_AI_USAGE_OUTPUT_TOKENS, GEN_AI_USAGE_INPUT_TOKENS)


def translated(
    name: str, attributes: Mapping[str, Any], scope: InstrumentationScope | None
) -> tuple[str, Mapping[str, Any]] | None:
    """The kind of a request, and its attributes in the words of the conventions; None if it is none."""
    said = dialects.in_the_words_of_the_conventions(attributes)
    operation = said.get(GEN_AI_OPERATION_NAME)
    if operation is None:
        operation = operation_in_name(name)
        _say_what_was_dropped(said, name, operation, scope)
    known = operation in INFERENCE or operation in UNSUPPORTED
    if not known and (operation in NEVER_COUNTED or not any(key in said for key in _USAGE)):
        return None
    if operation is not None:
        said[GEN_AI_OPERATION_NAME] = operation
    # What generates tokens under a name that nobody knows is text inference; anything else is a kind of its own.
    generates = GEN_AI_USAGE_OUTPUT_TOKENS in said
    if operation in UNSUPPORTED or (operation is not None and operation not in INFERENCE and not generates):
        return operation, said
    return None if dialects.is_no_request(name, attributes) else (INFERENCE_KIND, said)


def _say_what_was_dropped(
    said: dict[str, Any], name: str, operation: str | None, scope: InstrumentationScope | None
) -> None:
    """Some samplers drop what a span started with: its name and its instrumentation say some of it once more."""
    if scope is not None and GEN_AI_PROVIDER_NAME not in said:
        provider = dialects.provider_of_scope(scope.name)
        if provider is not None:
            said[GEN_AI_PROVIDER_NAME] = provider
    model = name.partition(" ")[2]
    if operation is not None and model and " " not in model:
        said.setdefault(GEN_AI_REQUEST_MODEL, model)

"""A span in the words of the conventions, and the request that it reports."""

from __future__ import annotations

from typing import Any

from otel_genai_impact.telemetry.request import Request

SPAN: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.id": "r1",
    "gen_ai.usage.input_tokens": 120,
    "gen_ai.usage.output_tokens": 350,
}
READ = Request("inference", "chat", "openai", "gpt-4o-2024-08-06", "gpt-4o", None, "r1", 120, 350, None, None)
CACHE_READ, CACHE_WRITTEN = "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_write.input_tokens"


def plain_span(**changes: object) -> dict[str, Any]:
    """The span with other values: by the last part of an attribute's name, dots as underscores; None leaves it out."""
    by_field = {key.removeprefix("gen_ai.").removeprefix("usage.").replace(".", "_"): key for key in SPAN}
    changed = {**SPAN, **{by_field[field]: value for field, value in changes.items()}}
    return {key: value for key, value in changed.items() if value is not None}

"""Spans as OTLP JSON, the way the Collector's file exporter writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

START_NS = 1_790_000_000_000_000_000  # 2026-09-21 14:13:20 UTC
CHAT: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 20,
    "gen_ai.usage.output_tokens": 300,
}
RECORDED: dict[str, Any] = {
    "genai_impact.energy": 100.0,
    "genai_impact.energy_low": 80.0,
    "genai_impact.energy_high": 120.0,
    "genai_impact.gwp": 10.0,
    "genai_impact.gwp_low": 8.0,
    "genai_impact.gwp_high": 12.0,
    "genai_impact.gwp_embodied": 1.0,
    "genai_impact.wcf": 0.25,
    "genai_impact.adpe": 1e-7,
    "genai_impact.pe": 300.0,
    "genai_impact.method": "ecologits-0.11",
    "genai_impact.data_version": "2026.11",
    "genai_impact.zone": "FRA",
    "genai_impact.assumptions": ["model.multimodal", "zone.provider_default"],
}


def value(said: object) -> dict[str, Any]:
    """An AnyValue: integers are texts, as in all JSON of protobuf."""
    match said:
        case bool():
            return {"boolValue": said}
        case int():
            return {"intValue": str(said)}
        case float():
            return {"doubleValue": said}
        case str():
            return {"stringValue": said}
        case _:
            assert isinstance(said, list)
            return {"arrayValue": {"values": [value(item) for item in cast("list[object]", said)]}}


def attributes(said: Mapping[str, object]) -> list[dict[str, Any]]:
    """A list of keys and values; None leaves an attribute out."""
    return [{"key": key, "value": value(item)} for key, item in said.items() if item is not None]


def span(
    number: int,
    said: Mapping[str, object] | None = None,
    *,
    parent: int | None = None,
    trace: int = 1,
    seconds: float = 2.0,
    start_s: float = 0.0,
    **fields: Any,
) -> dict[str, Any]:
    """A span; its number is its id."""
    start_ns = START_NS + int(start_s * 1e9)
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{number:016x}",
        "parentSpanId": "" if parent is None else f"{parent:016x}",
        "flags": 256,
        "name": "chat gpt-4o",
        "kind": 3,
        "startTimeUnixNano": str(start_ns),
        "endTimeUnixNano": str(start_ns + int(seconds * 1e9)),
        "attributes": attributes(CHAT if said is None else said),
        "status": {},
        **fields,
    }


def line(
    *spans: Mapping[str, Any],
    scope: str = "opentelemetry.instrumentation.openai",
    resource: Mapping[str, object] | None = None,
) -> str:
    """One export, of one resource and one instrumentation."""
    of_resource = {"service.name": "shop"} if resource is None else resource
    export = {
        "resourceSpans": [
            {
                "resource": {"attributes": attributes(of_resource)},
                "scopeSpans": [{"scope": {"name": scope}, "spans": list(spans)}],
            }
        ]
    }
    return json.dumps(export)


def lines(exports: Iterable[str]) -> str:
    """The text of a file."""
    return "".join(f"{export}\n" for export in exports)

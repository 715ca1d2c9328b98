"""What the doctor says: as a document for machines, and as text for people, which is made from it."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact._config import Settings
from otel_genai_impact._version import __version__
from otel_genai_impact.cli.doctor.diagnosis import sampler_of_roots
from otel_genai_impact.inventory.compiled import inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from otel_genai_impact.cli.doctor.coverage import Coverage
    from otel_genai_impact.cli.doctor.diagnosis import Facts, Finding
    from otel_genai_impact.cli.doctor.process import Exporting

_COUNTED: Final = "counted"
_NOT_COUNTED: Final = "not counted"
_THROUGH_OTHERS: Final = "through its SDKs"


def as_document(facts: Facts, found: Iterable[Finding], started_by: str) -> dict[str, Any]:
    """Everything, in plain values."""
    seen, entries = facts.seen, inventory()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "environment": sys.prefix,
        "method": seen.settings.get("method", (Settings().method, ""))[0],
        "data_version": entries.data_version,
        "models": sum(len(tuple(entries.model_names(provider))) for provider in entries.providers),
        "providers": len(entries.providers),
        "zones": len(entries.zone_codes),
        "started_by": started_by or None,
        "sdks": [_sdk(coverage, facts) for coverage in facts.coverages],
        "opentelemetry": {
            "distributions": list(facts.distributions),
            "configuration_file": facts.environ.get("OTEL_CONFIG_FILE") or None,
            "tracer_provider": seen.provider_name if seen.provider != "none" else None,
            "sampler": seen.sampler,
            "counts_unsampled": seen.counts_unsampled,
            "span_processors": [_exporting(one, facts) for one in seen.span_processors],
            "metric_readers": [_exporting(one, facts) for one in seen.metric_readers],
        },
        "settings": {name: {"value": value, "source": source} for name, (value, source) in seen.settings.items()},
        "problems": [_finding(finding) for finding in found if finding.problem],
        "notes": [_finding(finding) for finding in found if not finding.problem],
    }


def _sdk(coverage: Coverage, facts: Facts) -> dict[str, Any]:
    uncounted = _THROUGH_OTHERS if coverage.sdk.kind == "framework" else _NOT_COUNTED
    return {
        "name": coverage.sdk.distribution,
        "version": coverage.version,
        "requests": _COUNTED if coverage.counting else uncounted,
        "ignored": coverage.sdk.distribution in facts.ignored,
        "sources": [
            {"name": source.name, "by": source.by, "state": source.state, "detail": source.detail}
            for source in coverage.sources
        ],
    }


def _exporting(one: Exporting, facts: Facts) -> dict[str, Any]:
    tried = one.endpoint is not None and one.endpoint in facts.answers
    return {
        "name": one.name,
        "exporter": one.exporter,
        "endpoint": one.endpoint,
        **({"answers": facts.answers[one.endpoint or ""] is None} if tried else {}),
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {"about": finding.about, "text": finding.text, "do": finding.do}


def as_text(document: dict[str, Any]) -> str:
    """The document for a person."""
    method, data, models = document["method"], document["data_version"], document["models"]
    like_this = document["started_by"]
    blocks = [
        [
            f"otel-genai-impact {document['version']}, Python {document['python']} in {_near(document['environment'])}",
            f"Method {method}, data {data}: {models} names of models, {document['zones']} electricity zones",
            f"This is what an application gets that is started like this, by {like_this}." if like_this else _PLAIN,
        ],
        _sdks(document["sdks"]),
        _opentelemetry(document["opentelemetry"]),
        _settings(document["settings"]),
        _findings("Problems", document["problems"]),
        _findings("Notes", document["notes"]),
        [] if document["problems"] else ["No problem found."],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


_PLAIN: Final = "This is what an application gets that opentelemetry-instrument starts."


def _near(folder: str) -> str:
    path = Path(folder)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else folder


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as they need to be, but for the last one."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]


def _sdks(sdks: Sequence[dict[str, Any]]) -> list[str]:
    if not sdks:
        return ["No SDK that we know of is installed."]
    rows = [("SDK", "version", "requests", "by")]
    for sdk in sdks:
        active = [source["name"] for source in sdk["sources"] if source["state"] == "active"]
        others = [f"{source['name']} ({source['state']})" for source in sdk["sources"] if source["state"] != "active"]
        requests = f"{sdk['requests']}, ignored" if sdk["ignored"] else sdk["requests"]
        rows.append((sdk["name"], sdk["version"], requests, ", ".join([*active, *others]) or "-"))
    return _table(rows)


def _opentelemetry(found: dict[str, Any]) -> list[str]:
    sampler = "none" if found["sampler"] is None else sampler_of_roots(found["sampler"])
    unsampled = found["counts_unsampled"] and sampler != "AlwaysOnSampler"
    rows = [
        ("distribution", ", ".join(found["distributions"]) or "none"),
        ("tracer provider", found["tracer_provider"] or "none"),
        ("sampler", f"{sampler}; the requests that it drops are counted" if unsampled else sampler),
        *_several("span processor", found["span_processors"]),
        *_several("metric reader", found["metric_readers"]),
    ]
    if found["configuration_file"]:
        rows.insert(0, ("OTEL_CONFIG_FILE", found["configuration_file"]))
    return ["OpenTelemetry", *(f"  {line}" for line in _table(rows))]


def _several(kind: str, parts: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    shown: list[str] = []
    for part in parts:
        text = _last(part["name"])
        if part["exporter"]:
            text += f", {_last(part['exporter'])}"
        if part["endpoint"]:
            text += f" to {part['endpoint']}"
        if "answers" in part:
            text += " (answers)" if part["answers"] else " (does not answer)"
        shown.append(text)
    return [(kind if number == 0 else "", text) for number, text in enumerate(shown or ["none"])]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _settings(settings: dict[str, dict[str, str]]) -> list[str]:
    if not settings:
        return ["Settings: all are the defaults"]
    rows = [(name, setting["value"], setting["source"]) for name, setting in settings.items()]
    return ["Settings (the others are the defaults)", *(f"  {line}" for line in _table(rows))]


def _findings(title: str, found: Sequence[dict[str, str]]) -> list[str]:
    lines = [title] if found else []
    for finding in found:
        lines += [f"  {finding['about']}: {finding['text']}", f"    -> {finding['do']}"]
    return lines

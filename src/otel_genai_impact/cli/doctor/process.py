"""What an application gets when it starts: looked at in a process of its own, which sends nothing.

`python -m otel_genai_impact.cli.doctor.process FILE` writes what it sees to the file and ends at once, without the
last export that the exit of a process brings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

INSTRUMENTORS: Final = "opentelemetry_instrumentor"
_LONGEST_START_S: Final = 120
# What Python prints between two tracebacks of which one led to the other.
_CONTINUED: Final = ("During handling of the above exception", "The above exception was the direct cause")

Provider = Literal["sdk", "none", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """A span processor, or a reader of metrics.

    Attributes:
        name: its class.
        exporter: the class of what it exports by, if it does.
        endpoint: where that sends to: scheme, host and port; a path may hold secrets.
    """

    name: str
    exporter: str | None = None
    endpoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """An entry point of an instrumentation.

    Attributes:
        active: whether it instruments.
        requires: what it asks of the SDK; known where it is loaded.
        conflict: why it cannot instrument the release that is installed.
    """

    name: str
    value: str
    active: bool
    requires: tuple[str, ...] = ()
    conflict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen.

    Attributes:
        failure: why nothing could be looked at; then the rest says nothing.
        errors: the last lines of tracebacks that the start printed.
        provider: whether the tracer provider is an SDK's, none at all, or something without span processors.
        sampler: what it says of itself, without ours around it.
        counts_unsampled: whether ours is around it, and active.
        ours: whether our span processor is on the tracer provider, and active.
        settings: those that are not left to their defaults: value and source.
        complaints: what we logged while starting.
    """

    failure: str | None = None
    errors: tuple[str, ...] = ()
    provider: Provider = "none"
    provider_name: str = ""
    sampler: str | None = None
    counts_unsampled: bool = False
    span_processors: tuple[Exporting, ...] = ()
    metric_readers: tuple[Exporting, ...] = ()
    ours: bool = False
    settings: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    complaints: tuple[str, ...] = ()
    instrumentations: tuple[Loaded, ...] = ()


def ask(environ: Mapping[str, str]) -> Seen:
    """What a Python process that starts in this environment sees."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seen.json"
        try:
            done = subprocess.run(  # noqa: S603 -- our own module, by this interpreter
                [sys.executable, "-m", __name__, str(file)],
                env=dict(environ), capture_output=True, text=True, errors="replace", timeout=_LONGEST_START_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Seen(failure=f"a Python process does not start within {_LONGEST_START_S} s")
        errors = _errors(done.stderr)
        if not file.exists():
            return Seen(failure=f"a Python process ends with exit code {done.returncode}", errors=errors)
        return _from_json(json.loads(file.read_text(encoding="utf-8")), errors)


def _errors(stderr: str) -> tuple[str, ...]:
    """The exceptions in what was printed: the line that ends each traceback, the last one of those that belong together."""
    found: list[str] = []
    within = continued = False
    for line in stderr.splitlines():
        if line.startswith("Traceback (most recent call last)"):
            within = True
        elif line.startswith(_CONTINUED):
            continued = True
        elif within and line and not line.startswith(" "):
            if continued and found:
                found.pop()
            found.append(line)
            within = continued = False
    return tuple(dict.fromkeys(found))


def _from_json(document: dict[str, Any], errors: tuple[str, ...]) -> Seen:
    values: dict[str, Any] = {
        **document,
        "errors": errors,
        "span_processors": tuple(Exporting(**one) for one in document["span_processors"]),
        "metric_readers": tuple(Exporting(**one) for one in document["metric_readers"]),
        "settings": {name: (value, source) for name, (value, source) in document["settings"].items()},
        "complaints": tuple(document["complaints"]),
        "instrumentations": tuple(Loaded(**one) for one in document["instrumentations"]),
    }
    return Seen(**values)


def look() -> Seen:
    """What this process has."""
    from opentelemetry import metrics, trace

    from otel_genai_impact import _contain
    from otel_genai_impact._config import Settings, given
    from otel_genai_impact._plugin import GenAIImpactInstrumentor
    from otel_genai_impact.telemetry.processor import ImpactSpanProcessor
    from otel_genai_impact.telemetry.sampling import CountUnsampledSampler

    provider = trace.get_tracer_provider()
    processors = _parts(provider, "_active_span_processor", "_span_processors")
    sampler: Any = getattr(provider, "sampler", None)
    around = sampler if isinstance(sampler, CountUnsampledSampler) else None
    sampler = sampler if around is None else around.sampler
    Settings.load()  # for what it complains of, where the start did not come to it
    settings = given(GenAIImpactInstrumentor._keywords, os.environ)  # noqa: SLF001 -- what the file said
    return Seen(
        provider="sdk" if hasattr(provider, "add_span_processor") else "none" if _is_none(provider) else "other",
        provider_name=_name(provider),
        sampler=None if sampler is None else str(sampler.get_description()),
        counts_unsampled=around is not None and around.active,
        span_processors=tuple(_exporting(processor) for processor in processors),
        metric_readers=tuple(_exporting(reader) for reader in _parts(metrics.get_meter_provider(), "_metric_readers")),
        ours=any(isinstance(processor, ImpactSpanProcessor) and processor.active for processor in processors),
        settings={name: (_shown(value), source) for name, (value, source) in settings.items()},
        complaints=tuple(_contain.logged()),
        instrumentations=tuple(_loaded()),
    )


def _is_none(provider: object) -> bool:
    return type(provider).__name__ in {"ProxyTracerProvider", "NoOpTracerProvider"}


def _name(thing: object) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def _shown(value: object) -> str:
    if isinstance(value, (tuple, frozenset)):
        return ",".join(sorted(map(str, value))) or "none"  # pyright: ignore[reportUnknownArgumentType]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parts(whole: object, *path: str) -> tuple[object, ...]:
    """What the SDK keeps there; nothing where it keeps it elsewhere, as other vendors' classes may."""
    found: Any = whole
    for name in path:
        found = getattr(found, name, None)
    return tuple(cast("Iterable[object]", found)) if isinstance(found, (tuple, list)) else ()


def _exporting(thing: object) -> Exporting:
    exporter: Any = getattr(thing, "span_exporter", None) or getattr(thing, "_exporter", None)
    if exporter is None:
        return Exporting(name=_name(thing))
    return Exporting(name=_name(thing), exporter=_name(exporter), endpoint=_place(getattr(exporter, "_endpoint", None)))


def _place(endpoint: object) -> str | None:
    """Scheme, host and port of an endpoint."""
    if not isinstance(endpoint, str) or not endpoint:
        return None
    try:
        parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{port}" if parts.scheme else f"{host}{port}"


def _loaded() -> Iterable[Loaded]:
    """Every instrumentation, whether it instruments. An instrumentor is a singleton, which its class keeps."""
    from opentelemetry.instrumentation.dependencies import get_dependency_conflicts

    for found in entry_points(group=INSTRUMENTORS):
        kind: Any = getattr(sys.modules.get(found.module), found.attr, None)
        instance: Any = None if kind is None else kind.__dict__.get("_instance")
        requires: tuple[str, ...] = ()
        with suppress(Exception):  # somebody else's code
            requires = tuple(str(requirement) for requirement in instance.instrumentation_dependencies())
        conflict = get_dependency_conflicts(requires)
        yield Loaded(
            name=found.name,
            value=found.value,
            active=bool(getattr(instance, "is_instrumented_by_opentelemetry", False)),
            requires=requires,
            conflict=None if conflict is None or conflict.found is None else f"{conflict.required}",
        )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(look())), encoding="utf-8")
    # No exit handlers: they would export.
    os._exit(0)

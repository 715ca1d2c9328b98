"""What is fuzzed: each target takes any bytes, and raises where a promise does not hold.

Inputs are lines of text, so that a person can read the corpus, and so that nearly every change to one is still an input.
"""

from __future__ import annotations

import json
import math
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zlib import crc32

from otel_genai_impact._config import Settings
from otel_genai_impact.cli.report.command import read_files
from otel_genai_impact.impacts.electricity import REFERENCE_ELECTRICITY
from otel_genai_impact.inventory.catalog import Catalog, ZoneError
from otel_genai_impact.inventory.fields import InventoryError
from otel_genai_impact.inventory.hosts import server_at
from otel_genai_impact.telemetry.ledger import LEDGER, REQUESTS
from otel_genai_impact.telemetry.request import MOST_TOKENS, Request, read
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CORPUS: Final = Path(__file__).parent / "corpus"
_OURS: Final = "genai_impact."
_HINT_OF_ONE_IN: Final = 16


class SpanInput(NamedTuple):
    """A span as an input says it: its name, its instrumentation, then a line for each attribute."""

    name: str
    scope: str
    attributes: dict[str, Any]


def span_input(content: bytes) -> SpanInput:
    """The span that an input is: `key=value`, where a value is JSON if it can be, and else a text."""
    name, scope, *lines = [*content.decode("utf-8", "replace").split("\n"), "", ""]
    attributes = {key: _value(said) for key, is_said, said in (line.partition("=") for line in lines) if is_said}
    return SpanInput(name, scope, attributes)


def _value(said: str) -> Any:
    try:
        value: Any = json.loads(said)
    except (ValueError, RecursionError):
        return said
    return said if isinstance(value, dict) else value


def spans(content: bytes) -> None:
    """A span with any attributes is read and exported: the user's attributes as they were, ours finite, one request at most."""
    name, scope, attributes = span_input(content)
    request = read(name, attributes)
    assert request is None or is_well_formed(request), request
    telemetry, before = _application(), _counted()
    span = telemetry.start(attributes, name=name, scope=scope)
    users = {key: value for key, value in (span.attributes or {}).items() if not key.startswith(_OURS)}
    exported = telemetry.end(span)
    telemetry.exporter.clear()
    assert users == {key: value for key, value in exported.items() if not key.startswith(_OURS)} or _has_nan(users)
    _assert_finite({key: value for key, value in exported.items() if key not in attributes})
    assert _counted() - before in {0, 1}


def is_well_formed(request: Request) -> bool:
    """Whether its texts say something, and its counts are counts, or negative where they are none."""
    texts = (request.operation, request.provider, request.response_model, request.request_model, request.response_id)
    counts = (request.input_tokens, request.output_tokens, request.cached_tokens, request.reasoning_tokens)
    return all(text is None or (isinstance(text, str) and text != "") for text in texts) and all(
        count is None or (type(count) is int and count <= MOST_TOKENS) for count in counts
    )


@cache
def _application() -> Telemetry:
    return Telemetry()


def _counted() -> float:
    """How many requests this process has counted: without a collection, which takes long once there are many series."""
    return sum(row.sums[REQUESTS] for row in LEDGER.totals())


def _has_nan(attributes: Mapping[str, Any]) -> bool:
    """A value that is not equal to itself cannot be compared."""
    return "nan" in repr(attributes)


def _assert_finite(attributes: Mapping[str, Any]) -> None:
    for key, value in attributes.items():
        assert not isinstance(value, float) or (math.isfinite(value) and value >= 0), (key, value)


def names(content: bytes) -> None:
    """Any provider, model, host and zone are looked up: a model of the inventory or none, a zone or a ZoneError."""
    provider, model, host, zone = (content.decode("utf-8", "replace").split("\n") + [""] * 4)[:4]
    catalog = _catalog()
    found, served = catalog.identify(provider, model), catalog.serve(provider, model)
    assert served is None or (found is not None and found.entry is not None)
    if crc32(content) % _HINT_OF_ONE_IN == 0:  # it takes ten times as long as all the rest
        hint = catalog.nearest(provider, model)
        assert hint == "" or hint.startswith("; did you mean '")
    server = server_at(provider, host)
    assert server is None or server.provider is None or server.provider.strip()
    with suppress(ZoneError):
        assert catalog.zone(zone).code
    read(f"chat {model}", {"gen_ai.provider.name": provider, "gen_ai.request.model": model, "server.address": host})


@cache
def _catalog() -> Catalog:
    return Catalog()


def config(content: bytes) -> None:
    """Any file is the user's own data or one error that names the file; and an application starts with it either way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.toml"
        path.write_bytes(content)
        complaint = path.name
        try:
            Catalog.with_file(None, str(path), electricity=REFERENCE_ELECTRICITY)
        except InventoryError as error:
            complaint = str(error)
        assert path.name in complaint
        served = Catalog.of_setting(None, str(path)).serve("anthropic", "claude-sonnet-4-5")
    assert served is not None


def traces(content: bytes) -> None:
    """A file of any bytes is read: each request is counted once, with sums that are finite and inside their interval."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        path.write_bytes(content)
        result = read_files([str(path)], Settings(), ("model", "tenant"))
    total = result.summary.total
    assert total.estimated + result.summary.reasons.counts.total() == total.requests <= result.reading.spans
    for quantity in total.totals:
        assert 0 <= quantity.estimate < math.inf
        assert not quantity.has_interval or quantity.low <= quantity.estimate <= quantity.high


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "spans": spans, "names": names, "config": config, "traces": traces,
}  # fmt: skip


def inputs(target: str) -> dict[str, bytes]:
    """The corpus of a target, by name."""
    return {path.name: path.read_bytes() for path in sorted((CORPUS / target).iterdir())}

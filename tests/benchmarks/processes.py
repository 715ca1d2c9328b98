"""What only a fresh interpreter can tell: the time that importing us takes, and the memory that we need."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, TypedDict

from tests.benchmarks.interleaving import Spread
from tests.benchmarks.rows import Row, Target

IMPORT_MS: Final = Target(limit=15)
MEMORY_MIB: Final = Target(limit=8)

_PROBES: Final = Path(__file__).parent / "probes"
_KIB_PER_MIB: Final = 1024


GROWTH_MIB: Final = Target(limit=2)


class ImportProbe(TypedDict):
    """What `probes/importing.py` prints."""

    import_ms: float
    first_processor_ms: float | None
    heavy_modules: list[str]


class MemoryProbe(TypedDict):
    """What `probes/memory.py` prints. None where the system does not tell."""

    peak_kib: int | None


class GrowthProbe(TypedDict):
    """What `probes/growth.py` prints. None where the system does not tell."""

    before_kib: int | None
    after_kib: int | None
    took_s: float


def measure_import(*, interpreters: int = 9) -> list[Row]:
    """The import of what the entry point imports, after OpenTelemetry's; the reference's beside it."""
    ours: list[ImportProbe] = []
    reference: list[ImportProbe] = []
    with _bytecode() as bytecode:
        for what in ("ours", "reference"):
            _import_probe(what, bytecode)
        for _ in range(interpreters):
            for what in random.sample(("ours", "reference"), 2):
                (ours if what == "ours" else reference).append(_import_probe(what, bytecode))
    heavy = sorted({module for probe in ours for module in probe["heavy_modules"]})
    return [
        Row(
            name="import, after OpenTelemetry; no pydantic, no HTTP client",
            unit="ms",
            spread=Spread.of([probe["import_ms"] for probe in ours]),
            target=IMPORT_MS,
            objections=tuple(f"imports {module}" for module in heavy),
            absolute={
                "ecologits' import, ms": median(probe["import_ms"] for probe in reference),
                "our first processor, inventory included, ms": median(
                    probe["first_processor_ms"] or 0.0 for probe in ours
                ),
            },
        )
    ]


def measure_memory(*, interpreters: int = 5, requests: int = 10_000) -> list[Row]:
    """The peak of the resident memory of an application with us, less that of the same application without."""
    added_mib: list[float] = []
    without_mib: list[float] = []
    with _bytecode() as bytecode:
        _memory_probe("with", 1, bytecode)
        for _ in range(interpreters):
            peaks = {us: _memory_probe(us, requests, bytecode) for us in random.sample(("with", "without"), 2)}
            most, least = peaks["with"], peaks["without"]
            if most is None or least is None:
                return []
            added_mib.append((most - least) / _KIB_PER_MIB)
            without_mib.append(least / _KIB_PER_MIB)
    return [
        Row(
            name=f"memory for us, first {requests:,} requests over 20 models",
            unit="MiB",
            spread=Spread.of(added_mib),
            target=MEMORY_MIB,
            absolute={"the same application without us, MiB": median(without_mib)},
        )
    ]


def measure_growth(*, spans: int = 1_000_000, before: int = 100_000) -> list[Row]:
    """How much the resident memory of an application with us grows, once all that is remembered of requests is full."""
    with _bytecode() as bytecode:
        probe: GrowthProbe = json.loads(_fresh_interpreter(bytecode, "growth.py", str(before), str(spans)))
    first, last = probe["before_kib"], probe["after_kib"]
    if first is None or last is None:
        return []
    grown_mib = (last - first) / _KIB_PER_MIB
    return [
        Row(
            name=f"memory growth from {before:,} to {spans:,} spans",
            unit="MiB",
            spread=Spread(median=grown_mib, lower_quartile=grown_mib, upper_quartile=grown_mib),
            target=GROWTH_MIB,
            absolute={"after the first, MiB": first / _KIB_PER_MIB, "it took, s": probe["took_s"]},
        )
    ]


def _bytecode() -> TemporaryDirectory[str]:
    """A folder for compiled modules: the first interpreter that has it compiles, which users do once, not every time."""
    return TemporaryDirectory(prefix="bytecode-")


def _import_probe(what: str, bytecode: str) -> ImportProbe:
    printed: ImportProbe = json.loads(_fresh_interpreter(bytecode, "importing.py", what))
    return printed


def _memory_probe(us: str, requests: int, bytecode: str) -> int | None:
    printed: MemoryProbe = json.loads(_fresh_interpreter(bytecode, "memory.py", us, str(requests)))
    return printed["peak_kib"]


def _fresh_interpreter(bytecode: str, probe: str, *arguments: str) -> str:
    """What a probe prints, with none of the caller's settings."""
    settings = ("OTEL_", "GENAI_IMPACT_", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    command = [sys.executable, "-X", f"pycache_prefix={bytecode}", str(_PROBES / probe), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, timeout=600).stdout

"""Contenders beside each other: each alone in a process that waits for its turn, so that blocks of all are interleaved."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.interleaving import Spread
from tests.benchmarks.peers.figures import Figure, added_us, beside, of_one_chunk

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

BARE: Final = "bare SDK"
CONTROL: Final = "bare SDK, again"
OPENTELEMETRY: Final = "OpenTelemetry alone"
US: Final = "otel-genai-impact"
NAMES: Final = (BARE, CONTROL, OPENTELEMETRY, US, "EcoLogits", "OpenLIT", "genai-prices")

_WORKER: Final = Path(__file__).parent / "worker.py"
_WORDS: Final = (20, 200)
_KIB_PER_MIB: Final = 1024


class Worker:
    """A contender in a process of its own, which is ready and waits."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.started: dict[str, Any] = self._answer()

    def ask(self, order: str) -> Any:
        """What `worker.py` says to an order.

        Raises:
            RuntimeError: it stopped; what it said of the reason stands on standard error.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} stopped")
        return json.loads(line)


@contextmanager
def worker(name: str) -> Generator[Worker]:
    """A contender with none of the caller's settings."""
    settings = ("OTEL_", "GENAI_IMPACT_", "OPENLIT_", "OPENAI_", "PYTHON")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(settings)}
    command = [sys.executable, str(_WORKER), BARE if name == CONTROL else name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:
        try:
            yield Worker(process)
        finally:
            process.kill()


def measure_calls(
    names: Sequence[str] = NAMES, *, teams: int = 2, rounds: int = 10, calls: int = 20, streams: int = 1
) -> tuple[list[Figure], dict[str, Any]]:
    """Calls and streams of each contender over the bare SDK's; and what each made of a call, before and after."""
    call, short, long = ({name: list[float]() for name in names} for _ in range(3))
    proofs: dict[str, Any] = {}
    for _ in range(teams):
        with ExitStack() as stack:
            team = {name: stack.enter_context(worker(name)) for name in names}
            for member in team.values():
                member.ask("prove")
                member.ask(f"call {calls}")
            for _ in range(rounds):
                for name in random.sample(names, len(names)):
                    call[name].append(team[name].ask(f"call {calls}"))
                    short[name].append(team[name].ask(f"stream {4 * streams} {_WORDS[0]}"))
                    long[name].append(team[name].ask(f"stream {streams} {_WORDS[1]}"))
            proofs = {name: member.ask("prove") for name, member in team.items()}
    chunk = {name: of_one_chunk(long[name], short[name], _WORDS[1] - _WORDS[0]) for name in names}
    figures = [
        *beside("call", call, base=BARE),
        *beside("stream", long, base=BARE),
        *beside("chunk", chunk, base=BARE),
    ]
    if {US, OPENTELEMETRY} <= set(names):
        figures += [
            Figure(
                table=f"{table} beyond OpenTelemetry",
                contender=US,
                unit="us",
                spread=added_us(ns[US], ns[OPENTELEMETRY]),
            )
            for table, ns in (("call", call), ("stream", long), ("chunk", chunk))
        ]
    base_us = {table: median(ns[BARE]) / 1e3 for table, ns in (("call", call), ("stream", long), ("chunk", chunk))}
    return figures, {"proofs": proofs, "bare SDK, us": base_us}


def measure_starts(
    names: Sequence[str] = NAMES, *, interpreters: int = 3, calls: int = 200
) -> tuple[list[Figure], dict[str, str]]:
    """Import and set-up in fresh interpreters, one after the other; and the peak of memory after calls, less the bare SDK's."""
    import_ms, set_up_ms, peaks = ({name: list[float]() for name in names} for _ in range(3))
    versions: dict[str, str] = {}
    for name in names:
        _started(name, calls=1)  # the first one compiles the bytecode
    for _ in range(interpreters):
        for name in random.sample(names, len(names)):
            started, peak_mib = _started(name, calls=calls)
            import_ms[name].append(started["import_ms"])
            set_up_ms[name].append(started["set_up_ms"])
            peaks[name].append(peak_mib)
            versions |= started["versions"]
    figures: list[Figure] = []
    for name in names:
        if name == BARE:
            continue
        added_mib = [peak - bare for peak, bare in zip(peaks[name], peaks[BARE], strict=True)]
        measured = (("import", "ms", import_ms[name]), ("set-up", "ms", set_up_ms[name]), ("memory", "MiB", added_mib))
        figures += [
            Figure(table=table, contender=name, unit=unit, spread=Spread.of(values)) for table, unit, values in measured
        ]
    return figures, versions


def _started(name: str, *, calls: int) -> tuple[dict[str, Any], float]:
    with worker(name) as one:
        one.ask("prove")
        one.ask(f"call {calls}")
        return one.started, (one.ask("peak") or 0) / _KIB_PER_MIB

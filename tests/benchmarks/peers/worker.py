"""One contender, alone in a process: `worker.py NAME`. It does what a line of its input says, and prints what that took.

It is set up when it starts, and waits between blocks: so the blocks of contenders that cannot live in one process are
interleaved all the same. Times are the processor's, all threads together: nothing here waits for anything but a core.

    call N          N calls, each answered at once: nanoseconds of one
    stream N WORDS  N streams of so many words: nanoseconds of one
    prove           a call and a stream: what the contender made of each, for people and machines
    peak            the most resident memory so far, KiB; null where there is no /proc
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from time import process_time_ns
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.benchmarks.peers.contenders import Running

# What an instrumented application that uses this SDK has imported before any contender.
_BEFORE: Final = (
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.metrics",
    "opentelemetry.instrumentation.instrumentor",
    "wrapt",
    "openai",
    "openai.resources.chat",
    "tests.benchmarks.peers.contenders",
)
_NS_PER_MS: Final = 1e6
_STATUS: Final = Path("/proc/self/status")


class Worker:
    """A contender that is set up, and an SDK's client."""

    def __init__(self, running: Running) -> None:
        from tests.benchmarks.peers import wire

        self._running = running
        self._wire = wire
        self._client = wire.client()

    def obey(self, line: str) -> Any:
        """What a line asks for."""
        word, *numbers = line.split()
        counts = [int(number) for number in numbers]
        orders: dict[str, Callable[..., Any]] = {
            "call": self.call_ns,
            "stream": self.stream_ns,
            "prove": self.prove,
            "peak": peak_kib,
        }
        return orders[word](*counts)

    def call_ns(self, calls: int) -> float:
        return self._taken_ns(lambda: self._wire.call(self._client), calls)

    def stream_ns(self, streams: int, words: int) -> float:
        return self._taken_ns(lambda: self._wire.stream(self._client, words), streams)

    def prove(self) -> dict[str, dict[str, float]]:
        proof = self._running.proof
        return {
            "call": proof(self._wire.call(self._client)),
            "stream": proof(self._wire.stream(self._client, 20)),
        }

    def _taken_ns(self, call: Callable[[], Any], times: int) -> float:
        after = self._running.after_call
        gc.collect()
        gc.disable()
        try:
            start = process_time_ns()
            for _ in range(times):
                answer = call()
                if after is not None:
                    after(answer)
            return (process_time_ns() - start) / times
        finally:
            gc.enable()


def peak_kib() -> int | None:
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def main(name: str, lines: Iterable[str]) -> None:
    _importing_ms(_BEFORE)
    from tests.benchmarks.peers.contenders import CONTENDERS

    contender = CONTENDERS[name]
    import_ms = _importing_ms(contender.modules)
    start = process_time_ns()
    running = contender.set_up()
    set_up_ms = (process_time_ns() - start) / _NS_PER_MS
    versions = {distribution: version(distribution) for distribution in contender.distributions}
    _print({"import_ms": import_ms, "set_up_ms": set_up_ms, "versions": versions})
    worker = Worker(running)
    # As a server has its requests: ours leaves some of its work for later in the main thread alone.
    with ThreadPoolExecutor(max_workers=1) as thread:
        for line in lines:
            _print(thread.submit(worker.obey, line).result())


def _importing_ms(modules: Iterable[str]) -> float:
    start = process_time_ns()
    for module in modules:
        importlib.import_module(module)
    return (process_time_ns() - start) / _NS_PER_MS


def _print(value: Any) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[3])
    main(sys.argv[1], sys.stdin)

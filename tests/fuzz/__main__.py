"""`python -m tests.fuzz SECONDS`: each target for so long, from the corpus on. Exits with 1 where a promise is broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from tests.fuzz.targets import CORPUS, TARGETS

FOUND: Final = Path(".cache/fuzz")
"""What is found is kept there, and gone on from the next time; git ignores it."""
WORDS: Final = Path(__file__).parent / "words.dict"
_LONGEST_INPUT: Final = 4096
_LONGEST_RUN_S: Final = 10
_STATUS: Final = re.compile(r"cov: (\d+).* corp: (\d+)")
_DONE: Final = re.compile(r"^Done (\d+) runs", re.MULTILINE)
_KEPT: Final = re.compile(r"Test unit written to (.+)")


class Fuzzed(NamedTuple):
    """What came of fuzzing a target.

    Attributes:
        edges: of our code, that the inputs reached.
        inputs: that are worth keeping, since each reaches something that no other does.
        broke: the file with the input that broke a promise.
    """

    runs: int
    edges: int
    inputs: int
    broke: str | None


def fuzzed(output: str, exit_code: int) -> Fuzzed:
    """What libFuzzer's output says; where it says nothing of a failed run, the run itself is what is broken."""
    statuses, done, kept = _STATUS.findall(output), _DONE.search(output), _KEPT.search(output)
    edges, inputs = statuses[-1] if statuses else (0, 0)
    broke = kept.group(1) if kept else None if exit_code == 0 and done else "the fuzzer itself: see above"
    return Fuzzed(int(done.group(1)) if done else 0, int(edges), int(inputs), broke)


def _fuzz(target: str, seconds: int) -> Fuzzed:
    kept = FOUND / target
    kept.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(
        [
            sys.executable, "-m", "tests.fuzz.guided", target,
            f"-max_total_time={seconds}", f"-max_len={_LONGEST_INPUT}", f"-timeout={_LONGEST_RUN_S}", f"-dict={WORDS}",
            f"-artifact_prefix={FOUND}/{target}-", str(kept), str(CORPUS / target),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False, env={**os.environ, "CI": "true"},
    )  # fmt: skip
    result = fuzzed(ran.stdout, ran.returncode)
    if result.broke is not None:
        print(ran.stdout[-6000:])
    return result


def main(arguments: list[str]) -> int:
    """Fuzz each target, one after the other."""
    seconds, broke = int(arguments[0]), list[str]()
    print(f"Python {sys.version.split()[0]}, atheris {version('atheris')}, {seconds} s each", flush=True)
    for target in TARGETS:
        result = _fuzz(target, seconds)
        print(
            f"  {target:7} {result.runs:>10,} runs, {result.edges:>6,} edges, {result.inputs:>5,} inputs: {result.broke or 'as promised'}",
            flush=True,
        )
        broke += [] if result.broke is None else [f"{target}: {result.broke}"]
    if broke:
        print("Mend what is broken, and keep each input in tests/fuzz/corpus/TARGET, under a name that says what it is")
    return 1 if broke else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

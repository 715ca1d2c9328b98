"""Write the figures of the last recorded runs into the pages about them.

    python -m tools.benchmark_pages --write
    python -m tools.benchmark_pages --check    # 1 if a page is not what this writes

What is between `<!-- NAME -->` and `<!-- /NAME -->` is written; the rest of a page is a person's.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

WHOLE_NUMBERS_FROM: Final = 100
ROOT: Final = Path(__file__).parents[1]

Run = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with figures, and where they come from.

    Attributes:
        path: of the page, from the repository's root.
        record: of the run.
        blocks: how each block is written.
    """

    path: str
    record: str
    blocks: Mapping[str, Callable[[Run], str]]


def written(page: Page, text: str, run: Run) -> str:
    """The page with its blocks written anew.

    Raises:
        LookupError: the page has no place for a block.
    """
    for name, block in page.blocks.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = text.partition(start)
        _, found_end, after = rest.partition(end)
        if not found or not found_end:
            raise LookupError(f"{page.path} has no place for {name!r}; add {start.strip()} and {end}")
        text = f"{before}{start}{block(run)}\n{end}{after}"
    return text


def peer_conditions(run: Run) -> str:
    """When, where and with which versions."""
    conditions = run["conditions"]
    versions = ", ".join(f"{name} {number}" for name, number in conditions["versions"].items())
    first, last = conditions["load"]
    return (
        f"Run on {conditions['date']} with Python {conditions['python']} on a shared virtual machine of {conditions['cpus']} cores, "
        f"whose load was {first} before and {last} after; it took {conditions['took_s'] / 60:.0f} minutes. {versions}."
    )


def call_table(run: Run) -> str:
    """A call that is answered at once."""
    return _beside(run, "call", "a call takes, times the bare SDK's")


def stream_table(run: Run) -> str:
    """A stream that is read to its end."""
    return _beside(run, "stream", "a stream of 200 words takes, times the bare SDK's")


def chunk_table(run: Run) -> str:
    """What a stream costs by its length."""
    return _beside(run, "chunk", "one more chunk takes, times the bare SDK's")


def estimate_table(run: Run) -> str:
    """Microseconds, and how many times the hot path's."""
    us, times = _by_contender(run, "estimate", "us"), _by_contender(run, "estimate", "x")
    rows = [(name, _spread(us[name]), _spread(times[name])) for name in us]
    return _table(("function", "one request, µs (quartiles)", "times ours (quartiles)"), rows)


def start_table(run: Run) -> str:
    """What an interpreter has to do first, and the memory after some hundred calls."""
    imports, set_ups, memory = (
        _by_contender(run, table, unit) for table, unit in (("import", "ms"), ("set-up", "ms"), ("memory", "MiB"))
    )
    rows = [(name, *(_spread(figures[name]) for figures in (imports, set_ups, memory))) for name in imports]
    return _table(("contender", "import, ms", "set-up, ms", "memory beyond the bare SDK's, MiB"), rows)


def beyond_opentelemetry(run: Run) -> str:
    """What is ours alone."""
    rows = [
        (what, _spread(_by_contender(run, f"{what} beyond OpenTelemetry", "us")["otel-genai-impact"]))
        for what in ("call", "stream", "chunk")
    ]
    return _table(("what", "ours beyond OpenTelemetry alone, µs (quartiles)"), rows)


def proof_table(run: Run) -> str:
    """What each contender made of the last call and the last stream of the run."""
    rows = [
        (
            name,
            *(", ".join(f"{what} {value:.4g}" for what, value in proof[kind].items()) for kind in ("call", "stream")),
        )
        for name, proof in run["proofs"].items()
    ]
    return _table(("contender", "made of a call", "made of a stream of 20 words"), rows)


def instruction_table(run: Run) -> str:
    """Instructions, and what they are over the bare span of the same kind."""
    counts: dict[str, int] = run["instructions_per_span"]
    bare = {name: counts[name.partition(", ")[0] + ", bare"] for name in counts}
    rows = [(name, f"{count:,}", f"{count / bare[name]:.3f}") for name, count in counts.items()]
    return _table(("span", "instructions", "times the bare one"), rows)


def instruction_conditions(run: Run) -> str:
    """When, and with which versions."""
    conditions = run["conditions"]
    return (
        f"Counted on {conditions['date']}: Python {conditions['python']} on {conditions['machine']}, "
        f"opentelemetry-sdk {conditions['opentelemetry-sdk']}, {conditions['spans']} spans of each."
    )


PEERS: Final = Page(
    path="docs/benchmark-peers.md",
    record="tests/benchmarks/peers/last_run.json",
    blocks={
        "conditions": peer_conditions,
        "call": call_table,
        "stream": stream_table,
        "chunk": chunk_table,
        "beyond": beyond_opentelemetry,
        "estimate": estimate_table,
        "start": start_table,
        "proofs": proof_table,
    },
)
INSTRUCTIONS: Final = Page(
    path="docs/benchmarks.md",
    record="tests/benchmarks/last_instructions.json",
    blocks={"instruction conditions": instruction_conditions, "instructions": instruction_table},
)
PAGES: Final = (PEERS, INSTRUCTIONS)


def as_text(run: Run) -> str:
    """The tables of a run of contenders, for a terminal."""
    return "\n\n".join(block(run) for block in PEERS.blocks.values())


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or say which ones are not what would be written."""
    if list(arguments) not in (["--write"], ["--check"]):
        print(__doc__)
        return 2
    stale: list[str] = []
    for page in PAGES:
        path = ROOT / page.path
        text = path.read_text(encoding="utf-8")
        new = written(page, text, json.loads((ROOT / page.record).read_text(encoding="utf-8")))
        if new != text:
            stale.append(page.path)
            if arguments[0] == "--write":
                path.write_text(new, encoding="utf-8")
    if stale:
        print(f"{'written' if arguments[0] == '--write' else 'not what was measured'}: {', '.join(stale)}")
    return int(bool(stale) and arguments[0] == "--check")


def _beside(run: Run, table: str, what: str) -> str:
    times, added = _by_contender(run, table, "x"), _by_contender(run, table, "us")
    rows = [(name, _spread(times[name]), _spread(added[name])) for name in times]
    return _table(("contender", f"{what} (quartiles)", "added, µs (quartiles)"), rows)


def _by_contender(run: Run, table: str, unit: str) -> dict[str, Mapping[str, float]]:
    figures = run["figures"]
    return {each["contender"]: each["spread"] for each in figures if each["table"] == table and each["unit"] == unit}


def _spread(spread: Mapping[str, float]) -> str:
    median, lower, upper = (_number(spread[name]) for name in ("median", "lower_quartile", "upper_quartile"))
    return f"{median} ({lower} to {upper})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= WHOLE_NUMBERS_FROM else f"{value:.3g}"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

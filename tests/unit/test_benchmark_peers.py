"""The benchmark beside others: its statistics, its refusal of contenders that do nothing, and the pages of its last run."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from tests.benchmarks import instructions
from tests.benchmarks.interleaving import Spread
from tests.benchmarks.peers import contenders, teams
from tests.benchmarks.peers.figures import Figure, added_us, beside, of_one_chunk
from tools import benchmark_pages
from tools.benchmark_pages import PAGES, PEERS, Page

ROOT = Path(__file__).parents[2]


def test_contenders_are_compared_round_by_round() -> None:
    """A machine that is ten times slower in one round changes no ratio: 2, 2 and 2, not the ratio of two medians."""
    taken_ns = {"base": [1000.0, 10_000.0, 1000.0], "twice": [2000.0, 20_000.0, 2000.0]}
    always = Spread(median=2, lower_quartile=2, upper_quartile=2)
    # Added: 1, 10 and 1 us.
    added = Spread(median=1, lower_quartile=1, upper_quartile=5.5)
    expected = [
        Figure(table="call", contender="twice", unit="x", spread=always),
        Figure(table="call", contender="twice", unit="us", spread=added),
    ]
    assert expected == beside("call", taken_ns, base="base")


def test_what_is_added_may_be_less_than_nothing() -> None:
    """Noise is shown as it is: a contender that was faster in each round adds a negative time."""
    assert Spread(median=-1, lower_quartile=-1, upper_quartile=-1) == added_us([1000, 2000], [2000, 3000])


def test_a_chunk_is_what_a_longer_stream_takes_more() -> None:
    """What a stream takes once, 500 and 700 here, is in both lengths and in no chunk."""
    long_ns, short_ns = [500 + 200 * 10.0, 700 + 200 * 12.0], [500 + 20 * 10.0, 700 + 20 * 12.0]
    assert [10.0, 12.0] == of_one_chunk(long_ns, short_ns, 180)


def test_a_span_without_what_it_is_for_is_no_proof() -> None:
    """A contender that made no span, or one without a figure, or with zero, is refused; a span proves one call only."""
    last, provider = contenders.LastSpan(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(last)
    tracer = provider.get_tracer("test")
    with pytest.raises(LookupError, match="did not do what it is compared for"):
        last.proof("energy")
    for attributes in ({}, {"energy": 0}):
        tracer.start_span("chat", attributes=attributes).end()
        with pytest.raises(LookupError, match="no energy"):
            last.proof("energy")
    tracer.start_span("chat", attributes={"energy": 2.5}).end()
    assert {"energy": 2.5} == last.proof("energy")
    with pytest.raises(LookupError, match="no energy"):
        last.proof("energy")


@pytest.mark.parametrize("answer", [SimpleNamespace(), SimpleNamespace(impacts=None)])
def test_an_answer_without_impacts_has_no_energy(answer: Any) -> None:
    """What EcoLogits would leave on an answer that it did not see, or does not know."""
    assert contenders.energy_kwh(answer) is None


def test_contenders_take_turns_and_show_what_they_did() -> None:
    """The bare SDK and ours, each in a process of its own: figures of calls, streams and chunks, and an energy of each."""
    names = (teams.BARE, teams.US)
    figures, details = teams.measure_calls(names, teams=1, rounds=2, calls=2, streams=1)
    tables = [(figure.table, figure.contender, figure.unit) for figure in figures]
    assert [(table, teams.US, unit) for table in ("call", "stream", "chunk") for unit in ("x", "us")] == tables
    energies = [details["proofs"][teams.US][kind]["genai_impact.energy"] for kind in ("call", "stream")]
    assert [True, True] == [energy > 0 for energy in energies]


def test_starts_are_measured_in_fresh_interpreters() -> None:
    """What an import and a set-up take of ours is more than nothing; its version is told."""
    figures, versions = teams.measure_starts((teams.BARE, teams.US), interpreters=2, calls=2)
    assert ["import", "set-up", "memory"] == [figure.table for figure in figures]
    assert [True, True] == [figure.spread.median > 0 for figure in figures if figure.unit == "ms"]
    assert {"openai", "otel-genai-impact"} == versions.keys()


def test_a_contender_that_stops_is_an_error() -> None:
    """A worker that ends before it answers is told, and not waited for."""
    with pytest.raises(RuntimeError, match="stopped"), teams.worker("nobody"):
        pass


def test_instructions_are_those_between_the_marks(tmp_path: Path) -> None:
    """Of a fork's dumps the second counts, divided by the spans: 20480 / 512 = 40; names come in the order of the forks."""
    for process, name, total in ((90, "bare", 20_480), (101, "with us", 30_720)):
        (tmp_path / f"{process}.name").write_text(name, encoding="utf-8")
        (tmp_path / f"{process}.1").write_text("totals: 99999\n", encoding="utf-8")
        (tmp_path / f"{process}.2").write_text(f"events: Ir\nsummary: 1\ntotals: {total}\n", encoding="utf-8")
    assert [("bare", 40), ("with us", 60)] == list(instructions.counted(tmp_path, 512).items())


def test_a_dump_that_counts_nothing_is_an_error(tmp_path: Path) -> None:
    """A dump without totals is not taken for zero instructions."""
    (tmp_path / "90.name").write_text("bare", encoding="utf-8")
    (tmp_path / "90.2").write_text("events: Ir\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"90\.2 has no totals"):
        instructions.counted(tmp_path, 512)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_pages_have_the_figures_of_the_last_run(page: Page) -> None:
    """The tables are what the recorded run says; after a new one: `python -m tools.benchmark_pages --write`."""
    text = (ROOT / page.path).read_text(encoding="utf-8")
    run = json.loads((ROOT / page.record).read_text(encoding="utf-8"))
    assert benchmark_pages.written(page, text, run) == text


def test_a_page_without_a_place_for_a_table_is_an_error() -> None:
    """A block that somebody deleted is not left out in silence."""
    page = Page(path="page.md", record="run.json", blocks={"call": lambda run: "table"})
    assert "a\n<!-- call -->\ntable\n<!-- /call -->\nb" == benchmark_pages.written(
        page, "a\n<!-- call -->\nold\n<!-- /call -->\nb", {}
    )
    with pytest.raises(LookupError, match="has no place for 'call'"):
        benchmark_pages.written(page, "a\n<!-- call -->\nb", {})


def test_the_recorded_run_has_every_contender() -> None:
    """Each contender but the bare SDK stands in each table, did its job, and has its pinned version."""
    run = json.loads((ROOT / PEERS.record).read_text(encoding="utf-8"))
    others = [name for name in teams.NAMES if name != teams.BARE]
    for table in ("call", "stream", "chunk", "import", "set-up", "memory"):
        found = {figure["contender"] for figure in run["figures"] if figure["table"] == table}
        assert set(others) == found, table
    assert set(teams.NAMES) == run["proofs"].keys()
    pins = dict(line.split("==") for line in (ROOT / "constraints/peers.txt").read_text(encoding="utf-8").split())
    versions = {name: number for name, number in run["conditions"]["versions"].items() if name != "otel-genai-impact"}
    assert versions == {name: pins[name] for name in versions}

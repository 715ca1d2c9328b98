"""Sizes that nobody says follow from a declared rule and from inputs that the data keeps, so that a reader can do it again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.inventory.basis import Basis, read_basis
from otel_genai_impact.inventory.fields import InventoryError, Table
from tools.peers import FEWEST_PEERS
from tools.size_ranges import (
    Peer,
    Size,
    differing,
    known_models,
    main,
    peers_near,
    read_peers,
    size_among,
    size_by_basis,
)

if TYPE_CHECKING:
    from pathlib import Path

    from otel_genai_impact.inventory.models_loader import ModelRecord

KNOWN = known_models()
PEERS = read_peers(KNOWN)


def _peer(price: float, low: float, high: float) -> Peer:
    size = Size(total_b=Interval(low, high), active_b=Interval(low / 10, high / 10))
    return Peer(id=f"acme/{price}", output_usd_per_million_tokens=price, size=size)


def _basis(text: dict[str, object]) -> Basis | None:
    return read_basis(Table("acme.toml", "models.big", {"basis": text}))


def test_each_range_is_what_its_rule_gives() -> None:
    """Whoever changes a price, a peer or a range by hand hears of it."""
    assert [] == differing()
    assert main([]) == 0


def test_a_size_that_nobody_says_has_a_basis() -> None:
    """Undisclosed, unknown to the reference, and still a number: then it says what it was made from, and when."""
    made = {record.entry.id: record for record in KNOWN.values() if record.evidence == "C"}
    assert 60 < len(made)
    assert [] == [model_id for model_id, record in made.items() if record.basis is None]
    assert [] == [model_id for model_id, record in made.items() if record.provenance.checked is None]


def test_a_peer_has_a_size_that_somebody_published_or_estimated_and_that_was_checked() -> None:
    """A range of ours is never made from another range of ours."""

    def is_good(record: ModelRecord) -> bool:
        return record.basis is None and record.evidence in {"A", "B"} and record.provenance.checked is not None

    assert [] == [peer.id for peer in PEERS if not is_good(KNOWN[peer.id])]
    assert len(PEERS) == len({peer.id for peer in PEERS})


def test_peers_have_half_to_twice_the_price_or_further_apart_if_they_are_few() -> None:
    """At 10 dollars: eight from 5 to 20; without one of them, all from 2.5 to 40."""
    peers = [_peer(price, 1, 2) for price in (2.5, 5, 6, 7, 8, 10, 12, 14, 20, 40, 41)]
    assert [5, 6, 7, 8, 10, 12, 14, 20] == [p.output_usd_per_million_tokens for p in peers_near(10, peers)]
    fewer = [peer for peer in peers if peer.output_usd_per_million_tokens != 7]
    assert [2.5, 5, 6, 8, 10, 12, 14, 20, 40] == [p.output_usd_per_million_tokens for p in peers_near(10, fewer)]
    assert fewer[:3] == peers_near(1000, fewer[:3])


def test_the_outermost_eighth_is_left_out_at_each_end() -> None:
    """Of eight one at each end; of seven none."""
    peers = [_peer(1, low, low + 100) for low in (1, 20, 30, 40, 50, 60, 70, 800)]
    assert Size(total_b=Interval(20, 170), active_b=Interval(2, 17)) == size_among(peers)
    assert Interval(1, 170) == size_among(peers[:-1]).total_b


def test_the_rule_finds_the_size_of_five_peers_in_six() -> None:
    """Each peer, made from all others: the middle of its own size lies within. The page for people has the figures."""
    total = active = 0
    for peer in PEERS:
        others = [other for other in PEERS if other is not peer]
        size = size_among(peers_near(peer.output_usd_per_million_tokens, others))
        total += _middle(peer.size.total_b) in size.total_b
        active += _middle(peer.size.active_b) in size.active_b
    print(f"{len(PEERS)} peers; within: total {total / len(PEERS):.0%}, active {active / len(PEERS):.0%}")
    assert len(PEERS) > 10 * FEWEST_PEERS - 10
    assert total / len(PEERS) > 0.75
    assert active / len(PEERS) > 5 / 6


def _middle(size: Interval) -> float:
    return math.sqrt(size.low * size.high)


@pytest.mark.parametrize(
    ("model_id", "text"),
    [
        ("xai/grok-3-fast", "as xai/grok-3"),
        ("xai/grok-4.7", "models at about 6 USD for 1e6 output tokens"),
        ("alibaba/qwen3-max", "models at about 6 USD for 1e6 output tokens, and at least 1000e9 in all"),
        ("google/gemini-4-carbon", "other models of google"),
    ],
)
def test_a_basis_reads_as_what_it_is(model_id: str, text: str) -> None:
    """One of each rule."""
    assert text == str(KNOWN[model_id].basis)


def test_a_floor_is_the_low_end_and_half_of_the_least_high_end() -> None:
    """Qwen3 Max: more than 1e12 in all, says its maker; 900e9 is what the price alone would end at."""
    model = KNOWN["alibaba/qwen3-max"].entry.model
    assert Interval(1000, 2000) == model.total_parameters_b
    assert model.active_parameters_b == KNOWN["alibaba/qwen3.8-max"].entry.model.active_parameters_b


@pytest.mark.parametrize(
    ("basis", "complaint"),
    [
        ({}, "expected one of output_usd_per_million_tokens, same_as, peers_of"),
        ({"same_as": "a/b", "peers_of": "a"}, "expected one of"),
        ({"same_as": "a/b", "total_at_least_b": 1}, "expected only beside output_usd_per_million_tokens"),
        ({"output_usd_per_million_tokens": 0}, "expected a positive number"),
        ({"price": 1}, "price: unknown key"),
    ],
)
def test_a_basis_names_one_rule(basis: dict[str, object], complaint: str) -> None:
    """Anything else is an error that names the entry."""
    with pytest.raises(InventoryError, match=complaint) as caught:
        _basis(basis)
    assert "models.big" in str(caught.value)


def test_the_tool_shows_what_a_price_gives(capsys: pytest.CaptureFixture[str]) -> None:
    """Who adds a model sees the range, and the peers that it comes from."""
    assert main(["15"]) == 0
    *peers, result = capsys.readouterr().out.splitlines()
    assert FEWEST_PEERS <= len(peers)
    assert any("openai/gpt-5.4" in line for line in peers)
    model = KNOWN["perplexity/sonar-pro"].entry.model
    total, active = model.total_parameters_b, model.active_parameters_b
    assert f"total {total.low:g} to {total.high:g}, active {active.low:g} to {active.high:g}" == result


def test_a_peer_that_the_inventory_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A slip in a name is one message, not a traceback of its own."""
    import tools.size_ranges as tool

    text = tool.PEERS_FILE.read_text(encoding="utf-8")
    changed = tmp_path / "price_peers.toml"
    changed.write_text(text.replace('"openai/gpt-4o" = 10', '"openai/gpt4o" = 10'), encoding="utf-8")
    monkeypatch.setattr(tool, "PEERS_FILE", changed)
    with pytest.raises(InventoryError, match=r"price_peers.toml.*openai/gpt4o.*expected the id of a model"):
        read_peers(KNOWN)


def test_a_model_that_is_like_an_unknown_one_is_an_error() -> None:
    """A slip in `same_as` is one message."""
    basis = _basis({"same_as": "xai/grok-33"})
    assert basis is not None
    with pytest.raises(InventoryError, match="xai/grok-33"):
        size_by_basis(basis, KNOWN, PEERS)


@pytest.mark.parametrize("price", ["0", "-3", "nan", "inf", "cheap"])
def test_a_price_is_a_positive_number(price: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is a line that says so."""
    with pytest.raises(SystemExit) as left:
        main(["--", price])
    assert left.value.code == 2
    assert price in capsys.readouterr().err


def test_the_tool_tells_of_a_range_that_is_not_what_its_basis_gives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One price changed: every range that it takes part in is named, and the exit code is 1."""
    import tools.size_ranges as tool

    text = tool.PEERS_FILE.read_text(encoding="utf-8")
    changed = tmp_path / "price_peers.toml"
    changed.write_text(text.replace('"openai/gpt-4o" = 10', '"openai/gpt-4o" = 0.2'), encoding="utf-8")
    monkeypatch.setattr(tool, "PEERS_FILE", changed)
    assert main([]) == 1
    assert "but its basis gives" in capsys.readouterr().out

"""The sizes of models of which nobody says one: the rules in docs/inventory.md, done again from what the data keeps.

python tools/size_ranges.py            each model whose numbers are not what its basis gives; exit code 1 if there is one
python tools/size_ranges.py 15         what a price of 15 dollars for 1e6 output tokens gives, and from which peers
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.inventory.compiled import DATA_FOLDER
from otel_genai_impact.inventory.fields import POSITIVE, InventoryError, read_toml
from otel_genai_impact.inventory.loader import load_inventory
from otel_genai_impact.inventory.provenance import SOURCE_KEYS, read_provenance
from tools.media_size_ranges import differing_media
from tools.peers import near, without_the_outermost

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_genai_impact.inventory.basis import Basis
    from otel_genai_impact.inventory.models_loader import ModelRecord

PEERS_FILE: Final = DATA_FOLDER / "price_peers.toml"
# Above a floor that the maker names, nothing is known: up to twice as much, if the price does not say more.
ABOVE_FLOOR: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Parameters in 1e9."""

    total_b: Interval
    active_b: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A model of known size that its own maker sells."""

    id: str
    output_usd_per_million_tokens: float
    size: Size


def known_models() -> dict[str, ModelRecord]:
    """Every model of the inventory by its id."""
    providers = load_inventory().providers.values()
    return {record.entry.id: record for provider in providers for record in provider.models.values()}


def size_of(record: ModelRecord) -> Size:
    """The numbers that the inventory has."""
    model = record.entry.model
    return Size(total_b=model.total_parameters_b, active_b=model.active_parameters_b)


def read_peers(known: Mapping[str, ModelRecord]) -> list[Peer]:
    """The models of known size and their prices."""
    top = read_toml(PEERS_FILE)
    top.allow("output_usd_per_million_tokens", *SOURCE_KEYS)
    read_provenance(top)
    prices = top.table("output_usd_per_million_tokens")
    for name in prices.values:
        if name not in known:
            raise prices.error(name, "expected the id of a model of the inventory")
    return [
        Peer(id=name, output_usd_per_million_tokens=prices.number(name, POSITIVE), size=size_of(known[name]))
        for name in prices.values
    ]


def peers_near(price: float, peers: Sequence[Peer]) -> list[Peer]:
    """Those that are sold at about this price."""
    return near(price, peers, lambda peer: peer.output_usd_per_million_tokens)


def size_among(peers: Sequence[Peer]) -> Size:
    """The range of these, total and active parameters apart."""
    return Size(
        total_b=without_the_outermost([peer.size.total_b for peer in peers]),
        active_b=without_the_outermost([peer.size.active_b for peer in peers]),
    )


def size_by_basis(basis: Basis, known: Mapping[str, ModelRecord], peers: Sequence[Peer]) -> Size:
    """What the rule that an entry names gives."""
    if basis.same_as is not None:
        if basis.same_as not in known:
            raise InventoryError(f'same_as = "{basis.same_as}": expected the id of a model of the inventory')
        return size_of(known[basis.same_as])
    price = basis.output_usd_per_million_tokens
    if price is None:
        return size_among([peer for peer in peers if peer.id.partition("/")[0] == basis.peers_of])
    size, floor = size_among(peers_near(price, peers)), basis.total_at_least_b
    if floor is None:
        return size
    return Size(total_b=Interval(floor, max(size.total_b.high, floor * ABOVE_FLOOR)), active_b=size.active_b)


def differing() -> list[str]:
    """A line for each model whose numbers are not those that its basis gives."""
    known = known_models()
    peers = read_peers(known)
    of_text = [
        f"{record.entry.id}: {_text(size_of(record))}, but its basis gives {_text(by_basis)}"
        for record in known.values()
        if record.basis is not None and (by_basis := size_by_basis(record.basis, known, peers)) != size_of(record)
    ]
    return [*of_text, *differing_media()]


def _text(size: Size) -> str:
    total, active = size.total_b, size.active_b
    return f"total {total.low:g} to {total.high:g}, active {active.low:g} to {active.high:g}"


def _price(text: str) -> float:
    price = float(text)
    if not 0 < price < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a positive price, got {text}")
    return price


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what differs, or what a price gives."""
    parser = argparse.ArgumentParser(description="Do the rules for sizes that nobody says again.")
    parser.add_argument("price", nargs="?", type=_price, help="US dollars for 1e6 output tokens: what would they give?")
    price: float | None = parser.parse_args(arguments).price
    if price is None:
        lines = differing()
        print("\n".join(lines) or "Each range is what its basis gives.")
        return 1 if lines else 0
    near_by = peers_near(price, read_peers(known_models()))
    for peer in near_by:
        print(f"{peer.output_usd_per_million_tokens:8g}  {_text(peer.size)}  {peer.id}")
    print(_text(size_among(near_by)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

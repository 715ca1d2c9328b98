"""Which models are near enough to one whose size nobody says, and what range they give: docs/inventory.md has the rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from otel_genai_impact.impacts.interval import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FEWEST_PEERS: Final = 8  # fewer say too little; what counts as near goes further apart then
LEFT_OUT: Final = 8  # one in so many is left out at each end: single odd estimates should not make a range

_Peer = TypeVar("_Peer")


def near(wanted: float, peers: Sequence[_Peer], measure: Callable[[_Peer], float]) -> list[_Peer]:
    """Those of half to twice what is wanted; if that is fewer than eight, of a quarter to four times, and so on."""
    factor = 2.0
    while True:
        close = [peer for peer in peers if 1 / factor <= measure(peer) / wanted <= factor]
        if len(close) >= min(FEWEST_PEERS, len(peers)):
            return close
        factor *= 2


def without_the_outermost(sizes: Sequence[Interval]) -> Interval:
    """From the smallest to the largest, but for the outermost eighth at each end."""
    skipped = len(sizes) // LEFT_OUT
    lows, highs = sorted(size.low for size in sizes), sorted(size.high for size in sizes)
    return Interval(lows[skipped], highs[-1 - skipped])

"""Room in a table of what strangers named: it is bounded, and stays about as full as it is."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

_PARTS: Final = 8


def make_room(kept: dict[Any, Any], most: int) -> None:
    """Of a full table the oldest part goes: what is still needed comes back at once.

    All of it at once would let the process swing by what it holds, and grow for days: whenever more of our tables are full
    at one moment than ever before.
    """
    if len(kept) < most:
        return
    try:
        oldest = list(islice(kept, max(most // _PARTS, 1)))
    except RuntimeError:  # another thread added to it meanwhile, where threads do not take turns
        return
    for key in oldest:
        kept.pop(key, None)

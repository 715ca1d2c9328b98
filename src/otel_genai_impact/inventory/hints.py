"""Hints for messages about names that are not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEAREST_NAMES: Final = 3


def did_you_mean(name: str, names: Sequence[str]) -> str:
    """The names most like this one, to be put behind a message; empty if there are none."""
    near = get_close_matches(name, names, n=_NEAREST_NAMES)
    return f"; did you mean {' or '.join(repr(other) for other in near)}?" if near else ""

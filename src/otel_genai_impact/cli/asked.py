"""What `estimate` and `explain` are asked on the command line: one request, described by the same options for both."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, TypedDict

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

_FAILED: Final = 1


class Asked(TypedDict):
    """The request that was described. None means not said."""

    output_tokens: float
    latency_s: float | None
    zone: str | None
    config: str | None


def answer(options: Namespace, make: Callable[[str, str, Asked], Any], show: Callable[[Any], None]) -> int:
    """Make something of the request that was described, and show it; the exit code. What cannot be made is one line."""
    asked = Asked(
        output_tokens=options.output_tokens, latency_s=options.latency, zone=options.zone, config=options.config
    )
    try:
        made = make(options.provider, options.model, asked)
    except (LookupError, ValueError) as error:
        print(f"genai-impact {options.command}: {error}", file=sys.stderr)
        return _FAILED
    show(made)
    return 0

"""What is written where a budget is made: its action, limits and window, or the mistake in them."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Final

from otel_genai_impact._contain import log_once
from otel_genai_impact.telemetry.budgets.amounts import CRITERIA, Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.telemetry.budgets.block import Action

_ACTIONS: Final[dict[str, Action]] = {"observe": "observe", "warn": "warn", "refuse": "refuse"}


class Given:
    """What is given to one budget.

    A mistake is a line in the log, and is ignored; where requests are to be refused it is a `ValueError`: who wants that
    must not believe that they are.

    Args:
        name: of the budget.
        on_exceeded: what happens when a limit is reached.

    Attributes:
        action: what that is; `warn` where it cannot be told.
    """

    def __init__(self, name: str, on_exceeded: object) -> None:
        self._name = name
        self.action: Action = "warn"
        if callable(on_exceeded):
            self.action = "hand_over"
        elif isinstance(on_exceeded, str) and on_exceeded in _ACTIONS:
            self.action = _ACTIONS[on_exceeded]
        else:
            self.mistake(f"on_exceeded={on_exceeded!r:.100}; allowed is a function, or {', '.join(_ACTIONS)}")

    def limits(self, by_keyword: Mapping[str, object]) -> tuple[Limit, ...]:
        """Those that are given, of the criteria that there are."""
        return tuple(limit for keyword, given in by_keyword.items() if (limit := self._limit(keyword, given)))

    def window_s(self, given: object) -> float | None:
        """How long sums last, s; None if that is not given."""
        seconds = None if given is None else _number(given)
        if given is not None and (seconds is None or seconds <= 0):
            self.mistake(f"window_s={given!r:.100} is no window; allowed are seconds above 0")
            return None
        return seconds

    def mistake(self, what: str) -> None:
        """Say what is wrong."""
        line = f"budget {self._name!r}: {what}"
        if self.action == "refuse":
            raise ValueError(line)
        log_once(logging.WARNING, f"{line}; it is ignored")

    def _limit(self, keyword: str, given: object) -> Limit | None:
        criterion = CRITERIA.get(keyword)
        if criterion is None:
            self.mistake(f"there is no criterion {keyword!r:.100}; there are {', '.join(CRITERIA)}")
            return None
        if given is None:
            return None
        amount = _number(given)
        if amount is None or amount < 0:
            self.mistake(f"{keyword}={given!r:.100} is no limit; allowed is a number from 0 on")
            return None
        return Limit.of(criterion, amount, self.action)


def _number(given: object) -> float | None:
    """A finite number; None if it is none. Those of other libraries may be numbers, too."""
    if isinstance(given, (bool, str, bytes)):
        return None
    try:
        number = float(given)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None

"""What a request will use, by what those before it did."""

from __future__ import annotations

from typing import Final

from otel_genai_impact.telemetry.budgets.amounts import NOT_ESTIMATED, NOTHING, REQUESTS, Amounts

_MOST_NAMES: Final = 100
_OUTPUT_TOKENS: Final = Amounts._fields.index("output_tokens")


class History:
    """What the requests in blocks that were left used, by the budget's name, in this process."""

    def __init__(self) -> None:
        self._sums: dict[str, Amounts] = {}

    def add(self, name: str, amounts: Amounts) -> None:
        """Take note of a block. Two at the same moment may be taken for one: a forecast is none the worse."""
        known = self._sums.get(name)
        if known is not None:
            self._sums[name] = known.plus(amounts)
        elif len(self._sums) < _MOST_NAMES:
            self._sums[name] = amounts

    def forecast(self, name: str, lately: Amounts, max_output_tokens: int | None) -> Amounts | None:
        """What the next request will use; None where nothing is known.

        What a request uses grows with the tokens that it generates: the most it may generate, times what each took so far.
        """
        sums = self._sums.get(name, NOTHING).plus(lately)
        estimated = sums[REQUESTS] - sums[NOT_ESTIMATED]
        if estimated <= 0:
            return None
        share = 1 / estimated
        if max_output_tokens is not None and sums[_OUTPUT_TOKENS] > 0:
            share = max_output_tokens / sums[_OUTPUT_TOKENS]
        generated = round(sums[_OUTPUT_TOKENS] * share)
        costs = [amount * share for amount in sums[:REQUESTS]]
        return Amounts._make((*costs, 1, 0, generated))


HISTORY: Final = History()

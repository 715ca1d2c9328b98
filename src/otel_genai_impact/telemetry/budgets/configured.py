"""Limits that the user's file of configuration gives: whoever runs the application sets them, without its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact.telemetry.budgets.amounts import CRITERIA, Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_genai_impact.telemetry.budgets.block import Action


class Configured:
    """The limits of the file that the last span processor was made with."""

    def __init__(self) -> None:
        self._limits: Mapping[str, Mapping[str, float]] = {}

    def put(self, limits: Mapping[str, Mapping[str, float]]) -> None:
        """What a file says, by the name of the budget and the keyword. A processor without such a file changes nothing."""
        if limits:
            self._limits = limits

    def instead_of(self, limits: tuple[Limit, ...], name: str, action: Action) -> tuple[Limit, ...]:
        """Those of the code, but for the criteria that the file names."""
        said = self._limits.get(name)
        if said is None:
            return limits
        of_file = {CRITERIA[keyword]: amount for keyword, amount in said.items()}
        return (
            *(limit for limit in limits if limit.criterion not in of_file),
            *(Limit.of(criterion, amount, action) for criterion, amount in of_file.items()),
        )


CONFIGURED: Final = Configured()

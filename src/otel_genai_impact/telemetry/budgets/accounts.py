"""An account: the sums of one block, or of all blocks of one key; and what of them is kept hot. The book alone changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact.telemetry.budgets.amounts import IN_ESTIMATE, NOTHING, ONE_EACH, Amounts, Limit

if TYPE_CHECKING:
    from otel_genai_impact.telemetry.budgets.block import Block
    from otel_genai_impact.telemetry.budgets.metrics import BudgetMetrics

# Numbers that are added in another order differ in their last digits: from here on, the sums themselves are asked.
_NEAR: Final = 1 - 1e-9


class Account:
    """The sums of one block. Read and changed by the book alone."""

    __slots__ = ("crossed", "sums")

    def __init__(self) -> None:
        self.sums = NOTHING
        # The limits that were reached, so that each is told of once.
        self.crossed: set[Limit] = set()

    def add(self, amounts: Amounts, block: Block, told: BudgetMetrics) -> Amounts:  # noqa: ARG002 -- others need them
        """Add what a request of a block used; gives the sums."""
        sums = self.sums = self.sums.plus(amounts)
        return sums

    def now(self) -> Amounts:
        """The sums of this moment."""
        return self.sums

    def refresh(self) -> None:
        """Ask what others have added."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes add to it."""
        return False

    @property
    def decides(self) -> bool:
        """Whether these sums say that a limit is reached. Not those that are one process's view of what many share."""
        return True


class Watch:
    """What a block used of what a limit is about: the same as the sums, but for the last digits, and always up to date.

    Attributes:
        at: where an estimate has it; below 0 if it has not, as `IN_ESTIMATE` says.
        column: where the sums have it.
        near: from here on the limit may be reached.
        used: until now.
    """

    __slots__ = ("at", "column", "near", "used")

    def __init__(self, limit: Limit) -> None:
        self.at: Final = IN_ESTIMATE.get(limit.column, ONE_EACH)
        self.column: Final = limit.column
        self.near: Final = limit.amount * _NEAR
        self.used: float = 0

"""Refusing: whether the next request may be sent, asked by what stands before it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from otel_genai_impact._contain import contained
from otel_genai_impact.telemetry import scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_genai_impact.telemetry.budgets.block import BudgetExceeded


class _Gates:
    """What puts gates before the requests of SDKs; the composition of the package says what."""

    put_up: Callable[[], object] | None = None


GATES: Final = _Gates()


def refuse_if_used_up() -> None:
    """To be called before a request is sent.

    Raises:
        BudgetExceeded: a budget that holds here refuses it.
    """
    refusal: BudgetExceeded | None = None
    with contained("asking the budgets of a request"):
        for block in scope.current().budgets:
            if block.action == "refuse" and refusal is None:
                block.refresh()
                refusal = block.refusal()
    if refusal is not None:
        raise refusal


async def refuse_if_used_up_async() -> None:
    """The same, without holding up the event loop where other processes have to be asked.

    Raises:
        BudgetExceeded: a budget that holds here refuses it.
    """
    refusal: BudgetExceeded | None = None
    with contained("asking the budgets of a request"):
        for block in scope.current().budgets:
            if block.action == "refuse" and refusal is None:
                if block.account.is_shared:
                    await asyncio.to_thread(block.refresh)
                refusal = block.refusal()
    if refusal is not None:
        raise refusal

"""What is left of a budget travels as W3C baggage to the services that are called, where both sides ask for it.

Who sends baggage may lie. So what came with a request only ever lowers a limit, is looked up by the name of the budget
that the receiver has itself, and is read with bounds: nothing in it is kept, and it makes no series of a metric.
"""

from __future__ import annotations

import logging
import math
import re
from typing import TYPE_CHECKING, Final

from opentelemetry import baggage

from otel_genai_impact import semconv
from otel_genai_impact._contain import contained, log_once
from otel_genai_impact.telemetry.budgets.amounts import CRITERIA, Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.context import Context

    from otel_genai_impact.telemetry.budgets.block import Action, Block

# What a header can hold without being encoded, so that no name becomes another one on its way.
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST_VALUE: Final = 200
_MOST_SENT: Final = 8


class _Remainder(str):
    """What is left of a block: as it was when the block was entered, and, whenever a propagator asks for its text, now."""

    __slots__ = ("_block",)
    _block: Block

    @classmethod
    def of(cls, block: Block) -> _Remainder:
        made = cls(_text(block))
        made._block = block
        return made

    def __str__(self) -> str:
        with contained("sending what is left of a budget"):
            return _text(self._block)
        return str.__str__(self)


def can_travel(name: str) -> bool:
    """Whether a budget of this name can be in baggage; one line in the log if not."""
    if _NAME.fullmatch(name):
        return True
    log_once(
        logging.WARNING,
        f"budget {name!r} does not travel: letters, digits and ._- are allowed in its name, 64 at most",
        about="travelling budgets",
    )
    return False


def sent_with(block: Block, context: Context) -> Context:
    """The context with what is left of a block in its baggage."""
    key = semconv.BUDGET_BAGGAGE + block.name
    others = [sent for sent in baggage.get_all(context) if sent.startswith(semconv.BUDGET_BAGGAGE) and sent != key]
    if len(others) >= _MOST_SENT:
        log_once(
            logging.WARNING,
            f"more than {_MOST_SENT} budgets do not travel at once: what is left of the others is not sent",
        )
        return context
    return baggage.set_baggage(key, _Remainder.of(block), context)


def lowered(name: str, limits: tuple[Limit, ...], action: Action) -> tuple[Limit, ...]:
    """The limits of a budget, or what the caller of this service has left of it, where that is less."""
    received = _received(name)
    by_keyword = {limit.criterion.keyword: limit for limit in limits}
    for keyword, amount in received.items():
        own = by_keyword.get(keyword)
        if own is None or amount < own.amount:
            criterion = CRITERIA[keyword]
            by_keyword[keyword] = Limit.of(criterion, amount, action)
    return tuple(by_keyword.values())


def _received(name: str) -> Mapping[str, float]:
    """What the baggage of this context says is left of a budget, by keyword; nothing where it cannot be read."""
    value = baggage.get_baggage(semconv.BUDGET_BAGGAGE + name)
    if value is None:
        return {}
    try:
        return _read(str(value))
    except ValueError:
        log_once(
            logging.WARNING,
            f"budget {name!r}: what came as baggage cannot be read, and is ignored; allowed is gwp_g:1.5,requests:3",
            about="travelling budgets",
        )
        return {}


def _text(block: Block) -> str:
    """What is left for certain: each limit less the upper bound of what was used."""
    used = block.used
    left = {limit.criterion.keyword: max(0.0, limit.amount - used[limit.criterion.high]) for limit in block.limits}
    return ",".join(f"{keyword}:{amount!r}" for keyword, amount in left.items())


def _read(text: str) -> dict[str, float]:
    if len(text) > _LONGEST_VALUE:
        raise ValueError
    found: dict[str, float] = {}
    for part in text.split(",") if text else ():
        keyword, _, written = part.partition(":")
        amount = float(written)
        if keyword not in CRITERIA or not 0 <= amount < math.inf:
            raise ValueError
        found[keyword] = min(amount, found.get(keyword, math.inf))
    return found

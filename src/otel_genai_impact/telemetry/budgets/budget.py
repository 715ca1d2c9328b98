"""`with budget("support-answer", gwp_g=2.0) as b:`: what the requests in a block may use."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import time
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple, SupportsFloat, TypeVar

from opentelemetry.context import get_current

from otel_genai_impact._contain import contained, log_once
from otel_genai_impact.telemetry import scope
from otel_genai_impact.telemetry.budgets.accounts import Account
from otel_genai_impact.telemetry.budgets.amounts import CRITERIA
from otel_genai_impact.telemetry.budgets.block import Action, Block
from otel_genai_impact.telemetry.budgets.configured import CONFIGURED
from otel_genai_impact.telemetry.budgets.given import Given
from otel_genai_impact.telemetry.budgets.handing_over import CALLS
from otel_genai_impact.telemetry.budgets.metrics import DECLARED
from otel_genai_impact.telemetry.budgets.refusing import GATES
from otel_genai_impact.telemetry.budgets.travelling import can_travel, lowered, sent_with
from otel_genai_impact.telemetry.budgets.windows import WINDOWS
from otel_genai_impact.telemetry.metrics import all_metrics
from otel_genai_impact.telemetry.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token
    from types import TracebackType

    from opentelemetry.context import Context

    from otel_genai_impact.telemetry.budgets.handing_over import Exceeded

_LONGEST_NAME: Final = 200
_PATIENCE_S: Final = 5.0

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=CALLS.start_anew)
    os.register_at_fork(after_in_child=WINDOWS.start_anew)

_Function = TypeVar("_Function", bound="Callable[..., Any]")


class _Entered(NamedTuple):
    block: Block
    scope: Scope
    token: Token[Context]


class budget:  # noqa: N801 -- read as a word of the sentence
    """What the requests of a block may use, and what happens when that is used up.

    A context manager and a decorator, of code that is async or not: `with budget("answer", gwp_g=2.0) as block:`. What is
    given is a `Block`, to ask for `used`, `remaining`, `exceeded`, `forecast()`. Each entering has sums of its own, unless
    there is a key or a window. Budgets may be nested: a request is taken from each.

    Args:
        name: says in telemetry which budget this is. Not of whom: that is the key.
        energy_j: limit of energy, J.
        gwp_g: limit of greenhouse gases, g CO2eq.
        wcf_l: limit of water, L.
        requests: limit of their number.
        on_exceeded: what happens when a limit is reached. `observe`: telemetry says so. `warn`: a line in the log, too. A
            function: it is called once, with what was used (handing over); it may be async. `refuse`: the next request
            raises `BudgetExceeded` before it is sent. Limits that act, the last two, are judged by the upper bound of
            what was used, the others by the estimate.
        key: a user, tenant or conversation: all blocks of this name and key have their sums together.
        window_s: with it, these sums begin anew this long after their first request.
        redis: URL of a Redis where many processes have these sums together, `redis://localhost:6379/0`; a day is the
            window there if none is given. Needs the extra `redis`.
        propagate: send what is left to the services that are called inside, as baggage; to all that are, so also to
            providers, if what is instrumented sends them baggage.
        from_baggage: let what the caller of this service has left, by its own budget of this name, lower the limits. Not
            with a key, a window or Redis: the caller keeps the sums.

    Raises:
        ValueError: a limit or action is none, where requests are to be refused. Else that is one line in the log.
    """

    def __init__(
        self,
        name: str,
        *,
        energy_j: SupportsFloat | None = None,
        gwp_g: SupportsFloat | None = None,
        wcf_l: SupportsFloat | None = None,
        requests: SupportsFloat | None = None,
        on_exceeded: str | Callable[[Exceeded], object] = "warn",
        key: object = None,
        window_s: SupportsFloat | None = None,
        redis: str | None = None,
        propagate: bool = False,
        from_baggage: bool = False,
        **unknown: object,
    ) -> None:
        self.name: Final = str(name)[:_LONGEST_NAME]
        self._hand_over = on_exceeded if callable(on_exceeded) else None
        given = Given(self.name, on_exceeded)
        self._action: Action = given.action
        self._limits = given.limits(
            {"energy_j": energy_j, "gwp_g": gwp_g, "wcf_l": wcf_l, "requests": requests, **unknown}
        )
        self._window_s = given.window_s(window_s)
        self._redis = redis
        self._key = (
            None
            if key is None and self._window_s is None and redis is None
            else str("" if key is None else key)[:_LONGEST_NAME]
        )
        self._propagates = propagate and can_travel(self.name)
        self._is_lowered = from_baggage and can_travel(self.name)
        if self._is_lowered and self._key is not None:
            self._is_lowered = False
            given.mistake("from_baggage goes with no key, window_s or redis")
        self._entered: list[_Entered] = []

    @staticmethod
    def current() -> Block | None:
        """The innermost block that is open here; None if there is none."""
        open_here = scope.current().budgets
        return open_here[-1] if open_here else None

    def __enter__(self) -> Block:
        block, above = self._made()
        self._enter(block, above)
        if block.account.is_shared:
            with contained("asking what a budget has left"):
                block.refresh()
        return block

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contained("leaving a budget"):
            block = self._left()
            # In an event loop, waiting would hold up what is waited for.
            if block is not None and block.calls and _running_loop() is None:
                self._wait(block)

    async def __aenter__(self) -> Block:
        block, above = self._made()
        self._enter(block, above)
        if block.account.is_shared:
            with contained("asking what a budget has left"):
                await asyncio.to_thread(block.refresh)
        return block

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contained("leaving a budget"):
            block = self._left()
            if block is not None and block.calls:
                await asyncio.to_thread(self._wait, block)

    def __call__(self, function: _Function) -> _Function:
        """Decorate a function: each call of it is a block."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__qualname__} is a generator; use `with budget(...)` inside it instead")
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def decorated_async(*args: Any, **kwargs: Any) -> Any:
                async with self:
                    return await function(*args, **kwargs)

            return decorated_async  # pyright: ignore[reportReturnType]

        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return decorated  # pyright: ignore[reportReturnType]

    def _made(self) -> tuple[Block, Scope]:
        above = scope.current()
        account = self._account()
        limits = declared = CONFIGURED.instead_of(self._limits, self.name, self._action)
        if self._is_lowered:
            with contained("reading what is left of a budget"):
                limits = lowered(self.name, limits, self._action)
        block = Block(
            name=self.name,
            # Those of code and configuration alone: no caller makes the metric `limit` jump.
            metric_name=DECLARED.add(self.name, declared),
            key=self._key,
            limits=limits,
            account=account,
            counts=all(outer.account is not account for outer in above.budgets),
            action=self._action,
            hand_over=self._hand_over,
            loop=_running_loop(),
            bounds_water=any(limit.criterion is CRITERIA["wcf_l"] for limit in limits)
            or any(outer.bounds_water for outer in above.budgets),
            above=above.budgets,
        )
        return block, above

    def _account(self) -> Account:
        if self._key is None:
            return Account()
        if self._redis is None:
            return WINDOWS.account(self.name, self._key, self._window_s)
        from otel_genai_impact.telemetry.budgets.shared import store_at

        return store_at(self._redis).account(self.name, self._key, self._window_s)

    def _enter(self, block: Block, above: Scope) -> None:
        with contained("preparing a budget"):
            if not all_metrics():
                log_once(
                    logging.WARNING,
                    "a budget was entered and no span processor of ours is there: nothing is counted, and no limit is ever "
                    "reached; call otel_genai_impact.instrument(), or start with `genai-impact run`",
                )
            if self._hand_over is not None:
                CALLS.prepare()
            if self._action == "refuse" and GATES.put_up is not None:
                GATES.put_up()
        entered = Scope(above.attribution, (*above.budgets, block))
        context = get_current()
        if self._propagates:
            with contained("sending what is left of a budget"):
                context = sent_with(block, context)
        self._entered.append(_Entered(block, entered, scope.enter(entered, context)))

    def _left(self) -> Block | None:
        """Leave the block of this budget that is open here, the innermost."""
        here = scope.current().budgets
        found = next((entered for entered in reversed(self._entered) if entered.block in here), None)
        if found is None and self._entered:
            found = self._entered[-1]  # entered in another context, which is not current any more
        if found is None:
            return None
        self._entered.remove(found)
        scope.leave(found.scope, found.token)
        found.block.close()
        return found.block

    def _wait(self, block: Block) -> None:
        """Wait for the functions that were called, a while."""
        end_at = time.monotonic() + _PATIENCE_S
        if not all(call.wait(max(0.0, end_at - time.monotonic())) for call in list(block.calls)):
            name = getattr(self._hand_over, "__qualname__", repr(self._hand_over))
            line = f"budget {self.name!r}: {name} has not returned after {_PATIENCE_S:g} s; the application goes on"
            log_once(logging.WARNING, line)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None

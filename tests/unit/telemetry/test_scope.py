"""The scope of a request is the one that its span started in, wherever the span ends."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from opentelemetry import context as context_api
from opentelemetry.propagate import inject
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider

from otel_genai_impact import ImpactSpanProcessor
from otel_genai_impact.telemetry import scope
from otel_genai_impact.telemetry.scope import NO_SCOPE, Scope
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from opentelemetry.context import Context

SHOP = Scope({"tenant": "shop"})
BANK = Scope({"tenant": "bank"})


def test_a_span_keeps_the_scope_that_it_started_in(telemetry: Telemetry) -> None:
    """Not the one that holds when it ends; and none if there was none."""
    before = telemetry.start(CHAT)
    token = scope.enter(SHOP)
    within = telemetry.start(CHAT)
    scope.leave(SHOP, token)
    assert [None, SHOP] == [scope.of_span(before), scope.of_span(within)]
    assert NO_SCOPE == scope.current()


def test_a_context_that_is_handed_on_by_hand(telemetry: Telemetry) -> None:
    """The scope is that of the context which the span was given, not that of the thread."""
    token = scope.enter(SHOP)
    context = context_api.get_current()
    scope.leave(SHOP, token)
    token = scope.enter(BANK)
    spans = telemetry.start(CHAT, context=context), telemetry.start(CHAT)
    scope.leave(BANK, token)
    assert [SHOP, BANK] == [scope.of_span(span) for span in spans]


def test_tasks_have_the_scope_they_were_made_in_and_threads_the_one_they_are_given(telemetry: Telemetry) -> None:
    """What tasks enter is theirs alone; a thread knows a scope only if it runs in a copy of the context."""

    async def task(own: Scope) -> list[Scope | None]:
        inherited = scope.of_span(telemetry.start(CHAT))
        token = scope.enter(own)
        await asyncio.sleep(0)
        entered = scope.of_span(telemetry.start(CHAT))
        scope.leave(own, token)
        return [inherited, entered]

    async def tasks() -> list[list[Scope | None]]:
        return list(await asyncio.gather(task(SHOP), task(BANK)))

    outer = Scope({"feature": "search"})
    token = scope.enter(outer)
    assert [[outer, SHOP], [outer, BANK]] == asyncio.run(tasks())
    with ThreadPoolExecutor() as pool:
        assert outer == pool.submit(copy_context().run, scope.current).result()
        assert NO_SCOPE == pool.submit(scope.current).result()
    scope.leave(outer, token)


def test_leaving_in_another_context_leaves_that_alone() -> None:
    """The two halves of a generator may run in two contexts; the second has nothing of the first to undo."""
    token = copy_context().run(scope.enter, SHOP)
    other = scope.enter(BANK)
    scope.leave(SHOP, token)
    assert BANK == scope.current()
    scope.leave(BANK, other)


class _OnEndAlone(SpanProcessor):
    """As some libraries do: passes the public calls on, with a copy of the span."""

    def __init__(self, inner: SpanProcessor) -> None:
        self.inner = inner

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self.inner.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        self.inner.on_end(span)


def test_a_copy_of_the_span_is_told_by_its_ids() -> None:
    """A processor around ours may give us a copy when the span ends: the scope is found all the same."""
    found: list[Scope | None] = []

    class Looks(ImpactSpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            found.append(scope.of_span(span))
            super().on_end(span)

    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(_OnEndAlone(Looks()))
    token = scope.enter(SHOP)
    span = tracers.get_tracer("app").start_span("chat gpt-4o", attributes={**CHAT, **USAGE})
    scope.leave(SHOP, token)
    span.end()
    assert [SHOP] == found


def test_nothing_of_it_leaves_the_process() -> None:
    """No propagator puts it into the headers of a call."""
    token = scope.enter(SHOP)
    headers: dict[str, str] = {}
    inject(headers)
    scope.leave(SHOP, token)
    assert {} == headers

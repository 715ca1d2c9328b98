"""Siblings: what two threads do at once, step by step."""

from __future__ import annotations

from collections import deque

import pytest
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otel_genai_impact.telemetry.siblings import Leaf, Siblings

ONE, TWO = InstrumentationScope("one"), InstrumentationScope("two")
SECOND_NS = 1_000_000_000


def _leaf(scope: InstrumentationScope, number: int) -> Leaf:
    """The request of this number, as this instrumentation reports it."""
    return Leaf(
        "inference", scope, None, 3 * SECOND_NS, SECOND_NS, 10 * number + int(scope is TWO), "gpt-4o", (20, number)
    )


class Interrupted(deque[Leaf]):
    """The last requests. In the middle of remembering one, another thread comes with one of another instrumentation."""

    def __init__(self, siblings: Siblings, *, after: int) -> None:
        super().__init__(maxlen=512)
        self._siblings, self._after = siblings, after

    def append(self, leaf: Leaf) -> None:
        if self._after == len(self):
            self._after = -1
            assert self._siblings.twin_of(_leaf(TWO, 99), failed=False) is None
        super().append(leaf)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_second_instrumentation_comes_while_one_of_the_first_is_remembered(after: int) -> None:
    """The twin of each request is found, of that one and of later ones, too."""
    siblings = Siblings()
    setattr(siblings, "recent", Interrupted(siblings, after=after))  # noqa: B010 - final for all others
    for number in range(after + 1):
        assert siblings.twin_of(_leaf(ONE, number), failed=False) is None
    for number in range(after + 1):
        assert siblings.twin_of(_leaf(TWO, number), failed=False) == _leaf(ONE, number)
    assert siblings.several
    assert siblings.twin_of(_leaf(ONE, 50), failed=False) is None
    assert siblings.twin_of(_leaf(TWO, 50), failed=False) == _leaf(ONE, 50)


class Hurried(Siblings):
    """While one thread finds that there is a second instrumentation, another one's request of that ends."""

    waited = False

    def index(self, leaf: Leaf) -> None:
        if not self.waited:
            self.waited = True
            assert self.twin_of(_leaf(TWO, 1), failed=False) == _leaf(ONE, 1)
        super().index(leaf)


def test_two_requests_of_a_second_instrumentation_come_at_once() -> None:
    """The one that comes second finds what it is the twin of, although the first has not gone through all requests yet."""
    siblings = Hurried()
    for number in range(3):
        assert siblings.twin_of(_leaf(ONE, number), failed=False) is None
    assert siblings.twin_of(_leaf(TWO, 2), failed=False) == _leaf(ONE, 2)
    assert siblings.waited


class Overtaken(Siblings):
    """A span is about to absorb the only request there is, when another call's spans end, and take that one."""

    overtake = True

    def absorb(self, leaf: Leaf, twin: Leaf) -> bool:
        if self.overtake:
            self.overtake = False
            other = _leaf(ONE, 1)._replace(span_id=30, ended_ns=4 * SECOND_NS)
            assert self.twin_of(other, failed=False) is None
            assert self.twin_of(_leaf(TWO, 1)._replace(span_id=31), failed=False) == leaf
        return super().absorb(leaf, twin)


def test_another_call_takes_a_request_and_leaves_its_own() -> None:
    """Two equal calls at once, of two instrumentations each: two requests, whichever span is whose twin."""
    siblings = Overtaken()
    for scope, number in ((ONE, 7), (TWO, 8), (ONE, 1)):
        assert siblings.twin_of(_leaf(scope, number), failed=False) is None
    twin = siblings.twin_of(_leaf(TWO, 1), failed=False)
    assert twin is not None
    assert 30 == twin.span_id

"""The meter: equal shares, exact sums, spans within spans, dropped spans, forks and re-entry."""

from __future__ import annotations

import gc
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import set_span_in_context

from otel_genai_impact.telemetry.meter import Meter
from otel_genai_impact.telemetry.sharing import Shares, Used

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Machine:
    """A counter that says what the test chooses."""

    def __init__(self) -> None:
        self.waiting_j = 0.0
        self.total_j = 0.0

    def draw(self, energy_j: float) -> None:
        self.waiting_j += energy_j
        self.total_j += energy_j

    def energy_j(self, elapsed_s: float) -> float:
        given, self.waiting_j = self.waiting_j, 0.0
        return given

    def sample(self) -> None:
        """Nothing to look at."""


TRACER = TracerProvider(shutdown_on_exit=False).get_tracer("test")


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def meter(machine: Machine) -> Meter:
    return Meter(lambda: [machine])


def test_one_request_pays_for_all_that_was_used_in_its_time(meter: Meter, machine: Machine) -> None:
    """Not for what was used before it and after it."""
    span = TRACER.start_span("chat")
    machine.draw(5)
    meter.began(span, None)
    machine.draw(10)
    used = meter.ended(span)
    machine.draw(7)
    meter.settle()
    assert used is not None
    assert used.energy_j == 10
    assert meter.shares.by_nobody.energy_j == 12


def test_requests_that_overlap_share_equally_what_was_used_meanwhile(meter: Meter, machine: Machine) -> None:
    """Alone 6 J, both 8 J, the other alone 3 J: 6 + 4 and 4 + 3."""
    first, second = TRACER.start_span("chat"), TRACER.start_span("chat")
    meter.began(first, None)
    machine.draw(6)
    meter.began(second, None)
    machine.draw(8)
    paid_by_first = meter.ended(first)
    machine.draw(3)
    paid_by_second = meter.ended(second)
    assert paid_by_first is not None
    assert paid_by_second is not None
    assert (10, 7) == (paid_by_first.energy_j, paid_by_second.energy_j)


@given(
    st.lists(st.tuples(st.sampled_from(["begin", "end", "tick"]), st.integers(0, 30), st.floats(0, 1e6)), max_size=200)
)
def test_the_shares_and_what_nobody_used_sum_up_to_the_machine(
    steps: list[tuple[str, int, float]],
) -> None:
    """Whatever begins and ends when, to 1e-9 of the machine's total, of energy and of time."""
    shares = Shares()
    open_requests: dict[int, Used] = {}
    paid_j = paid_s = total = 0.0
    for step, number, amount in [*steps, *(("end", number, 1.0) for number in range(31))]:
        total += amount
        shares.use(Used(amount, amount / 2))
        if step == "begin" and number not in open_requests:
            open_requests[number] = shares.so_far
            shares.running += 1
        elif step == "end" and number in open_requests:
            used = shares.since(open_requests.pop(number))
            assert used.energy_j >= -1e-6
            paid_j, paid_s = paid_j + used.energy_j, paid_s + used.machine_s
            shares.running -= 1
    assert pytest.approx(total, rel=1e-9, abs=1e-6) == paid_j + shares.by_nobody.energy_j
    assert pytest.approx(total / 2, rel=1e-9, abs=1e-6) == paid_s + shares.by_nobody.machine_s


def test_a_thousand_requests_of_eight_threads_sum_up_to_the_machine(meter: Meter, machine: Machine) -> None:
    """Each draws 2 J while it runs; nobody else draws anything; none is lost, none is paid twice."""
    drawing = threading.Lock()

    def request(_: int) -> float:
        span = TRACER.start_span("chat")
        meter.began(span, None)
        with drawing:
            machine.draw(2)
        used = meter.ended(span)
        assert used is not None
        return used.energy_j

    # The counter of this test is no kernel's: what is read while it is added to is lost, so it is locked.
    counting = machine.energy_j

    def locked(elapsed_s: float) -> float:
        with drawing:
            return counting(elapsed_s)

    machine.energy_j = locked
    with ThreadPoolExecutor(8) as pool:
        paid = sum(pool.map(request, range(1000)))
    assert pytest.approx(2000, rel=1e-9) == paid
    assert meter.shares.running == 0


def test_a_span_within_a_span_of_the_same_request_is_one_request(meter: Meter, machine: Machine) -> None:
    """Of two nested spans the inner one pays for all until it ends, beside a request of another; the outer for the rest."""
    outer, other = TRACER.start_span("chat"), TRACER.start_span("chat")
    meter.began(outer, None)
    meter.began(other, None)
    inner = TRACER.start_span("chat", context=set_span_in_context(outer))
    meter.began(inner, set_span_in_context(outer))
    machine.draw(20)
    assert [10, 0, 10] == [used.energy_j for used in map(meter.ended, (inner, outer, other)) if used is not None]


def test_the_same_span_twice_is_one_request(meter: Meter, machine: Machine) -> None:
    """Two span processors on one tracer provider see it."""
    span = TRACER.start_span("chat")
    meter.began(span, None)
    meter.began(span, None)
    machine.draw(4)
    used = meter.ended(span)
    assert used is not None
    assert used.energy_j == 4
    assert meter.ended(span) is None
    assert meter.shares.running == 0


def test_a_span_that_is_dropped_and_never_ends_takes_no_share_for_ever(meter: Meter, machine: Machine) -> None:
    """It is let go at the next look after it was collected."""
    dropped = TRACER.start_span("chat")
    meter.began(dropped, None)
    del dropped
    gc.collect()
    span = TRACER.start_span("chat")
    meter.began(span, None)
    machine.draw(4)
    used = meter.ended(span)
    assert used is not None
    assert used.energy_j == 4


def test_a_request_that_ends_inside_the_reading_of_a_counter_is_not_waited_for(machine: Machine) -> None:
    """As in a signal handler, or garbage collection, on the thread that holds the lock: nothing hangs; it is not measured."""
    seen: list[object] = []
    inner = TRACER.start_span("chat")
    reading = machine.energy_j

    def interrupted(elapsed_s: float) -> float:
        if not seen:
            seen.append("reading")
            seen.append(meter.ended(inner))
        return reading(elapsed_s)

    meter = Meter(lambda: [machine])
    meter.began(inner, None)
    seen.clear()
    machine.energy_j = interrupted
    outer = TRACER.start_span("chat")
    meter.began(outer, None)
    machine.draw(4)
    used = meter.ended(outer)
    assert ["reading", None] == seen
    assert used is not None
    assert used.energy_j == 4
    assert meter.shares.running == 0


def test_a_counter_that_can_no_longer_be_read_costs_the_request_its_figure_alone(
    meter: Meter, machine: Machine
) -> None:
    """Neither its place among the others, nor theirs."""
    span, other = TRACER.start_span("chat"), TRACER.start_span("chat")
    meter.began(span, None)
    reading = machine.energy_j

    def unplugged(elapsed_s: float) -> float:
        raise OSError(elapsed_s)

    machine.energy_j = unplugged
    with pytest.raises(OSError, match=r"\d"):
        meter.ended(span)
    machine.energy_j = reading
    meter.began(other, None)
    machine.draw(4)
    used = meter.ended(other)
    assert used is not None
    assert used.energy_j == 4
    assert meter.shares.running == 0


def test_without_counters_nothing_is_measured() -> None:
    """They are looked for once."""
    looked: list[int] = []

    def open_none() -> Sequence[Machine]:
        looked.append(1)
        return []

    meter = Meter(open_none)
    for _ in range(3):
        span = TRACER.start_span("chat")
        meter.began(span, None)
        assert meter.ended(span) is None
    assert looked == [1]


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")  # the meters of the tests before have threads
def test_a_forked_child_opens_counters_of_its_own_and_knows_no_request_of_its_parent(
    meter: Meter, machine: Machine
) -> None:
    """Not even if another thread held the lock: the child's is new."""
    span = TRACER.start_span("chat")
    meter.began(span, None)
    machine.draw(4)

    def child() -> bool:
        mine = TRACER.start_span("chat")
        before = (meter.shares.running, meter.ended(span))
        meter.began(mine, None)
        machine.draw(3)
        used = meter.ended(mine)
        return before == (0, None) and used is not None and used.energy_j == 3

    meter._lock.acquire()
    assert _exit_code_of(child) == 0
    meter._lock.release()
    used = meter.ended(span)
    assert used is not None
    assert used.energy_j == 4


def _exit_code_of(child: Callable[[], bool]) -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(0 if child() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

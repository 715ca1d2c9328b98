"""What is left of a budget goes to other services where both sides ask for it, and only ever lowers what they allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context, attach, detach

from otel_genai_impact import budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.telemetry import Telemetry

KEY = "genai_impact.budget.answer"


def _header() -> str | None:
    carrier: dict[str, str] = {}
    W3CBaggagePropagator().inject(carrier)
    return carrier.get("baggage")


@pytest.fixture
def receive() -> Iterator[Callable[[str], None]]:
    """Go on as a service that got this header."""
    tokens: list[object] = []

    def received(header: str) -> None:
        tokens.append(attach(W3CBaggagePropagator().extract({"baggage": header}, Context())))

    yield received
    for token in reversed(tokens):
        detach(token)  # pyright: ignore[reportArgumentType]


def test_nothing_travels_unless_it_is_asked_for() -> None:
    """Inside a budget there is no baggage of ours."""
    with budget("answer", requests=3):
        assert _header() is None


def test_what_is_left_at_the_moment_of_the_call_is_sent(telemetry: Telemetry) -> None:
    """Not what was left when the block was entered; after the block nothing is sent."""
    with budget("answer", requests=3, propagate=True):
        assert f"{KEY}=requests%3A3.0" == _header()
        telemetry.request()
        assert f"{KEY}=requests%3A2.0" == _header()
    assert _header() is None


def test_the_upper_bound_is_taken_off_and_what_is_left_is_never_below_nothing(telemetry: Telemetry) -> None:
    """Also of a budget that only observes, which is judged by the estimate here."""
    with budget("answer", gwp_g=100, energy_j=1e-9, on_exceeded="observe", propagate=True) as block:
        telemetry.request()
        assert f"energy_j:0.0,gwp_g:{100 - block.used.gwp_high_g!r}" == str(baggage.get_baggage(KEY))


@pytest.mark.parametrize(
    ("header", "own", "left"),
    [
        (f"{KEY}=requests%3A2", 5, {"requests": 2}),
        (f"{KEY}=requests%3A9", 5, {"requests": 5}),
        (f"{KEY}=requests%3A2", None, {"requests": 2}),
        (f"{KEY}=requests%3A4%2Crequests%3A2", 5, {"requests": 2}),
        (f"{KEY}=requests%3A4%2Cgwp_g%3A0.5", 5, {"requests": 4, "gwp_g": 0.5}),
        (f"{KEY}=", 5, {"requests": 5}),
        ("genai_impact.budget.other=requests%3A2", 5, {"requests": 5}),
    ],
)
def test_a_caller_lowers_a_limit_and_never_raises_one(
    receive: Callable[[str], None], header: str, own: int | None, left: dict[str, float]
) -> None:
    """The less of both holds; of a limit that this service does not have, the caller's; other names mean nothing."""
    receive(header)
    with budget("answer", requests=own, on_exceeded="observe", from_baggage=True) as block:
        assert left == block.remaining


def test_what_came_is_not_looked_at_unless_it_is_asked_for(receive: Callable[[str], None]) -> None:
    """A stranger's baggage does nothing to a service that has not opted in."""
    receive(f"{KEY}=requests%3A0")
    with budget("answer", requests=5, on_exceeded="observe") as block:
        assert {"requests": 5} == block.remaining


@pytest.mark.parametrize(
    "value",
    ["nonsense", "requests", "requests:", "requests:-1", "requests:nan", "requests:inf", "money:3", "requests:1;gwp_g:2",
     "requests:1,", "requests:" + "1" * 300, "requests:1e999"],
)  # fmt: skip
def test_what_cannot_be_read_is_ignored_as_a_whole_and_said_once(value: str, caplog: pytest.LogCaptureFixture) -> None:
    """The limits of this service hold; the line does not repeat what a stranger wrote."""
    token = attach(baggage.set_baggage(KEY, value))
    try:
        for _ in range(2):
            with budget("answer", requests=5, on_exceeded="refuse", from_baggage=True) as block:
                assert {"requests": 5} == block.remaining
    finally:
        detach(token)
    (line,) = [line for line in caplog.messages if "baggage" in line]
    assert (
        "budget 'answer': what came as baggage cannot be read, and is ignored; allowed is gwp_g:1.5,requests:3" == line
    )


@pytest.mark.parametrize("name", ["naïve", "a b", "a=b", "a,b", "a;b", "", "a" * 65])
def test_a_name_that_a_header_cannot_hold_does_not_travel(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """One line in the log; the budget holds here all the same."""
    with budget(name, requests=3, propagate=True) as block:
        assert _header() is None
        assert {"requests": 3} == block.remaining
    assert 1 == sum("does not travel" in line for line in caplog.messages)


def test_at_most_eight_travel_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Headers have bounds; the ninth holds, and is not sent."""
    blocks = [budget(f"b{number}", requests=3, propagate=True) for number in range(9)]
    for each in blocks:
        each.__enter__()
    assert 8 == len(baggage.get_all())
    for each in reversed(blocks):
        each.__exit__(None, None, None)
    assert 1 == sum("do not travel at once" in line for line in caplog.messages)


def test_the_sums_of_a_key_are_not_the_callers(caplog: pytest.LogCaptureFixture) -> None:
    """`from_baggage` with a key is a mistake: a line, or an error where requests are to be refused."""
    budget("answer", requests=3, key="a", from_baggage=True)
    assert "from_baggage goes with no key" in caplog.text
    with pytest.raises(ValueError, match="from_baggage"):
        budget("answer", requests=3, key="a", from_baggage=True, on_exceeded="refuse")


def test_no_caller_makes_the_metric_of_limits_jump(telemetry: Telemetry, receive: Callable[[str], None]) -> None:
    """It has what the code says."""
    receive(f"{KEY}=requests%3A2%2Cgwp_g%3A0.5")
    with budget("answer", requests=5, on_exceeded="observe", from_baggage=True):
        telemetry.request()
    assert 5 == telemetry.total("genai_impact.budget.requests.limit")
    assert 0 == telemetry.total("genai_impact.budget.gwp.limit")

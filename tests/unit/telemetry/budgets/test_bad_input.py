"""Mistakes in a budget: a line in the log, and the application goes on; an error at once where it wants to be refused."""

from __future__ import annotations

from decimal import Decimal
from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

from otel_genai_impact import budget

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tests.kit.telemetry import Telemetry

MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"gwp_g": -1}, "gwp_g=-1 is no limit"),
    ({"gwp_g": nan}, "gwp_g=nan is no limit"),
    ({"energy_j": inf}, "energy_j=inf is no limit"),
    ({"requests": "10"}, "requests='10' is no limit"),
    ({"requests": True}, "requests=True is no limit"),
    ({"wcf_l": 10**400}, "is no limit"),
    ({"wcf_l": object()}, "is no limit"),
    ({"co2": 3}, "there is no criterion 'co2'; there are energy_j, gwp_g, wcf_l, requests"),
    ({"window_s": 0}, "window_s=0 is no window"),
    ({"window_s": nan}, "window_s=nan is no window"),
]


@pytest.mark.parametrize(("mistake", "line"), MISTAKES)
def test_a_mistake_is_a_line_and_the_rest_holds(
    telemetry: Telemetry, caplog: pytest.LogCaptureFixture, mistake: dict[str, Any], line: str
) -> None:
    """What was understood is a budget still; the line says which budget, what was given and what is allowed."""
    given: dict[str, Any] = {"on_exceeded": "observe", "requests": 1, **mistake}
    with budget("answer", **given) as block:
        telemetry.request()
    assert line in caplog.text
    assert "budget 'answer'" in caplog.text
    assert "ignored" in caplog.text
    assert ("requests" not in mistake) == block.exceeded


@pytest.mark.parametrize(("mistake", "line"), MISTAKES)
def test_who_wants_to_be_refused_is_told_at_once(mistake: dict[str, Any], line: str) -> None:
    """A limit that does not limit must not look like one."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the line is looked at below
        budget("answer", on_exceeded="refuse", **mistake)
    assert line in str(caught.value)


def test_an_action_that_there_is_not(telemetry: Telemetry, caplog: pytest.LogCaptureFixture) -> None:
    """It warns instead, and says what is allowed."""
    with budget("answer", requests=1, on_exceeded="explode"):
        telemetry.request()
    assert "on_exceeded='explode'; allowed is a function, or observe, warn, refuse" in caplog.text
    assert "used up" in caplog.text


def test_numbers_of_other_kinds(telemetry: Telemetry) -> None:
    """A Decimal from a database is a limit, and a limit of nothing is used up by the first request, not before."""
    with budget("a", gwp_g=Decimal("0.1"), on_exceeded="observe") as decimal:
        with budget("b", gwp_g=0, on_exceeded="observe") as nothing:
            telemetry.request()
        assert decimal.exceeded
        assert nothing.exceeded
    assert 2 == telemetry.total("genai_impact.budget.exceeded")


def test_a_generator_cannot_be_decorated() -> None:
    """It says what to do instead, when it is decorated and not when it is called."""

    def stream() -> Generator[str]:
        yield "a"

    decorate: Callable[[Any], Any] = budget("answer")
    with pytest.raises(TypeError, match="use `with budget"):
        decorate(stream)


def test_odd_names_and_keys(telemetry: Telemetry) -> None:
    """Any object has a text, and a long one is cut."""
    name: Any = 5
    with budget(name, key="x" * 10_000, requests=1, on_exceeded="observe") as block:
        telemetry.request()
    assert ("5", 200) == (block.name, len(block.key or ""))


def test_where_nothing_counts(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A budget without a span processor says that it limits nothing, once."""
    monkeypatch.setattr("otel_genai_impact.telemetry.metrics._ALL", [])
    for _ in range(2):
        with budget("answer", requests=1):
            pass
    assert 1 == len(caplog.records)
    assert "no span processor of ours is there" in caplog.text

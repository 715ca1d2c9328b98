"""Limits of budgets that stand in the file of configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import BudgetExceeded, budget
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
[budgets.answer]
requests = 2
gwp_g = 0.3
"""


def _telemetry(folder: Path, text: str = FILE) -> Telemetry:
    path = folder / "genai-impact.toml"
    path.write_text(text, encoding="utf-8")
    return Telemetry({"config": str(path)})


def test_a_budget_without_limits_in_code_has_those_of_the_file(tmp_path: Path) -> None:
    """A request of 0.2155 g: the second one is over 0.3 g, and uses up the two requests."""
    telemetry = _telemetry(tmp_path)
    with budget("answer", on_exceeded="observe") as block:
        assert {"gwp_g": 0.3, "requests": 2.0} == block.remaining
        telemetry.request()
        assert not block.exceeded
        assert ("gwp", "requests") == _named(telemetry)
    with budget("another", on_exceeded="observe") as block:
        assert {} == block.remaining


def _named(telemetry: Telemetry) -> tuple[str, ...]:
    telemetry.request()
    return tuple(str((event.attributes or {})["genai_impact.budget.criterion"]) for event in telemetry.spans[-1].events)


@pytest.mark.parametrize("of_code", [1, 50])
def test_the_file_holds_in_place_of_the_code(tmp_path: Path, of_code: int) -> None:
    """Two requests, whether the code says less or more; the code's limit of energy stays."""
    _telemetry(tmp_path)
    with budget("answer", requests=of_code, energy_j=1e6) as block:
        assert {"requests": 2.0, "gwp_g": 0.3, "energy_j": 1e6} == block.remaining


def test_what_happens_is_for_the_code_to_say(tmp_path: Path) -> None:
    """Judged by the upper bound where requests are refused: 0.2710 g leave 0.029 of 0.3, the second request is over it."""
    telemetry = _telemetry(tmp_path, FILE.replace("requests = 2", ""))
    with budget("answer", on_exceeded="refuse") as block:
        telemetry.request()
        block.check()
        telemetry.request()
        with pytest.raises(BudgetExceeded):
            block.check()


def test_a_decorator_that_is_older_than_the_processor_has_them(tmp_path: Path) -> None:
    """Decorators are made when modules are imported; the file is read after."""
    limited = budget("answer")
    _telemetry(tmp_path)
    with limited as block:
        assert {"requests": 2.0, "gwp_g": 0.3} == block.remaining


def test_a_file_with_a_mistake_is_a_line_in_the_log_and_the_code_holds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As for all else in that file."""
    _telemetry(tmp_path, FILE.replace("0.3", "nan"))
    with budget("answer", requests=7) as block:
        assert {"requests": 7.0} == block.remaining
    assert 'budgets."answer": gwp_g: expected a number of at least 0, got nan' in caplog.text

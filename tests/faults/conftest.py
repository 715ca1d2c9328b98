"""The fault table stands at the end of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.table import HEADINGS, Row

if TYPE_CHECKING:
    import pytest


def row_of(value: object) -> tuple[str, ...]:
    """The row in a property."""
    assert isinstance(value, Row)
    return value


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows that the tests recorded as the property `fault`, in the form of the page."""
    reports: list[pytest.TestReport] = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    rows: list[tuple[str, ...]] = [
        row_of(value) for report in reports for name, value in report.user_properties if name == "fault"
    ]
    if rows:
        terminalreporter.section("fault table")
        for row in (HEADINGS, ("---",) * len(HEADINGS), *rows):
            terminalreporter.line(f"| {' | '.join(row)} |")

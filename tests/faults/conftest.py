"""The fault table stands at the end of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.table import HEADINGS

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows that the tests recorded as the property `fault`, in the form of the page."""
    reports: list[pytest.TestReport] = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    rows = [str(value) for report in reports for name, value in report.user_properties if name == "fault"]
    if rows:
        terminalreporter.section("fault table")
        for row in (" | ".join(HEADINGS), " | ".join(["---"] * len(HEADINGS)), *rows):
            terminalreporter.line(f"| {row} |")

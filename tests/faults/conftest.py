"""The tables of faults and of endings stand at the end of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.page import ENDING_HEADINGS
from tests.faults.table import HEADINGS

if TYPE_CHECKING:
    import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the rows that the tests recorded as the properties `fault` and `ending`, in the form of the page."""
    reports: list[pytest.TestReport] = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    for kind, headings in (("fault", HEADINGS), ("ending", ENDING_HEADINGS)):
        rows = [str(value) for report in reports for name, value in report.user_properties if name == kind]
        if rows:
            terminalreporter.section(f"{kind} table")
            for row in (" | ".join(headings), " | ".join(["---"] * len(headings)), *rows):
                terminalreporter.line(f"| {row} |")

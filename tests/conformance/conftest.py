"""What the conformance tests found stands at the end of every run: figures, not only a green dot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

FOUND: Final = "conformance"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the property `conformance` of each test that recorded one."""
    reports: list[pytest.TestReport] = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    lines = [str(value) for report in reports for name, value in report.user_properties if name == FOUND]
    if lines:
        terminalreporter.section("conformance")
        for line in lines:
            terminalreporter.line(line)

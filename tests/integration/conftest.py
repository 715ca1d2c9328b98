"""What came of each call of each SDK stands at the end of every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.integration.sdk_plans import TESTED, table_of

if TYPE_CHECKING:
    import pytest

CALL: Final = "sdk_call"
# Tests of one SDK that is in no environment with the others.
collect_ignore = [] if "litellm" in TESTED else ["test_litellm.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print SDK by call, from the property `sdk_call` that the tests recorded: SDK, call, and what came of it."""
    reports: list[pytest.TestReport] = [
        *terminalreporter.getreports("passed"),
        *terminalreporter.getreports("failed"),
    ]
    seen = {
        (sdk, call): outcome
        for report in reports
        for name, value in report.user_properties
        if name == CALL
        for sdk, call, outcome in [str(value).split("|")]
    }
    if seen:
        terminalreporter.section("SDK by call")
        for line in table_of(seen).splitlines():
            terminalreporter.line(line)

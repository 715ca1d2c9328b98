"""A plugin of pytest that writes down with which versions tests ran, and how: noxfile.py loads it by `-p`."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sdk-result", help="the file to write, as JSON")
    parser.addoption(
        "--sdk-distribution", action="append", help="a distribution that is tested; the first is that of the SDK"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write what is installed, not what was asked for; a test that could not be set up has failed."""
    counts = {outcome: len(terminalreporter.getreports(outcome)) for outcome in ("passed", "failed", "error")}
    distributions = cast("list[str]", config.getoption("--sdk-distribution"))
    result = {
        "version": version(distributions[0]),
        "versions": ", ".join(f"{distribution} {version(distribution)}" for distribution in distributions),
        "opentelemetry": version("opentelemetry-sdk"),
        "python": platform.python_version(),
        "passed": counts["passed"],
        "failed": counts["failed"] + counts["error"],
        "calls": _calls(terminalreporter),
        **_requests(terminalreporter),
    }
    Path(cast("str", config.getoption("--sdk-result"))).write_text(json.dumps(result), encoding="utf-8")


def _calls(terminalreporter: pytest.TerminalReporter) -> dict[str, str]:
    """What came of each call, which tests recorded as the property `sdk_call`: SDK, call, outcome."""
    reports: list[pytest.TestReport] = terminalreporter.getreports("passed")
    recorded = [str(value) for report in reports for name, value in report.user_properties if name == "sdk_call"]
    return {call: outcome for _, call, outcome in (each.split("|") for each in recorded)}


def _requests(terminalreporter: pytest.TerminalReporter) -> dict[str, int]:
    """Sums of what tests recorded as the property `stack_call`: made, counted, duplicates; those that failed, too."""
    reports: list[pytest.TestReport] = [
        report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)
    ]
    recorded: list[tuple[int, int, int]] = [
        cast("tuple[int, int, int]", value)
        for report in reports
        for name, value in report.user_properties
        if name == "stack_call"
    ]
    made, counted, duplicates = (sum(call[position] for call in recorded) for position in range(3))
    missed = sum(max(0, call[0] - call[1]) for call in recorded)
    return {"made": made, "counted": counted, "duplicates": duplicates, "missed": missed}

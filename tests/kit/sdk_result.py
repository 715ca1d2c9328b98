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
    parser.addoption("--sdk-distribution", help="the distribution of the SDK that is tested")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write what is installed, not what was asked for; a test that could not be set up has failed."""
    counts = {outcome: len(terminalreporter.getreports(outcome)) for outcome in ("passed", "failed", "error")}
    result = {
        "version": version(cast("str", config.getoption("--sdk-distribution"))),
        "opentelemetry": version("opentelemetry-sdk"),
        "python": platform.python_version(),
        "passed": counts["passed"],
        "failed": counts["failed"] + counts["error"],
        "calls": _calls(terminalreporter),
    }
    Path(cast("str", config.getoption("--sdk-result"))).write_text(json.dumps(result), encoding="utf-8")


def _calls(terminalreporter: pytest.TerminalReporter) -> dict[str, str]:
    """What came of each call, which tests recorded as the property `sdk_call`: SDK, call, outcome."""
    reports: list[pytest.TestReport] = terminalreporter.getreports("passed")
    recorded = [str(value) for report in reports for name, value in report.user_properties if name == "sdk_call"]
    return {call: outcome for _, call, outcome in (each.split("|") for each in recorded)}

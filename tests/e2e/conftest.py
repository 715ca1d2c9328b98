"""A real Collector with the shipped configuration, and an OTLP backend behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.browser import NoBrowserError, running_browser
from tests.e2e.collector import Collector, running_collector
from tests.kit.otlp_sink import OtlpSink
from tools.build_collector import CannotBuildError
from tools.build_collector import collector as built_collector
from tools.find_prometheus import NoPrometheusError, Programs, programs
from tools.prometheus_pages import put_pages

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser

SECONDS_FOR_A_TEST_THAT_HAS_TO_BUILD_THE_COLLECTOR = 1200


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(SECONDS_FOR_A_TEST_THAT_HAS_TO_BUILD_THE_COLLECTOR))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what its Collector had to say."""
    report = yield
    collector = getattr(item, "funcargs", {}).get("collector")
    if report.failed and isinstance(collector, Collector):
        report.sections.append(("log of the Collector", collector.log))
    return report


@pytest.fixture(scope="session")
def otelcol() -> Path:
    """The Collector's binary. Without it the suite fails: skipped, it would promise what nobody checked."""
    try:
        return built_collector()
    except CannotBuildError as error:
        pytest.fail(f"no Collector: {error}")


@pytest.fixture(scope="module")
def backend() -> Generator[OtlpSink]:
    with OtlpSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def collector(otelcol: Path, backend: OtlpSink, tmp_path_factory: pytest.TempPathFactory) -> Generator[Collector]:
    """The shipped file as it is; only the addresses are this machine's free ports."""
    log_file = tmp_path_factory.mktemp("collector") / "log.txt"
    with running_collector(otelcol, log_file, {"OTELCOL_BACKEND_ENDPOINT": backend.grpc_endpoint}) as running:
        yield running


@pytest.fixture(scope="session")
def prometheus_programs() -> Programs:
    """Prometheus, promtool and Alertmanager; without them the suite fails."""
    try:
        return programs()
    except NoPrometheusError as error:
        pytest.fail(f"no Prometheus: {error}")


@pytest.fixture(scope="module")
def prometheus_with_pages(prometheus_programs: Programs) -> Programs:
    """The same programs, and Prometheus has its web pages."""
    try:
        put_pages(prometheus_programs.prometheus)
    except NoPrometheusError as error:
        pytest.fail(f"no pages of Prometheus: {error}")
    return prometheus_programs


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """The machine's Chromium. Without it the suite fails: skipped, it would promise what nobody looked at."""
    try:
        with running_browser() as running:
            yield running
    except NoBrowserError as error:
        pytest.fail(str(error))

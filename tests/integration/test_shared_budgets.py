"""Budgets that processes share, through a real Redis; and what they do without it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_genai_impact import budget
from otel_genai_impact.telemetry.budgets.handing_over import Exceeded
from otel_genai_impact.telemetry.budgets.shared import _STORES
from tests.kit.redis_server import RedisServer
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


ROOT = Path(__file__).parents[2]
LIMIT = 30


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


class Process:
    def __init__(self, redis: RedisServer, *, requests: int = 1000, in_step: bool = False) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.integration.apps.sharing_budget"),
                *(redis.url, str(LIMIT), str(requests), "in step" if in_step else "at will"),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert "ready" == self.line()
        self.said: list[str] = []

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go_on(self) -> str:
        """One more request; what came of it, after what was logged meanwhile."""
        self.tell()
        while True:
            self.said.append(self.line())
            if self.said[-1] in {"sent", "refused", ""}:
                return self.said[-1]

    def tell(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def ended(self) -> list[str]:
        """All that it said since the last time."""
        output, _ = self._process.communicate(timeout=120)
        return output.splitlines()


def test_two_processes_stop_within_one_request_of_the_limit(redis: RedisServer) -> None:
    """As fast as they can, at once: together they send as many as the limit says, or one more that was on its way."""
    processes = [Process(redis), Process(redis)]
    for process in processes:
        process.tell()
    said = [process.ended() for process in processes]
    assert ["refused", "refused"] == [lines[-1] for lines in said]
    assert sum(lines.count("sent") for lines in said) in {LIMIT, LIMIT + 1}


def test_without_redis_they_go_on_and_say_so(redis: RedisServer) -> None:
    """Killed in between: each goes on by what it knows, to its own limit, after one line in its log."""
    processes = [Process(redis, in_step=True), Process(redis, in_step=True)]
    for _ in range(5):
        assert ["sent", "sent"] == [process.go_on() for process in processes]
    redis.kill()
    # Of 30, ten were used by both; each knows of at least its own five and at most of all ten.
    alone = [0, 0]
    for index, process in enumerate(processes):
        while process.go_on() == "sent":
            alone[index] += 1
        assert "refused" == process.said[-1]
        assert LIMIT - 10 <= alone[index] <= LIMIT - 5
        logged = [line for line in process.said if line.startswith("LOG")]
        assert 1 == len(logged)
        assert "Redis is away" in logged[0]
        process.ended()


def test_what_redis_was_not_told_of_is_sent_when_it_is_back(redis: RedisServer) -> None:
    """Also if it has forgotten all: the sums of this process are in it again."""
    telemetry = Telemetry()
    redis.kill()
    with budget("tenant", gwp_g=100, key="b", redis=redis.url, window_s=60) as block:
        telemetry.request()
        telemetry.request()
    before = block.used
    redis.start()
    _eventually(lambda: _refreshed(redis) == 3, telemetry.request, redis)
    assert 2 == before.requests


def _refreshed(redis: RedisServer) -> int:
    (account,) = [account for account in _STORES[redis.url]._accounts.values() if account.key.endswith(":b")]
    account.refresh()
    return account._base.requests


def _eventually(holds: Callable[[], bool], once: Callable[[], object], redis: RedisServer) -> None:
    with budget("tenant", gwp_g=100, key="b", redis=redis.url, window_s=60):
        once()
    give_up_at = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


def test_one_of_many_tells_of_a_limit_and_a_window_ends(redis: RedisServer) -> None:
    """The one whose request reached it, once; when the window is over, everything begins anew."""
    telemetry, told = Telemetry(), list[Exceeded]()

    def ask() -> int:
        with budget("user", requests=3, key="é/:*", redis=redis.url, window_s=1, on_exceeded=told.append) as block:
            telemetry.request()
            block.refresh()
        return block.used.requests

    assert [1, 2, 3, 4] == [ask() for _ in range(4)]
    assert ["user"] == [exceeded.budget for exceeded in told]
    assert [0, 0, 1, 0] == [len(span.events) for span in telemetry.spans]
    assert 1 == telemetry.total("genai_impact.budget.exceeded")
    time.sleep(1.1)
    assert 1 == ask()


def test_without_the_package_or_with_an_odd_url(caplog: pytest.LogCaptureFixture) -> None:
    """A line in the log, and the budget holds in this process."""
    telemetry = Telemetry()
    with budget("user", requests=1, key="a", redis="no-url://at all", on_exceeded="observe") as block:
        telemetry.request()
    assert block.exceeded
    assert "Redis cannot be used" in caplog.text

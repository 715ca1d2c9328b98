"""Budgets that processes share, through a real Redis; and what they do without it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis

from otel_genai_impact import _contain, budget
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


class _Clock:
    """The clock of a Redis: it keeps when a key ends as a time of day, so moving that is what setting the clock does."""

    def __init__(self, redis: RedisServer) -> None:
        self._client: Any = Redis.from_url(redis.url)  # pyright: ignore[reportUnknownMemberType]

    @property
    def left_s(self) -> float:
        """Until the one key ends."""
        (key,) = self._client.keys("genai-impact:budget:*")
        return self._client.pttl(key) / 1000

    def set(self, by_s: float) -> None:
        """Set it, forward if this is above 0."""
        (key,) = self._client.keys("genai-impact:budget:*")
        self._client.pexpireat(key, self._client.pexpiretime(key) - round(by_s * 1000))


def _asked(redis: RedisServer, telemetry: Telemetry, window_s: float) -> int:
    with budget("jumping", requests=9, key="a", redis=redis.url, window_s=window_s, on_exceeded="observe") as block:
        telemetry.request()
        block.refresh()
    return block.used.requests


def test_a_clock_of_redis_that_is_set_back_keeps_nobody_out_for_longer_than_a_window(redis: RedisServer) -> None:
    """By a day, in a window of an hour: what was used stays, and is over an hour after the next request at most."""
    telemetry, clock = Telemetry(), _Clock(redis)
    assert [1, 2] == [_asked(redis, telemetry, 3600) for _ in range(2)]
    clock.set(-86_400)
    assert 86_400 < clock.left_s
    assert 3 == _asked(redis, telemetry, 3600)
    assert 0 < clock.left_s <= 3600


def test_a_clock_of_redis_that_is_set_forward_ends_windows_and_no_more(redis: RedisServer) -> None:
    """By two hours, in a window of one: it begins anew, as if the time had passed; then it counts and ends as always."""
    telemetry = Telemetry()
    assert [1, 2] == [_asked(redis, telemetry, 3600) for _ in range(2)]
    _Clock(redis).set(7200)
    assert [1, 2] == [_asked(redis, telemetry, 3600) for _ in range(2)]


@pytest.mark.parametrize("jump_s", [-1e6, 1e6])
def test_the_clock_of_a_process_does_nothing(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    """However it is set: windows are as long as Redis says, by a clock that only goes forward."""
    telemetry = Telemetry()
    assert 1 == _asked(redis, telemetry, 3600)
    now, now_ns = time.time(), time.time_ns()
    monkeypatch.setattr(time, "time", lambda: now + jump_s)
    monkeypatch.setattr(time, "time_ns", lambda: now_ns + int(jump_s * 1e9))
    assert 2 == _asked(redis, telemetry, 3600)


def test_two_windows_of_one_key_keep_the_first(redis: RedisServer) -> None:
    """A shorter one that comes later does not end what a day is for."""
    telemetry = Telemetry()
    assert [1, 2] == [_asked(redis, telemetry, 3600), _asked(redis, telemetry, 1)]
    time.sleep(1.1)
    assert 3 == _asked(redis, telemetry, 3600)


def test_without_the_package_or_with_an_odd_url(caplog: pytest.LogCaptureFixture) -> None:
    """A line in the log, and the budget holds in this process."""
    telemetry = Telemetry()
    with budget("user", requests=1, key="a", redis="no-url://at all", on_exceeded="observe") as block:
        telemetry.request()
    assert block.exceeded
    assert "Redis cannot be used" in caplog.text


@pytest.mark.parametrize(
    "url", ["redis://us:secret/x@localhost:1/0", "redis://:secret#x@localhost", "redis://:1234/5@localhost"]
)
def test_no_password_in_the_log(url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it has a character that should have been encoded, and its first half reads as a port."""
    monkeypatch.setattr(_contain, "_already_logged", dict[str, set[str]]())
    telemetry = Telemetry()
    with budget("user", requests=1, key=url, redis=url, on_exceeded="refuse"):
        telemetry.request()
    assert "Redis cannot be used (ValueError)" in caplog.text
    assert "%2F" in caplog.text
    assert not {"secret", "1234"} & set(re.findall(r"\w+", caplog.text))

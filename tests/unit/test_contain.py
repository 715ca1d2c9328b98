"""The guard at the edge: nothing of ours reaches the user's call, and nothing fills the log."""

from __future__ import annotations

import logging
import sys
from threading import Thread

import pytest

from otel_genai_impact import _contain
from otel_genai_impact._contain import contained, failed, log_once, logged


@pytest.fixture
def in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our tests re-raise; here the guard is at work."""
    monkeypatch.setattr(_contain, "reraise", False)


@pytest.mark.usefixtures("in_production")
def test_a_failure_is_one_line_and_goes_no_further(caplog: pytest.LogCaptureFixture) -> None:
    """It says what was being done, what went wrong, and that the application is not affected."""
    with contained("doing this"):
        raise KeyError("that")
    expected = "failed while doing this; the application is not affected: KeyError('that')"
    assert [expected] == caplog.messages


@pytest.mark.usefixtures("in_production")
def test_the_same_failure_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A million failing requests are no million lines."""
    for _ in range(3):
        with contained("doing this"):
            raise KeyError("that")
    assert len(caplog.messages) == 1


@pytest.mark.usefixtures("in_production")
def test_different_messages_are_logged_up_to_a_hundred(caplog: pytest.LogCaptureFixture) -> None:
    """Messages that never repeat do not fill the log either."""
    for number in range(150):
        log_once(logging.WARNING, f"number {number}")
    assert [f"number {number}" for number in range(100)] == caplog.messages


@pytest.mark.usefixtures("in_production")
def test_warnings_leave_room_for_failures(caplog: pytest.LogCaptureFixture) -> None:
    """However many odd names there were, a failure is still told."""
    for number in range(150):
        log_once(logging.WARNING, f"number {number}", about="names")
    log_once(logging.WARNING, "a wrong setting")
    log_once(logging.ERROR, "a failure")
    assert caplog.messages[-2:] == ["a wrong setting", "a failure"]


@pytest.mark.usefixtures("in_production")
def test_threads_that_log_at_once_raise_nothing() -> None:
    """Each may be inside somebody's call, where there is nothing above it that would catch what comes out of the log."""
    raised: list[BaseException] = []

    def log(thread: int) -> None:
        try:
            for number in range(400):
                log_once(logging.DEBUG, f"{thread} {number}", about=f"thread {thread} {number // 50}")
                logged()
        except RuntimeError as error:
            raised.append(error)

    threads = [Thread(target=log, args=(number,)) for number in range(8)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert [] == raised
    assert 8 * 400 == len(logged())


@pytest.mark.usefixtures("in_production")
def test_a_log_handler_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's own handler may be broken: its exception stays inside as well."""

    def broken(_record: logging.LogRecord) -> None:
        raise OSError("the disk is full")

    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", broken)
    logger = logging.getLogger("otel_genai_impact")
    logger.addHandler(handler)
    try:
        log_once(logging.WARNING, "something odd")
        with contained("doing this"):
            raise KeyError("that")
    finally:
        logger.removeHandler(handler)


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.usefixtures("in_production")
def test_what_ends_the_program_passes(leaving: type[BaseException]) -> None:
    """Ctrl-C and exit are not failures of ours."""
    with pytest.raises(leaving), contained("doing this"):
        raise leaving


def test_a_failure_fails_our_own_tests() -> None:
    """Under test nothing is hidden."""
    with pytest.raises(KeyError), contained("doing this"):
        raise KeyError("that")


def _fail() -> None:
    raise KeyError("that")


def _fail_and_catch() -> None:
    try:
        _fail()
    except KeyError:
        failed("doing this")


@pytest.mark.usefixtures("in_production")
def test_a_failure_that_was_caught_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """`failed` is the hot path's form of the guard."""
    _fail_and_catch()
    assert caplog.messages == ["failed while doing this; the application is not affected: KeyError('that')"]
    assert caplog.records[0].exc_info is not None


def test_a_failure_that_was_caught_fails_our_own_tests() -> None:
    """The same in that form."""
    with pytest.raises(KeyError):
        _fail_and_catch()


def test_nothing_happens_where_nothing_fails(caplog: pytest.LogCaptureFixture) -> None:
    """The guard costs a line only when there is something to say."""
    with contained("doing this"):
        pass
    assert caplog.messages == []


def test_what_was_logged_can_be_asked_for() -> None:
    """By its keys, which are the messages where no other key was given."""
    log_once(logging.WARNING, "this")
    log_once(logging.ERROR, "a key", lambda: "that")
    log_once(logging.WARNING, "this")
    assert ["a key", "this"] == logged()

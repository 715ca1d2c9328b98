"""The guard at our edge: no exception of ours reaches the user's call."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_logger: Final = logging.getLogger("otel_genai_impact")
_MOST_OF_A_SUBJECT: Final = 100

# The keys of each subject. Never iterated over while others may add to it: any thread may have something to log.
_already_logged: dict[str, set[str]] = {}

# Our own tests set this, so that a contained failure fails the test.
reraise: bool = False


def failed(doing: str) -> None:
    """Log, once for each kind of failure, the exception that is being handled; to be called from `except Exception`."""
    if reraise:
        raise  # noqa: PLE0704 - the exception being handled
    _log_failure(doing, sys.exception())


def _log_failure(doing: str, error: BaseException | None) -> None:
    log_once(logging.ERROR, f"failed while {doing}; the application is not affected: {error!r}", exc_info=error)


def log_once(
    level: int,
    key: str,
    message: Callable[[], str] | None = None,
    *,
    about: str = "",
    exc_info: BaseException | None = None,
) -> None:
    """Log a message the first time that its key is given, for at most a hundred distinct keys a process.

    The hundred are counted for each level, and for each `about` by itself: however many odd names there are, they leave
    room for other warnings. The key is the message where none is given; one that is costly to make is only made when it
    is logged. A handler of the application's that raises does not reach the user's call either.
    """
    known = _already_logged.setdefault(f"{level} {about}", set())
    if key in known or len(known) >= _MOST_OF_A_SUBJECT:
        return
    known.add(key)
    with suppress(Exception):  # there is nobody left to tell
        _logger.log(level, "%s", key if message is None else message(), exc_info=exc_info)


def logged() -> list[str]:
    """The keys of all that was logged until now, for who asks what went wrong; where no key was given, the messages."""
    return sorted(key for known in list(_already_logged.values()) for key in list(known))


class contained:  # noqa: N801 - read as a word of the sentence
    """`with contained("doing this"):` around code of ours that runs inside somebody else's call."""

    __slots__ = ("_doing",)

    def __init__(self, doing: str) -> None:
        self._doing = doing

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or reraise:
            return False
        _log_failure(self._doing, error)
        return True

"""The guard at our edge: no exception of ours reaches the user's call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_logger: Final = logging.getLogger("otel_genai_impact")
_MOST_DISTINCT_FAILURES: Final = 100

_already_logged: set[str] = set()

# Our own tests set this, so that a contained failure fails the test.
reraise: bool = False


def failed(doing: str) -> None:
    """Log, once for each kind of failure, the exception that is being handled; to be called from `except Exception`."""
    if reraise:
        raise  # noqa: PLE0704 - the exception being handled
    log_once(logging.ERROR, f"failed while {doing}; the application is not affected", exc_info=True)


def log_once(level: int, key: str, message: Callable[[], str] | None = None, *, exc_info: bool = False) -> None:
    """Log a message the first time that its key is given, for at most a hundred distinct keys a process.

    The key is the message where none is given; one that is costly to make is only made when it is logged.
    """
    if key in _already_logged or len(_already_logged) >= _MOST_DISTINCT_FAILURES:
        return
    _already_logged.add(key)
    _logger.log(level, "%s", key if message is None else message(), exc_info=exc_info)


class Contained:
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
        log_once(logging.ERROR, f"failed while {self._doing}; the application is not affected: {error!r}")
        return True


contained = Contained

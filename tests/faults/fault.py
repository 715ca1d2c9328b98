"""What a fault is. To add one is to add a function beside its like, and its row to docs/reliability.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults.workload import EVERYDAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.scene import Scene

    Steps = Callable[[Scene], Iterator[None]]


class Fault(NamedTuple):
    """A fault, as the table has it.

    Attributes:
        steps: what comes before the first `yield` is done before the application starts, what comes before the second in
            the middle of its load, and the rest after the load.
        strikes_all: whether the application without telemetry is struck, too.
        ways: in which calls are made from then on.
    """

    name: str
    steps: Steps
    strikes_all: bool
    ways: tuple[str, ...]


FAULTS: Final[dict[str, Fault]] = {}


def fault(name: str, *, strikes_all: bool = False, ways: tuple[str, ...] = EVERYDAY) -> Callable[[Steps], Steps]:
    """Put a function into the table, under this name."""

    def remember(steps: Steps) -> Steps:
        FAULTS[name] = Fault(name, steps, strikes_all, ways)
        return steps

    return remember

"""Who pays for what a machine used while it served several requests at once.

What was used in an interval is divided equally among the requests that ran in it; an interval ends when a request begins or
ends, and when somebody looks. So the shares of all requests, and what was used while none ran, always sum up to the total.
"""

from __future__ import annotations

from typing import NamedTuple


class Used(NamedTuple):
    """What a machine used: energy, J, and time, s."""

    energy_j: float
    machine_s: float


class Shares:
    """Divides what is used among the requests that run.

    Kept is only what a request that ran since the beginning would have to pay by now: a request pays the difference
    between its end and its begin, however many others began and ended in between.

    Attributes:
        running: how many requests run.
        by_nobody: what was used while none ran.
    """

    __slots__ = ("_energy_j", "_machine_s", "by_nobody", "running")

    def __init__(self) -> None:
        self.running = 0
        self.by_nobody = Used(0.0, 0.0)
        self._energy_j = 0.0
        self._machine_s = 0.0

    def use(self, used: Used) -> None:
        """The machine used this since the last time."""
        if self.running:
            self._energy_j += used.energy_j / self.running
            self._machine_s += used.machine_s / self.running
        else:
            idle = self.by_nobody
            self.by_nobody = Used(idle.energy_j + used.energy_j, idle.machine_s + used.machine_s)
            # Small numbers keep their digits.
            self._energy_j = self._machine_s = 0.0

    @property
    def so_far(self) -> Used:
        """What a request that begins now need not pay."""
        return Used(self._energy_j, self._machine_s)

    def since(self, begin: Used) -> Used:
        """What a request pays that began when `so_far` was this."""
        return Used(self._energy_j - begin.energy_j, self._machine_s - begin.machine_s)

"""A powercap tree as the kernel shows it, whose energy is what the test says that the machine drew."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Powercap:
    """Two packages below a folder. The counters overflow, as the kernel's do.

    Attributes:
        folder: what CodeCarbon calls the RAPL directory.
    """

    OVERFLOW_UJ = 50_000_000

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "intel-rapl"
        self._drawing = threading.Lock()
        # One is about to overflow, and they are far apart: equal counters are taken for two views of one.
        self._counters = {"package-0": 40_234_567, "package-1": 7_654_321}
        for number, (name, value) in enumerate(self._counters.items()):
            domain = self._domain(number)
            domain.mkdir(parents=True)
            (domain / "name").write_text(f"{name}\n", encoding="ascii")
            (domain / "max_energy_range_uj").write_text(f"{self.OVERFLOW_UJ}\n", encoding="ascii")
            self._write(number, value)

    def draw(self, energy_j: float) -> None:
        """Both packages together draw this, in parts of which none overflows twice."""
        with self._drawing:
            for number, (name, share) in enumerate((("package-0", 0.75), ("package-1", 0.25))):
                self._counters[name] = (self._counters[name] + round(energy_j * share * 1e6)) % self.OVERFLOW_UJ
                self._write(number, self._counters[name])

    def _domain(self, number: int) -> Path:
        return self.folder / f"intel-rapl:{number}"

    def _write(self, number: int, value: int) -> None:
        """At once, as a reader of the kernel's file sees it."""
        fresh = self._domain(number) / "fresh"
        fresh.write_text(f"{value}\n", encoding="ascii")
        fresh.replace(self._domain(number) / "energy_uj")

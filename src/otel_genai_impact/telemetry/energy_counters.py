"""The energy counters of this machine, read by CodeCarbon: RAPL for processors and memory, NVML and AMD SMI for GPUs.

Of CodeCarbon only what reads hardware is used, which knows its counters' wrap-arounds, mirrors and gaps. Its tracker is not: that
one models the memory and, without RAPL, the processor, and has a thread, files and a clock of its own.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

from otel_genai_impact._contain import contained, log_once

if TYPE_CHECKING:
    from collections.abc import Sequence

POWERCAP_FOLDER: Final = "/sys/class/powercap/intel-rapl/subsystem"
_SHORTEST_S: Final = 1e-6  # CodeCarbon divides by it


class Counter(Protocol):
    """Something that counts energy."""

    def energy_j(self, elapsed_s: float) -> float:
        """What was used since the last time, J."""
        ...

    def sample(self) -> None:
        """Called once a second while a request runs, for what must be looked at between two readings."""
        ...


class _Rapl:
    def __init__(self, rapl: Any, units: Any) -> None:
        self._rapl, self._time = rapl, units.Time
        # Its factor has six digits; so what it made of a joule is what makes a joule of it again.
        self._kwh_per_j: float = units.Energy.from_ujoules(1e6).kWh
        rapl.start()

    def energy_j(self, elapsed_s: float) -> float:
        details: dict[str, float] = self._rapl.get_cpu_details(self._time.from_seconds(max(elapsed_s, _SHORTEST_S)))
        # It names packages "Processor Energy Delta_0(kWh)" with their power beside them, and memory as the kernel does.
        return sum(value for name, value in details.items() if "Power" not in name) / self._kwh_per_j

    def sample(self) -> None:
        """Nothing: the counter is the kernel's."""


class _Gpus:
    def __init__(self, devices: Any, units: Any) -> None:
        self._devices, self._time = devices, units.Time
        self._kwh_per_j: float = units.Energy.from_millijoules(1e3).kWh
        devices.start()

    def energy_j(self, elapsed_s: float) -> float:
        deltas: list[dict[str, Any]] = self._devices.get_delta(self._time.from_seconds(max(elapsed_s, _SHORTEST_S)))
        return sum(float(delta["delta_energy_consumption"].kWh) for delta in deltas) / self._kwh_per_j

    def sample(self) -> None:
        """Old GPUs count no energy: their power is looked at."""
        self._devices.sample_power()


def prepare() -> bool:
    """Import CodeCarbon, which takes a second, before requests come; whether it is there."""
    try:
        for module in ("cpu", "gpu"):
            import_module(f"codecarbon.core.{module}")
    except ImportError as error:
        log_once(
            logging.WARNING,
            f"energy cannot be measured: {error}; try: pip install 'otel-genai-impact[measured]'. Requests stay modelled",
        )
        return False
    return True


def open_counters(powercap_folder: str = POWERCAP_FOLDER) -> Sequence[Counter]:
    """The counters that can be read here; none is one line in the log."""
    theirs = logging.getLogger("codecarbon")
    level = theirs.level
    theirs.setLevel(logging.WARNING)  # it tells on standard error what it finds
    try:
        counters = _opened(powercap_folder)
    finally:
        theirs.setLevel(level)
    if not counters:
        log_once(
            logging.WARNING,
            f"energy cannot be measured: neither RAPL (readable for this user, in {powercap_folder}) nor NVML is here. "
            "Requests to models on this machine stay modelled; docs/measured.md says what can be done",
        )
    return counters


def _opened(powercap_folder: str) -> Sequence[Counter]:
    from codecarbon.core import units
    from codecarbon.core.cpu import IntelRAPL, is_rapl_available
    from codecarbon.core.gpu import AllGPUDevices, is_gpu_details_available

    counters: list[Counter] = []
    with contained("opening RAPL"):
        if is_rapl_available(powercap_folder):
            counters.append(_Rapl(IntelRAPL(rapl_dir=powercap_folder, rapl_include_dram=True), units))
    with contained("opening the energy counters of GPUs"):
        if is_gpu_details_available():
            counters.append(_Gpus(AllGPUDevices(), units))
    return counters

"""One row of the fault table: run the load bare and with our telemetry, strike both, and compare."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults.scene import Scene
from tests.faults.workload import EVERYDAY, calls, make

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.fault import Fault
    from tests.faults.workload import Outcome
    from tests.kit.provider_server import ProviderServer

CALLS_BEFORE: Final = 18
CALLS_AFTER: Final = 18
HEADINGS: Final = ("fault", "results unchanged", "exceptions leaked", "lost", "doubled", "in the backend")


class Row(NamedTuple):
    """What came of a fault, in the words of the table."""

    fault: str
    results_unchanged: str
    exceptions_leaked: str
    lost: str
    doubled: str
    arrived: str


def run(fault: Fault, server: ProviderServer) -> Row:
    """Run the load twice, and compare."""
    bare, _ = _outcomes(fault, server, Scene(instrumented=False))
    scene = Scene(instrumented=True)
    seen, expected = _outcomes(fault, server, scene)
    counted = scene.counted()
    lost, doubled = expected - counted, counted - expected
    unchanged = sum(mine == other for mine, other in zip(seen, bare, strict=True))
    raised = [one for one, other in zip(seen, bare, strict=True) if one != other and one.kind.endswith("Error")]
    return Row(
        fault.name,
        "all" if unchanged == len(bare) else f"{unchanged} of {len(bare)}: {set(seen) - set(bare)}",
        str(len(raised) + len(scene.leaked)) + "".join(f" {leaked}" for leaked in scene.leaked[:3]),
        _amount(lost.total(), expected.total(), "those during it"),
        _amount(doubled.total(), expected.total(), "those during it"),
        _amount(scene.arrived(), expected.total(), "those before it"),
    )


def _outcomes(fault: Fault, server: ProviderServer, scene: Scene) -> tuple[Sequence[Outcome], Counter[str]]:
    """What the application saw, and the requests that it made by model."""
    before, after = calls(EVERYDAY, CALLS_BEFORE), calls(fault.ways, CALLS_AFTER)
    steps = fault.steps(scene) if scene.instrumented or fault.strikes_all else iter((None, None))
    with scene:
        next(steps)
        scene.start()
        seen = make(server, before)
        next(steps)
        seen += make(server, after)
        next(steps, None)
        scene.flush()
    return seen, Counter(call.model for call in (*before, *after)) + scene.made_besides


def _amount(requests: int, of_all: int, some: str) -> str:
    """The words of the table: all of them, none, those of one of both halves, or a number that no row should have."""
    if requests == of_all:
        return "all"
    return {0: "0", CALLS_BEFORE: some}.get(requests, str(requests))

"""Each fault of docs/reliability.md does what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults import backends, files, running
from tests.faults.fault import FAULTS
from tests.faults.page import documented
from tests.faults.table import HEADINGS, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.provider_server import ProviderServer

# Their faults are in the table once they are imported.
assert {fault.steps.__module__ for fault in FAULTS.values()} == {
    module.__name__ for module in (backends, files, running)
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_does_what_the_page_says(
    name: str, provider: ProviderServer, record_property: Callable[[str, object], None]
) -> None:
    """Every result of the SDK is that of a run without telemetry; what is lost or not is what the table promises."""
    row = run(FAULTS[name], provider)
    record_property("fault", " | ".join(row))
    assert documented(HEADINGS).get(name) == row


def test_the_page_lists_no_other_faults() -> None:
    """What is not run is not claimed, and all that is run stands there."""
    assert sorted(documented(HEADINGS)) == sorted(FAULTS)

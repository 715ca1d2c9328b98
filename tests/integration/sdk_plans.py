"""The plans of all SDKs, and the table of what was called."""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.integration import plans

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.integration.sdk_plan import SdkPlan

APPS: Final = Path(__file__).parent / "apps"
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "instrumentations.md"
_BEGIN: Final = "<!-- calls -->"
_END: Final = "<!-- /calls -->"
NONE: Final = "-"
_YOUNGER: Final = "younger than this release"

# By the name of the entry point.
SDKS: Final[Mapping[str, SdkPlan]] = {
    module.name.replace("_", "-"): import_module(f"tests.integration.plans.{module.name}").PLAN
    for module in pkgutil.iter_modules(plans.__path__)
}
# `TEST_SDK` names the one that an environment was made for; without it, all that can be installed side by side.
_ONE: Final = os.environ.get("TEST_SDK")
TESTED: Final = tuple(sdk for sdk, plan in SDKS.items() if (sdk == _ONE if _ONE else not plan.own_environment))
if _ONE and not TESTED:
    raise LookupError(f"TEST_SDK={_ONE}: there is no such plan; there are {sorted(SDKS)}")
CALLS: Final = tuple(dict.fromkeys(call for sdk in SDKS.values() for call in sdk.calls))


def table() -> str:
    """SDK by call with what is planned, for docs/instrumentations.md."""
    return table_of({(name, call): sdk.outcome(call) for name, sdk in SDKS.items() for call in sdk.calls})


def table_of(outcomes: Mapping[tuple[str, str], str]) -> str:
    """SDK by call, of those SDKs that have an outcome at all."""
    sdks = [name for name in SDKS if any(name == sdk for sdk, _ in outcomes)]
    calls = [call for call in CALLS if any(call in SDKS[sdk].calls for sdk in sdks)]
    rows = [f"| {call} | " + " | ".join(_cell(sdk, call, outcomes) for sdk in sdks) + " |" for call in calls]
    return "\n".join([f"| call | {' | '.join(sdks)} |", "|---" * (len(sdks) + 1) + "|", *rows])


def _cell(sdk: str, call: str, outcomes: Mapping[tuple[str, str], str]) -> str:
    plan = SDKS[sdk]
    if call not in plan.calls:
        return plan.impossible.get(call, NONE)
    return outcomes.get((sdk, call)) or ("NOT RUN" if call in plan.made else _YOUNGER)


def write_table() -> None:
    """Put the table of the plans into the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    DOCUMENT.write_text(f"{before}{_BEGIN}\n{table()}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":  # python -m tests.integration.sdk_plans
    write_table()

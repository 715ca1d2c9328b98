"""The table of docs/stacks.md says what ran, with the versions that the stacks are pinned to."""

from __future__ import annotations

import re
import tomllib
from typing import Final

import pytest

from tests.stacks.stack import PINNED, names, stack_named
from tools.compatibility import STACKS

_PINNED: Final[dict[str, dict[str, list[str]]]] = tomllib.loads(PINNED.read_text("utf-8"))


def test_each_stack_has_requirements_and_a_plan() -> None:
    """No plan that no environment is made for, and no environment without a plan."""
    assert sorted(_PINNED) == names()


def test_the_table_has_each_stack() -> None:
    """In the order of constraints/stacks.toml: after a change, `make test-stacks`, then `tools/compatibility.py write stacks`."""
    assert list(STACKS.subjects) == list(STACKS.rows_of_document())


@pytest.mark.parametrize("stack", _PINNED)
def test_a_row_is_a_run_with_the_pinned_versions_that_counted_every_call_once(stack: str) -> None:
    """It names the versions of constraints/stacks.toml; as many are made and counted as are planned, and none is missed."""
    made, counted, duplicates, missed, versions, _ = STACKS.rows_of_document()[stack,]
    plan = stack_named(stack)
    planned = str(sum(call.requests for call in plan.calls.values()))
    assert (planned, planned, "0") == (made, counted, missed)
    assert (len(plan.reporters) > 1) == (int(duplicates) > 0)
    pinned = [re.sub(r"\[.*\]", "", requirement).replace("==", " ") for requirement in _PINNED[stack]["requirements"]]
    assert ", ".join(pinned) == versions

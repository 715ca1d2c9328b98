"""Hypothesis's profiles: the same examples in every CI run, new ones at a desk, the same few for each mutant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    import pytest

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "desk")

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=200, print_blob=True)
settings.register_profile("desk", database=None, deadline=None, max_examples=200)
# `make mutate` asks whether a test fails, thousands of times, and never why: no smaller example is looked for. A busy
# machine kills no mutant.
settings.register_profile(
    "mutate",
    parent=settings.get_profile("ci"),
    max_examples=20,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow,),
)
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Most mutants fall to a unit test, in a thousandth of the time that a property takes: properties come last."""
    if PROFILE == "mutate":
        items.sort(key=lambda item: "properties" in item.path.parts)

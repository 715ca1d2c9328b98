"""Hypothesis's profiles: the same examples in every CI run, new ones at a desk, the same few for each mutant."""

from __future__ import annotations

import os

from hypothesis import Phase, settings

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=200, print_blob=True)
settings.register_profile("desk", database=None, deadline=None, max_examples=200)
# `make mutate` asks whether a test fails, thousands of times, and never why: no smaller example is looked for.
settings.register_profile(
    "mutate", parent=settings.get_profile("ci"), max_examples=20, phases=(Phase.explicit, Phase.generate)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "desk"))

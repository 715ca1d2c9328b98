"""Hypothesis's profiles: the same examples in every CI run, new ones at a desk."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=200, print_blob=True)
settings.register_profile("desk", database=None, deadline=None, max_examples=200)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
